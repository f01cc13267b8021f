from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from codecorpus.errors import UsageError
from codecorpus.fim import _kernels
from codecorpus.fim.cut import Cutting, cut_documents
from codecorpus.fim.emit import Writing, emit_rows
from codecorpus.fim.layout import LAYOUTS, STEPS
from codecorpus.fim.options import FimOptions
from codecorpus.fim.plan import plan_samples
from codecorpus.fim.samples import around, repository_samples
from codecorpus.fim.sentinels import FAMILIES, family, sentinel_ids, special_tokens
from codecorpus.fim.texts import encoded_texts, with_heads
from naive_fim import ByteEncoder, sentinels_of

# One string for each family, as its source writes it: P, S, M stand for the pieces.
GOLDEN = [
    ("qwen2.5-coder", "psm", "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M<|endoftext|>"),
    ("starcoder", "psm", "<fim_prefix>P<fim_suffix>S<fim_middle>M<|endoftext|>"),
    ("starcoder", "spm-v2", "<fim_prefix><fim_suffix>S<fim_middle>PM<|endoftext|>"),
    ("starcoder2", "psm", "<fim_prefix>P<fim_suffix>S<fim_middle>M<|endoftext|>"),
    ("santacoder", "psm", "<fim-prefix>P<fim-suffix>S<fim-middle>M<|endoftext|>"),
    (
        "deepseek-coder",
        "psm",
        "<｜begin▁of▁sentence｜><｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>M<｜end▁of▁sentence｜>",
    ),
    ("codellama", "psm", "<s>▁<PRE>P▁<SUF>S▁<MID>M▁<EOT>"),
    ("codellama", "spm-v2", "<s>▁<PRE>▁<SUF>S▁<MID>PM▁<EOT>"),
    ("codegemma", "psm", "<bos><|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M<|file_separator|>"),
    ("codestral", "codestral", "<s>[SUFFIX]S[PREFIX]PM</s>"),
    ("mellum", "spm-v1", "<fim_suffix>S<fim_prefix>P<fim_middle>M<|endoftext|>"),
    (
        "seed-coder",
        "spm-v1",
        "<[begin▁of▁sentence]><[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>M<[end▁of▁sentence]>",
    ),
    ("granite-code", "psm", "<fim_prefix>P<fim_suffix>S<fim_middle>M<|endoftext|>"),
    ("olmo", "psm", "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M<|endoftext|>"),
    ("olmo", "spm-v1", "<|fim_suffix|>S<|fim_prefix|>P<|fim_middle|>M<|endoftext|>"),
]


def _written(name, layout):
    row, ids = family(name), sentinels_of(name)
    names = {
        ids.prefix: row.prefix,
        ids.middle: row.middle,
        ids.suffix: row.suffix,
        ids.middle_end: row.middle_end,
    }
    names |= {ids.begin: row.begin, 1: "P", 2: "M", 3: "S"}
    out = np.empty(10, dtype=np.uint32)
    edges = np.array([[-1 if ids.begin is None else ids.begin, -1, -1, ids.middle_end]])
    count = _kernels.write_parts(
        np.array([1, 2, 3], dtype=np.uint32),
        np.array([0, 3]),
        np.array([[LAYOUTS.index(layout), 0, 0, 1, 1, 1, 0]]),
        edges,
        STEPS,
        np.array([ids.prefix, ids.middle, ids.suffix]),
        out,
    )
    return "".join(names[token] for token in out[:count].tolist())


@pytest.mark.parametrize(("name", "layout", "golden"), GOLDEN)
def test_family_is_written_as_its_source_quotes_it(name, layout, golden):
    assert _written(name, layout) == golden


# How a family writes a repository of two files, of which the second is transformed: `r`, `a`, `b` are names, `T` the text of the first.
GOLDEN_PATHS = [
    (
        "starcoder2",
        "psm",
        "<repo_name>r<file_sep>a\nT<file_sep><fim_prefix>b\nP<fim_suffix>S<fim_middle>M<|endoftext|>",
    ),
    (
        "qwen2.5-coder",
        "psm",
        "<|repo_name|>r\n<|file_sep|>a\nT<|file_sep|>b\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M<|endoftext|>",
    ),
    (
        "starcoder",
        "psm",
        "<reponame>r<filename>a\nT<filename>b\n<fim_prefix>P<fim_suffix>S<fim_middle>M<|endoftext|>",
    ),
    ("mellum", "spm-v1", "<filename>a\nT<filename>b\n<fim_suffix>S<fim_prefix>P<fim_middle>M<|endoftext|>"),
    (
        "deepseek-coder",
        "psm",
        "<｜begin▁of▁sentence｜>#a\nT<｜fim▁begin｜>#b\nP<｜fim▁hole｜>S<｜fim▁end｜>M<｜end▁of▁sentence｜>",
    ),
    ("codestral", "codestral", "<s>+++++ a\nT[SUFFIX]S[PREFIX]+++++ b\nPM</s>"),
    (
        "olmo",
        "psm",
        "<|file_sep|>a\nT<|file_sep|>b\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M<|endoftext|>",
    ),
    (
        "codegemma",
        "spm-v2",
        "<bos><|file_separator|>a\nT<|file_separator|>b\n<|fim_prefix|><|fim_suffix|>S<|fim_middle|>PM<|file_separator|>",
    ),
]


