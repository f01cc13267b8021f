import subprocess
import sys

import pytest
from pydantic import ValidationError

import codecorpus.dedup
from codecorpus.dedup import DedupOptions
from codecorpus.dedup.options import derive_banding, recall


@pytest.mark.parametrize(
    ("threshold", "banding"), [(0.3, (85, 3)), (0.5, (64, 4)), (0.7, (32, 8)), (1.0, (1, 256))]
)
def test_bands_follow_from_the_threshold(threshold, banding):
    bands, rows = derive_banding(threshold, 256)
    assert (bands, rows) == banding == DedupOptions(threshold=threshold).banding
    assert recall(threshold, bands=bands, rows=rows) >= 0.85
    assert rows == 256 or recall(threshold, bands=256 // (rows + 1), rows=rows + 1) < 0.85


def test_one_of_bands_and_rows_gives_the_other():
    assert DedupOptions(bands=20).banding == (20, 12)
    assert DedupOptions(rows=6).banding == (42, 6)
    assert DedupOptions(bands=14, rows=8).banding == (14, 8)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0.0},
        {"threshold": 1.5},
        {"bands": 257},
        {"rows": 300},
        {"bands": 64, "rows": 5},
        {"keep_policy": ("stars", "stars")},
        {"keep_policy": ("beauty",)},
        {"keep": "all"},
        {"scheme": "affine64"},
        {"treshold": 0.5},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        DedupOptions(**wrong)


def test_every_public_name_exists():
    assert codecorpus.dedup.__all__ == sorted(codecorpus.dedup.__all__)
    for name in codecorpus.dedup.__all__:
        assert getattr(codecorpus.dedup, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'dedupe'"):
        codecorpus.dedup.dedupe  # noqa: B018


def test_reading_the_options_imports_no_heavy_library():
    code = "import sys, codecorpus.dedup; print([m for m in ('numba', 'numpy', 'polars', 'pyarrow') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
