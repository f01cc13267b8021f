"""The planted set of `benchmarks/planted_secrets.py`, small: what is drawn from public descriptions is found, and nothing beside it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from codecorpus.filters.secrets import find_secrets

PLANTED = Path(__file__).parent.parent / "benchmarks" / "planted"
FILES = sorted((Path(__file__).parent.parent / "src").rglob("*.py"))


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.syspath_prepend(str(PLANTED))
    import kinds
    import places

    yield kinds, places
    for name in ("drawing", "kinds", "places"):
        del sys.modules[name]


def test_98_in_100_of_planted_secrets_are_found(planted):
    kinds, places = planted
    rng = random.Random(7)
    everything = kinds.TOKENS | kinds.KEYS | kinds.PASSWORDS | kinds.STRINGS | kinds.BLOCKS
    lines = [
        (kind, *make(rng), language)
        for kind, make in everything.items()
        for language in rng.sample(sorted(places.QUOTED), 6)
    ]
    clean = [
        text
        for text in (path.read_text(encoding="utf-8") for path in FILES)
        if not find_secrets(pa.array([text]))
    ]
    texts, secrets, files = [], [], []
    for kind, shown, secret, language in lines:
        files.append(rng.choice(clean).split("\n")[:40])
        at = rng.randrange(len(files[-1]))
        texts.append(
            "\n".join([*files[-1][:at], places.line_for(kind, shown, language, rng), *files[-1][at:]])
        )
        secrets.append(secret.split("\n")[0].split("&")[0])
    gone = list(texts)
    for one in sorted(find_secrets(pa.array(texts, pa.large_string())), reverse=True):
        data = gone[one.row].encode()
        gone[one.row] = (data[: one.start] + one.placeholder + data[one.end :]).decode()
    missed = [line[0] for line, secret, text in zip(lines, secrets, gone, strict=True) if secret in text]
    assert len(everything) >= 25
    assert len(missed) <= 0.02 * len(lines), missed
    for file, text in zip(files, gone, strict=True):
        assert set(file) <= set(text.split("\n"))
