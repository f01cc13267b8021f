from pathlib import Path

import numpy as np
import pytest

from codecorpus.errors import UsageError
from codecorpus.formats.names import FORMATS, Facts, check_format, format_named, padding_id

UINT16, UINT32 = np.dtype(np.uint16), np.dtype(np.uint32)
PAGE = Path(__file__).parent.parent / "docs" / "trainers.md"


def test_an_unknown_format_is_refused_with_the_nearest_name():
    with pytest.raises(
        UsageError, match=r"there is no format megatrn\nDid you mean megatron[?] Formats: parquet, megatron,"
    ):
        format_named("megatrn")
    with pytest.raises(UsageError) as caught:
        format_named("?")
    assert "Did you mean" not in caught.value.hint
    assert all(name in caught.value.hint for name in FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("vocab_size", [300, 65_536, 65_537, 200_000])
def test_the_type_of_an_id_holds_the_vocabulary(name, vocab_size):
    found = check_format(name, Facts(UINT32, vocab_size, 8, end_id=0))
    assert np.iinfo(found).max >= vocab_size - 1
    assert (found == UINT16) == (vocab_size <= 65_536)


@pytest.mark.parametrize("name", FORMATS)
def test_a_vocabulary_that_is_too_large_is_refused_with_formats_that_have_room(name):
    signed = FORMATS[name].wide == "int32"
    most = 1 << 31 if signed else 1 << 32
    check_format(name, Facts(UINT32, most, 8, end_id=0))
    with pytest.raises(UsageError, match="too large") as caught:
        check_format(name, Facts(UINT32, most + 1, 8, end_id=0))
    assert ("Choose parquet, numpy, datatrove" in caught.value.hint) == signed


@pytest.mark.parametrize("name", FORMATS)
def test_rows_that_cannot_be_filled_up_are_refused(name):
    facts = Facts(UINT16, 300, 8, end_id=None)
    if FORMATS[name].is_padded:
        with pytest.raises(UsageError, match="rows have to be filled up to 8 tokens"):
            check_format(name, facts)
        check_format(name, Facts(UINT16, 300, 8, end_id=None, pad_id=3))
    else:
        check_format(name, facts)


@pytest.mark.parametrize("name", FORMATS)
def test_a_loss_mask_needs_a_place(name):
    facts = Facts(UINT16, 300, 8, end_id=0)
    if FORMATS[name].has_loss_mask:
        check_format(name, facts, loss_mask=True)
    else:
        with pytest.raises(
            UsageError, match=r"no place for a loss mask\nChoose parquet, numpy, datatrove, mds,"
        ):
            check_format(name, facts, loss_mask=True)


@pytest.mark.parametrize(
    ("what", "ids"), [("end", {"end_id": 300}), ("padding", {"end_id": 0, "pad_id": -1})]
)
def test_tokens_outside_of_the_vocabulary_are_refused(what, ids):
    with pytest.raises(UsageError, match=f"the {what} token has id"):
        check_format("mds", Facts(UINT16, 300, 8, **ids))


def test_the_padding_token_comes_before_the_end_token():
    assert padding_id(Facts(UINT16, 300, 8, end_id=0, pad_id=0)) == 0
    assert padding_id(Facts(UINT16, 300, 8, end_id=0, pad_id=5)) == 5
    assert padding_id(Facts(UINT16, 300, 8, end_id=4)) == 4


def test_every_format_is_on_the_page_with_its_files_and_its_types():
    lines = PAGE.read_text().splitlines()
    for name, kind in FORMATS.items():
        (line,) = (line for line in lines if line.startswith(f"| `{name}` |"))
        for words in (*kind.files.split(", "), kind.narrow, kind.wide):
            assert words in line, f"{name}: {words}"
        assert ("filled up" if kind.is_padded else "as they are") in line
        assert ("| none |" in line) == (not kind.has_loss_mask)
        assert kind.borders in line
