import numpy as np
import pytest

from codecorpus.errors import UsageError
from codecorpus.fim import _kernels
from codecorpus.fim.layout import LAYOUTS, STEPS
from codecorpus.fim.sentinels import FAMILIES, family, sentinel_ids, special_tokens
from naive_fim import sentinels_of

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
