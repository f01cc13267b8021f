"""The code lexer against tree-sitter: do both see the same comments? And how fast it is.

    python benchmarks/lexer.py FOLDER [--files 300] [--show LANGUAGE]

FOLDER is a folder of repositories. A file agrees if the bytes of its comments, white space left out, are the same; a first line
that begins with `#!` counts for neither. Where the parser could not place all of a file, it is a doubtful witness: the second share leaves
those files out. With --show, the first differences of a language are printed.
"""

import argparse
import random
import time
from collections import defaultdict
from pathlib import Path

import pyarrow as pa

from codecorpus.dedup import DedupOptions, code
from codecorpus.dedup._kernels_lexer import COMMENT
from codecorpus.dedup.lexers import tables
from codecorpus.dedup.minhash import permutations
from codecorpus.parse.grammars import find_grammar
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import ParseTimeout, read_tree
from codecorpus.sources.language import detect_language

LARGEST = 200_000


def read(folder, most):
    """language → [(path, content)], a seeded choice."""
    found = defaultdict(list)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    random.Random(1).shuffle(paths)
    for path in paths:
        if not 0 < path.stat().st_size < LARGEST:
            continue
        content = path.read_bytes()
        language = detect_language(str(path.relative_to(folder)), content[:4096])
        if language in tables()[1] and len(found[language]) < most and b"\0" not in content:
            found[language].append((path, content))
    return found


def squeeze(text):
    return b"".join(text.split())


def our_comments(content, language):
    kinds, begins, ends = code.lex(content, language)
    return [content[a:b] for a, b in zip(begins[kinds == COMMENT], ends[kinds == COMMENT], strict=True)]


def their_comments(content, grammar):
    tree = read_tree(content, grammar, timeout_seconds=10.0)
    is_sound = 65535 not in tree.kinds and not tree.missing.any()
    return [content[a:b] for a, b in find_spans("comments", tree, grammar, content)], is_sound


def compare(content, language, grammar):
    """(both agree, the parser placed all of it, ours, theirs)."""
    ours = our_comments(content, language)
    theirs, is_sound = their_comments(content, grammar)
    if content.startswith(b"#!"):
        first = content.split(b"\n", 1)[0].strip()
        ours, theirs = (
            [comment for index, comment in enumerate(side) if index or comment.strip() != first]
            for side in (ours, theirs)
        )
    same = squeeze(b"".join(ours)) == squeeze(b"".join(theirs))
    return same, is_sound, ours, theirs


def show(path, ours, theirs):
    ours, theirs = map(squeeze, ours), map(squeeze, theirs)
    ours, theirs = list(ours), list(theirs)
    for side, mine, other in (("lexer only", ours, set(theirs)), ("parser only", theirs, set(ours))):
        for comment in [comment for comment in mine if comment not in other][:2]:
            print(f"    {path} {side}: {comment[:140]!r}")


def agreement(files, shown):
    for language, chosen in sorted(files.items()):
        grammar = find_grammar(language)
        if grammar is None:
            continue
        agree, sound, sound_agree = 0, 0, 0
        for path, content in chosen:
            try:
                same, is_sound, ours, theirs = compare(content, language, grammar)
            except ParseTimeout:
                continue
            agree += same
            sound += is_sound
            sound_agree += same and is_sound
            if not same and language == shown:
                print("   ", "sound" if is_sound else "broken")
                show(path, ours, theirs)
        print(
            f"  {language:20} {len(chosen):5} files, {agree / len(chosen):7.2%} agree; "
            f"{sound:5} without errors, {sound_agree / max(1, sound):7.2%} agree"
        )


def speed(files):
    languages = [language for language, chosen in files.items() for _ in chosen]
    contents = pa.array([content for chosen in files.values() for _, content in chosen], pa.large_binary())
    languages = pa.array(languages)
    size = sum(len(content) for chosen in files.values() for _, content in chosen) / 1e6
    drawn = permutations(
        DedupOptions(
            permutations=code.STRUCTURAL_BANDS * code.STRUCTURAL_ROWS,
            bands=code.STRUCTURAL_BANDS,
            rows=code.STRUCTURAL_ROWS,
        )
    )
    runs = {
        "headers": lambda: code.header_ends(contents, languages),
        "code keys": lambda: code.code_keys(contents, languages),
        "structural sets": lambda: code.structural_sets(contents, languages),
        "structural sketch": lambda: code.sketch_structure(contents, languages, drawn),
        "all at once": lambda: code.sketch_code(contents, languages, drawn),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(4):
        for name, run in runs.items():
            begin = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - begin)
    print(f"{len(contents)} documents, {size:.1f} MB, CPU time, the best of 4 rounds")
    for name, seconds in best.items():
        print(f"  {name:20} {size / seconds:8.1f} MB/s")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--show")
    arguments = parser.parse_args()
    files = read(arguments.folder, arguments.files)
    if arguments.show:
        files = {arguments.show: files[arguments.show]}
    agreement(files, arguments.show)
    speed(files)


if __name__ == "__main__":
    main()