@pytest.mark.parametrize(("name", "layout", "golden"), GOLDEN_PATHS)
def test_repository_is_written_as_its_family_does(name, layout, golden):
    row, encoder = family(name), ByteEncoder(name)
    ids = sentinel_ids(row, encoder.token_id, paths=True)
    column = pa.array(["T", "PMS"], pa.large_string())
    texts = encoded_texts(column, pa.array([bytes(16), bytes(16)], pa.binary(16)), encoder.encode(column))
    texts = with_heads(texts, encoder, row, ["a", "b"], ["r", "r"], longest=20)
    code, plain = LAYOUTS.index(layout), LAYOUTS.index("none")
    flat, parts = cut_documents(texts, None, Cutting(FimOptions(family=name, rate=0), 100, ids))
    parts = replace(
        parts,
        layout=np.array([plain, code], np.int8),
        prefix=np.array([0, 1], np.int32),
        middle=np.array([0, 1], np.int32),
    )
    needed = around(parts, row, ids, repository=True)
    samples = repository_samples(needed, np.arange(2), np.zeros(2, np.int64), 100)
    plan = plan_samples(samples, 100, method="best-fit", seed=0)
    borders = np.concatenate([[0], np.cumsum(parts.stored)])
    owners = pa.array([bytes(16), bytes(16)], pa.binary(16))
    table = emit_rows(flat, borders, plan.placed(parts), owners, Writing(row, ids, repository=True))
    assert encoder.decode(np.array(table["input_ids"][0].as_py())).decode() == golden
    assert table["seq_lengths"].to_pylist() == [[len(table["input_ids"][0])]]
    assert samples.lengths.tolist() == [len(table["input_ids"][0])]


def test_every_family_that_writes_paths_has_a_golden_string():
    written = {name for name, row in FAMILIES.items() if row.writes_paths}
    assert written == {name for name, _, _ in GOLDEN_PATHS}


def test_every_family_has_a_golden_string_in_its_preferred_layout():
    assert {(row.name, row.layouts[0]) for row in FAMILIES.values()} <= {
        (name, layout) for name, layout, _ in GOLDEN
    }


def test_every_family_says_where_it_was_read_and_what_was_not():
    for row in FAMILIES.values():
        assert row.source
        assert row.checked or row.note
        assert set(row.layouts) <= set(LAYOUTS[1:])
        assert len({row.prefix, row.middle, row.suffix, row.end}) == 4


def test_special_tokens_stand_in_a_fixed_order_and_once():
    assert special_tokens(family("qwen2.5-coder")) == (
        "<|endoftext|>",
        "<|fim_prefix|>",
        "<|fim_middle|>",
        "<|fim_suffix|>",
        "<|fim_pad|>",
        "<|repo_name|>",
        "<|file_sep|>",
    )
    for row in FAMILIES.values():
        tokens = special_tokens(row)
        assert len(set(tokens)) == len(tokens)


def test_unknown_family_names_the_nearest_and_lists_all():
    with pytest.raises(UsageError) as caught:
        family("qwen-coder")
    assert "'qwen2.5-coder'" in caught.value.hint
    assert "codestral" in caught.value.hint


def test_missing_sentinels_are_named():
    have = {"<|endoftext|>": 0, "<|fim_prefix|>": 1}
    with pytest.raises(UsageError) as caught:
        sentinel_ids(family("qwen2.5-coder"), have.get)
    assert "<|fim_middle|>, <|fim_suffix|>" in caught.value.what
    assert "<|fim_prefix|>" not in caught.value.what
    assert "tokenizer.path" in caught.value.hint


def test_without_transformation_only_the_end_token_is_needed():
    ids = sentinel_ids(family("qwen2.5-coder"), {"<|endoftext|>": 7}.get, rate=0)
    assert ids.control == (7,)
    with pytest.raises(UsageError, match="endoftext"):
        sentinel_ids(family("qwen2.5-coder"), {"<|fim_prefix|>": 1}.get, rate=0)


def test_id_zero_is_an_id():
    tokens = {token: number for number, token in enumerate(special_tokens(family("codestral")))}
    ids = sentinel_ids(family("codestral"), tokens.get)
    assert ids.end == 0
    assert 0 in ids.control
