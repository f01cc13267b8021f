"""The one run over the whole hostile dump that the tests look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import codecorpus as cc
from codecorpus.sources import streams
from hostile_dump import write_dump

#: So that a bomb of 12 MB is one; the real allowance is 1 GB.
ALLOWANCE = 500_000
SETTINGS = {
    "sequence_length": 256,
    "tokenizer.vocab_size": 600,
    "dedup.repository": "off",
    "dedup.structural": "off",
}


@dataclass(frozen=True)
class HostileRun:
    """A finished run.

    Attributes:
        corpus: the run.
        root: folder of the dump.
        marker: file that nothing may have made.
        kept: (repository, path) → text.
        dropped: (repository, path) → (code, detail) of the first stage.
    """

    corpus: cc.Corpus
    root: Path
    marker: Path
    kept: dict[tuple[str, str], str]
    dropped: dict[tuple[str, str], list[tuple[str, str]]]

    def codes(self, repository: str) -> dict[str, str]:
        """path → first code, of one repository."""
        return {path: said[0][0] for (repo, path), said in self.dropped.items() if repo == repository}

    def paths(self, repository: str) -> list[str]:
        """Paths of the kept documents of one repository."""
        return sorted(path for repo, path in self.kept if repo == repository)


def build_hostile(place: Path) -> HostileRun:
    """Write the dump and build a corpus of it."""
    marker = place / "it-ran"
    root = write_dump(place / "dump", marker)
    with mock.patch.object(streams, "BOMB_ALLOWANCE", ALLOWANCE):
        corpus = cc.build(
            root, out=place / "out", settings=SETTINGS, executor="in-process", workers=1, progress=False
        )
    documents = corpus.documents(["repo_name", "path", "content"])
    dropped: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in corpus.decisions().to_dicts():
        if row["verdict"] == "dropped":
            dropped.setdefault((row["repo_name"], row["path"]), []).append((row["code"], row["detail"]))
    kept = {(repo, path): text for repo, path, text in documents.rows()}
    return HostileRun(corpus, root, marker, kept, dropped)
