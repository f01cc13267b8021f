import subprocess
import sys

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from codecorpus import tokenize
from codecorpus.errors import UsageError
from codecorpus.tokenize import load_encoder

SOURCE = ["import os\nimport sys\n", "<|endoftext|> & <b>\n"] * 4


@pytest.mark.parametrize(
    "table", [pl.DataFrame({"content": SOURCE}), pa.table({"content": SOURCE})], ids=["polars", "arrow"]
)
def test_trains_on_a_table_from_a_notebook(table, tmp_path):
    tokenizer = tokenize.train(table, vocab_size=300)
    ids, offsets = tokenizer.encode(pa.array(SOURCE))
    assert tokenizer.bytes_per_token == pytest.approx(sum(map(len, SOURCE)) / len(ids))
    assert len(offsets) == len(SOURCE) + 1
    tokenizer.save(tmp_path)
    assert np.array_equal(load_encoder(tmp_path).encode(pa.array(SOURCE))[0], ids)


def test_shows_itself_without_running_what_it_learned():
    shown = tokenize.train(pa.table({"content": ["<script>x</script>"] * 9}), vocab_size=300)._repr_html_()
    assert "script" in shown
    assert "<script>" not in shown


def test_an_empty_table_trains_the_bytes():
    tokenizer = tokenize.train(pa.table({"content": pa.array([], pa.large_string())}))
    assert tokenizer.bpe.vocab_size == 257
    assert tokenizer.bytes_per_token == 0


@pytest.mark.parametrize("table", [pa.table({"text": ["x"]}), ["x"]], ids=["other column", "list"])
def test_says_which_columns_it_found(table):
    with pytest.raises(UsageError, match=r"no column `content`\n.*(text|list)"):
        tokenize.train(table)


def test_names_are_listed_and_loaded_when_used():
    assert sorted(tokenize.__all__, key=lambda name: (not name.isupper(), name)) == tokenize.__all__
    assert all(getattr(tokenize, name) is not None for name in tokenize.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tokenize.nothing


def test_reading_the_options_does_not_load_the_kernels():
    code = "import sys, codecorpus.tokenize.options; print('numba' in sys.modules, 'pyarrow' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", "False"]
