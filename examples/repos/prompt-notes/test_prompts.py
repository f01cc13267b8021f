import pytest

from prompts import QWEN, Gap, found_controls, prompt


def test_the_parts_stand_in_the_order_of_the_format():
    gap = Gap.at("def f():\n    return 1\n", 13, 21)
    assert prompt(gap, QWEN) == "<|fim_prefix|>def f():\n    <|fim_suffix|>\n<|fim_middle|>"


def test_a_file_cannot_end_its_own_document():
    with pytest.raises(ValueError, match="endoftext"):
        prompt(Gap('print("<|endoftext|>")', ""), QWEN)


def test_controls_of_all_families_are_found():
    assert found_controls("a <fim_suffix> b <|file_sep|>") == ["<|file_sep|>", "<fim_suffix>"]


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 99)])
def test_a_gap_lies_inside_the_text(start, stop):
    with pytest.raises(ValueError, match="no gap"):
        Gap.at("text", start, stop)
