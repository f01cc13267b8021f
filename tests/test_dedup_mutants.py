import encodings
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import mutants
from codecorpus.dedup import DedupOptions, code, shingle_sets
from codecorpus.dedup import _kernels as kernels
from codecorpus.dedup._kernels_lexer import COMMENT
from codecorpus.dedup.lexers import tables
from codecorpus.dedup.minhash import permutations
from codecorpus.parse.grammars import find_grammar
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import read_tree
from codecorpus.sources.language import detect_language

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"


def read_examples():
    """(path, language, content) of the example files that the lexer and a parser know."""
    for path in sorted(EXAMPLES.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        language = detect_language(path.name, content[:4096])
        if content and language in tables()[1] and find_grammar(language):
            yield path, language, content


FILES = list(read_examples())
LONG = [file for file in FILES if file[1] in mutants.LANGUAGES and len(file[2]) > 600]


def squeeze(parts):
    return b"".join(b"".join(part.split()) for part in parts)


@pytest.mark.parametrize(("path", "language", "content"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_lexer_and_parser_see_the_same_comments(path, language, content):
    if language == "Markdown":
        return  # its grammar has no comments
    grammar = find_grammar(language)
    theirs = [content[a:b] for a, b in find_spans("comments", read_tree(content, grammar), grammar, content)]
    kinds, begins, ends = code.lex(content, language)
    ours = [content[a:b] for a, b in zip(begins[kinds == COMMENT], ends[kinds == COMMENT], strict=True)]
    skipped = content.split(b"\n", 1)[0] if content.startswith(b"#!") else b""
    assert squeeze(ours).removeprefix(squeeze([skipped])) == squeeze(theirs).removeprefix(squeeze([skipped]))


def both(first, second, language):
    return pa.array([first, second], pa.large_binary()), pa.array([language] * 2)


def jaccard(sets):
    first, second = (sets.hashes[sets.offsets[i] : sets.offsets[i + 1]] for i in range(2))
    return kernels.jaccard(first, second, 0.0)


def mutated(kind):
    for path, language, content in LONG:
        changed = mutants.mutate(kind, content, language, seed=3, other=b"f();\n")
        if changed is not None:
            yield path.name, language, content, changed


@pytest.mark.parametrize("kind", mutants.KINDS)
def test_every_mutant_changes_some_file_the_same_way_twice(kind):
    first, second = list(mutated(kind)), list(mutated(kind))
    assert first
    assert first == second


@pytest.mark.parametrize("kind", ["rename 30 %", "rename all"])
def test_renamed_files_have_their_structure_and_no_longer_their_tokens(kind):
    for name, language, content, changed in mutated(kind):
        texts = both(content, changed, language)
        assert jaccard(code.structural_sets(*texts)) == 1.0, name
        assert jaccard(shingle_sets(texts[0], DedupOptions())) < 0.95, name


@pytest.mark.parametrize("kind", ["reformat", "strip comments", "change comments", "licence header"])
def test_changes_of_layout_and_comments_keep_the_key(kind):
    for name, language, content, changed in mutated(kind):
        keys, _ = code.code_keys(*both(content, changed, language))
        assert keys[0] == keys[1], name


@pytest.mark.parametrize("kind", ["rename all", "concatenate", "change literals", "reorder functions"])
def test_changes_of_code_change_the_key(kind):
    for name, language, content, changed in mutated(kind):
        keys, _ = code.code_keys(*both(content, changed, language))
        assert keys[0] != keys[1], name


def test_a_new_licence_header_changes_no_shingle_behind_the_headers():
    for name, language, content, changed in mutated("licence header"):
        texts, names = both(content, changed, language)
        ends = code.header_ends(texts, names).tolist()
        bodies = pa.array([content[ends[0] :], changed[ends[1] :]], pa.large_binary())
        assert jaccard(shingle_sets(bodies, DedupOptions())) == 1.0, name


def test_code_pages_are_no_copies_of_each_other():
    """Tables of other numbers under the same code: without a guard, most pairs of them look alike."""
    paths = sorted(Path(encodings.__path__[0]).glob("cp*.py"))
    texts = pa.array([path.read_bytes() for path in paths], pa.large_binary())
    names = pa.array(["Python"] * len(paths))
    drawn = permutations(DedupOptions(permutations=60, bands=12, rows=5))
    levels = code.sketch_structure(texts, names, drawn).counts
    structure, near = code.structural_sets(texts, names), shingle_sets(texts, DedupOptions())
    assert len(paths) > 30
    for sets in (structure, near):
        assert len(sets) == len(paths)
    found = [
        (paths[a].name, paths[b].name)
        for a in np.flatnonzero(levels)
        for b in np.flatnonzero(levels)
        if a < b and pair(structure, a, b) >= 0.85 and pair(near, a, b) < 0.7
    ]
    assert found == [], sys.version


def pair(sets, a, b):
    first, second = (sets.hashes[sets.offsets[i] : sets.offsets[i + 1]] for i in (a, b))
    return kernels.jaccard(first, second, 0.0)
