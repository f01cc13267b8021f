import subprocess
import sys

import pytest
from pydantic import ValidationError

from codecorpus.fim.layout import CODESTRAL, LAYOUTS, SPM_V1, SPM_V2
from codecorpus.fim.options import FimOptions, minimum_sequence_length, overheads, spm_code


def _mistake(**values):
    with pytest.raises(ValidationError) as caught:
        FimOptions(**values)
    return str(caught.value)


def test_bare_spm_is_refused_and_both_variants_explained():
    text = _mistake(spm_layout="spm")
    assert "spm-v1" in text
    assert "spm-v2" in text
    assert "ambiguous" in text


def test_unknown_family_is_a_configuration_mistake_with_the_list():
    text = _mistake(family="qwen25-coder")
    assert "did you mean 'qwen2.5-coder'" in text


@pytest.mark.parametrize("key", ["rate", "spm_rate"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_rates_outside_zero_to_one_are_refused(key, value):
    assert key in _mistake(**{key: value})


@pytest.mark.parametrize(
    "value", [{"min_middle": -1}, {"max_middle_share": 0}, {"max_middle_share": 1.5}, {"max_middle": 0}]
)
def test_sizes_that_mean_nothing_are_refused(value):
    assert next(iter(value)) in _mistake(**value)


def test_middles_need_a_kind_and_a_size():
    nothing = dict.fromkeys(("token_spans", "character_spans", "line_spans", "syntax_spans"), 0)
    assert "no kind of span has a weight" in _mistake(**nothing)
    assert FimOptions(rate=0, **nothing).span_weights == (0, 0, 0, 0)
    assert "max_middle = 3 is below min_middle = 4" in _mistake(min_middle=4, max_middle=3)
    assert "line_spans" in _mistake(line_spans=-1)


def test_suffix_first_family_refuses_a_share_of_psm():
    assert "fim.spm_rate = 1" in _mistake(family="seed-coder")
    assert spm_code(FimOptions(family="seed-coder", spm_rate=1)) == SPM_V1
    assert FimOptions(family="seed-coder", rate=0).rate == 0


@pytest.mark.parametrize(
    ("family", "code"),
    [("qwen2.5-coder", SPM_V2), ("deepseek-coder", SPM_V2), ("starcoder", SPM_V2), ("olmo", SPM_V1)],
)
def test_suffix_first_layout_is_the_documented_one_else_variant_two(family, code):
    assert spm_code(FimOptions(family=family)) == code


def test_asked_layout_wins_over_the_family():
    assert spm_code(FimOptions(spm_layout="spm-v1")) == SPM_V1
    assert spm_code(FimOptions(family="codestral", spm_rate=1)) == CODESTRAL


def test_overhead_counts_sentinels_begin_and_end():
    assert overheads(FimOptions()) == (1, 4)
    assert overheads(FimOptions(rate=0)) == (1, 1)
    assert overheads(FimOptions(family="codellama")) == (2, 5)
    assert overheads(FimOptions(family="codestral", spm_rate=1)) == (2, 4)


def test_minimum_sequence_length_counts_the_shortest_part():
    assert minimum_sequence_length(FimOptions(min_middle=3, max_middle_share=0.5)) == 4 + 6
    assert minimum_sequence_length(FimOptions(rate=0)) == 2


def test_layout_names_are_stable_codes():
    assert LAYOUTS == ("none", "psm", "spm-v1", "spm-v2", "codestral")


def test_reading_options_loads_no_numba():
    code = "import sys, codecorpus.fim.options; print('numba' in sys.modules, 'pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
