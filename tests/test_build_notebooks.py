"""Notebooks and other encodings through the whole of a build: every account holds, and the text is the converted one."""

import json

import polars as pl
import pytest

import codecorpus as cc

CODE = "".join(
    f"def mean_{n}(values):\n    # the mean of the values\n    return sum(values) / {n}\n\n\n" for n in (3, 4)
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    root = tmp_path_factory.mktemp("notebooks")
    repo = root / "repos" / "alpha"
    repo.mkdir(parents=True)
    cells = [
        {"cell_type": "markdown", "source": "# Means\n\nWhat they are."},
        {"cell_type": "code", "source": CODE.splitlines(keepends=True), "outputs": [{"data": "x" * 5000}]},
    ]
    (repo / "good.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    (repo / "broken.ipynb").write_text('{"cells": [')
    (repo / "gb.py").write_bytes(
        f"# 返回两个整数的和，不要忘记检查溢出的情况\n{CODE.replace('mean', 'sum')}".encode("gb18030")
    )
    (repo / "noise.py").write_bytes(bytes(range(1, 256)) * 4)
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    return cc.build(root / "repos", out=root / "out", settings=settings, progress=False)


def test_in_is_kept_plus_dropped_with_an_edited_document(corpus):
    read = corpus.funnel.row(0, named=True)
    assert (read["documents_in"], read["documents_kept"], read["dropped"]) == (4, 2, 2)
    stage = corpus.manifest["stages"][0]
    assert (stage["dropped"], stage["edited"]) == ({"CC004": 1, "CC012": 1}, {"CC013": 1})
    assert corpus.verify().problems == ()


def test_explain_tells_of_the_conversion_and_of_what_is_broken(corpus):
    (good,) = corpus.explain("good.ipynb")
    assert good.kept
    assert good.language == "Python"
    (verdict,) = [verdict for verdict in good.verdicts if verdict.code == "CC013"]
    assert (verdict.verdict, verdict.detail) == ("edited", "2 cells kept, 1 output removed")
    assert verdict.measured > 5000
    (broken,) = corpus.explain("broken.ipynb")
    assert not broken.kept
    assert [verdict.code for verdict in broken.verdicts] == ["CC012"]


def test_documents_hold_the_script_and_the_decoded_text(corpus):
    rows = {row["path"]: row for row in corpus.documents().to_dicts()}
    assert rows["good.ipynb"]["content"].startswith(
        "# %% [markdown]\n# # Means\n#\n# What they are.\n\n# %%\ndef mean_3"
    )
    assert rows["good.ipynb"]["measures"]["function_count"] == 2
    assert (rows["gb.py"]["src_encoding"], rows["gb.py"]["content"][:6]) == ("GBK", "# 返回两个"[:6])
    assert corpus.decisions().filter(pl.col("verdict") == "edited").height == 1
