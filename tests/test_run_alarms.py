"""Alarms fire where nearly everything is lost, and say nothing of a normal corpus."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa
import pytest

import codecorpus as cc
from codecorpus.config import AlarmOptions
from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, REPOSITORIES
from codecorpus.run.alarms import Loss, cluster_alarms, find_alarms, loss_alarms
from codecorpus.run.tables import write_table
from conftest import write_repositories

LIMITS = AlarmOptions()


def kinds(alarms):
    return [alarm["kind"] for alarm in alarms]


def cluster(size, similarities, *, kind="near", number=1):
    """Rows of one cluster: the representative, and so many members, whose similarities are repeated as needed."""
    leader = number.to_bytes(16, "big")
    rows = [
        {"doc_id": leader, "cluster_id": leader, "is_representative": True, "similarity": 1.0, "kind": kind}
    ]
    for index in range(size):
        similarity = similarities[index % len(similarities)]
        row = {"doc_id": index.to_bytes(8, "big") + leader[8:], "is_representative": False}
        rows.append(rows[0] | row | {"similarity": similarity})
    return rows


def alarms_of(*clusters, **limits):
    table = pa.Table.from_pylist([row for rows in clusters for row in rows], schema=CLUSTERS)
    return cluster_alarms(pl.DataFrame(table).lazy(), AlarmOptions(**limits), threshold=0.7)


# --- losses -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["source", "repository", "language"])
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((100, 100, 100), []),
        ((100, 5, 5), []),  # 95 % is not more than 95 %
        ((100, 4, 4), ["loss"]),
        ((100, 50, 5), []),  # 90 % of 50 is not more than 90 %
        ((100, 60, 5), ["duplicates"]),
        ((100, 50, 4), ["loss", "duplicates"]),
        ((19, 0, 0), []),  # too few to say anything
        ((20, 0, 0), ["loss"]),
        ((1000, 19, 0), ["loss"]),  # deduplication saw too few
        ((0, 0, 0), []),
    ],
)
def test_a_loss_is_alarming_in_the_whole_run_and_in_deduplication_alone(kind, counts, expected):
    assert kinds(loss_alarms([Loss(kind, "x", *counts)], LIMITS)) == expected


def test_an_alarm_says_what_was_lost_and_what_the_limit_is():
    lost, duplicates = loss_alarms([Loss("source", "dump", 1000, 200, 10)], LIMITS)
    assert lost == {
        "kind": "loss",
        "what": "source dump lost 990 of its 1,000 documents",
        "measured": 0.99,
        "limit": 0.95,
    }
    assert duplicates["what"] == "source dump lost 190 of its 200 documents that deduplication saw"
    assert (duplicates["measured"], duplicates["limit"]) == (0.95, 0.9)


def test_no_known_language_is_no_language_to_lose():
    assert loss_alarms([Loss("language", "unknown", 100, 0, 0)], LIMITS) == []
    assert kinds(loss_alarms([Loss("repository", "unknown", 100, 0, 0)], LIMITS)) == ["loss"]


def test_what_a_copied_repository_loses_as_duplicates_is_no_news():
    copied = frozenset({"fork"})
    assert loss_alarms([Loss("repository", "fork", 100, 100, 0)], LIMITS, copied=copied) == []
    assert kinds(loss_alarms([Loss("repository", "fork", 100, 0, 0)], LIMITS, copied=copied)) == ["loss"]
    assert len(loss_alarms([Loss("source", "fork", 100, 100, 0)], LIMITS, copied=copied)) == 2


def test_many_alarms_are_a_number():
    alarms = loss_alarms([Loss("repository", f"r{n}", 100, 0, 0) for n in range(500)], LIMITS)
    assert len(alarms) == 21
    assert alarms[-1]["what"] == "and 480 more like these"


# --- clusters ---------------------------------------------------------------------------------------------------------------


def test_a_large_cluster_is_alarming_whatever_its_kind():
    for kind in ("exact", "code", "near", "structural"):
        assert alarms_of(cluster(9, [1.0], kind=kind), max_cluster_size=10) == []
        (alarm,) = alarms_of(cluster(10, [1.0], kind=kind), max_cluster_size=10)
        assert (alarm["kind"], alarm["measured"], alarm["limit"]) == ("cluster", 11, 10)
        assert f"({kind})" in alarm["what"]


@pytest.mark.parametrize(
    ("size", "similarities", "limits", "expected"),
    [
        (20, [0.71, 0.74], {}, ["similarity"]),
        (19, [0.71, 0.74], {}, []),
        (20, [0.72, 0.75], {}, []),
        (20, [0.7], {"low_similarity_margin": 0.0}, []),
        (20, [0.95], {"low_similarity_margin": 1.0}, ["similarity"]),
        (5, [0.7], {"low_similarity_size": 5}, ["similarity"]),
    ],
)
def test_a_cluster_that_is_hardly_alike_is_alarming(size, similarities, limits, expected):
    assert kinds(alarms_of(cluster(size, similarities), **limits)) == expected


def test_only_near_duplicates_can_be_hardly_alike():
    assert alarms_of(cluster(50, [0.7], kind="structural"), cluster(50, [1.0], kind="exact", number=2)) == []


def test_the_mean_does_not_depend_on_the_order_of_rows():
    rows = cluster(60, [0.7 + 1 / (300 + n) for n in range(60)])
    assert alarms_of(rows) == alarms_of(rows[::-1]) != []


# --- of a run, and of deduplication alone -----------------------------------------------------------------------------------


def published(out, *, kept, dropped, clusters=(), copies=None):
    """The tables of a run: kept and dropped documents by repository; dropped ones by stage."""
    documents = [
        dict.fromkeys(DOCUMENTS.names) | {"doc_id": n.to_bytes(16, "big"), "repo_name": repo}
        for n, repo in enumerate(kept)
    ]
    decisions = [
        dict.fromkeys(DECISIONS.names)
        | {"doc_id": (10_000 + n).to_bytes(16, "big"), "repo_name": repo, "stage": stage, "verdict": verdict}
        for n, (repo, stage, verdict) in enumerate(dropped)
    ]
    nullable = pa.schema([field.with_nullable(True) for field in DOCUMENTS])
    tables = {
        "documents": pa.Table.from_pylist(documents, schema=nullable),
        "decisions": pa.Table.from_pylist(
            decisions, schema=pa.schema([field.with_nullable(True) for field in DECISIONS])
        ),
        "clusters": pa.Table.from_pylist(list(clusters), schema=CLUSTERS),
    }
    if copies is not None:
        tables["repositories"] = pa.Table.from_pylist(copies, schema=REPOSITORIES)
    for name, table in tables.items():
        (out / name).mkdir()
        write_table(out / name / "part-00000.parquet", table)


NOTHING = {"sources": [], "languages": {}}
COPY = {
    "repo_name": "fork",
    "documents": 30,
    "other_repo": "good",
    "shared": 30,
    "containment": 1.0,
    "reverse_containment": 1.0,
    "kind": "fork",
    "copy": "fork",
    "folder": None,
}


def test_repositories_of_a_run_are_counted_from_its_tables(tmp_path):
    dropped = [("bad", "filter", "dropped")] * 10 + [("bad", "dedup", "dropped")] * 30
    dropped += [("fork", "dedup", "dropped")] * 30
    dropped += [("images", "read", "dropped")] * 50 + [("good", "dedup", "flagged")] * 50
    published(tmp_path, kept=["good"] * 30 + ["bad"], dropped=dropped)
    alarms = find_alarms(tmp_path, NOTHING, LIMITS, threshold=0.7)
    assert [(alarm["kind"], alarm["what"]) for alarm in alarms] == [
        ("loss", "repository bad lost 40 of its 41 documents"),
        ("loss", "repository fork lost 30 of its 30 documents"),
        ("duplicates", "repository bad lost 30 of its 31 documents that deduplication saw"),
        ("duplicates", "repository fork lost 30 of its 30 documents that deduplication saw"),
    ]


def test_a_known_copy_of_a_run_raises_no_alarm(tmp_path):
    published(tmp_path, kept=["good"] * 30, dropped=[("fork", "dedup", "dropped")] * 30, copies=[COPY])
    assert find_alarms(tmp_path, NOTHING, LIMITS, threshold=0.7) == []


def test_sources_and_languages_of_a_run_are_those_of_the_manifest(tmp_path):
    published(tmp_path, kept=["good"], dropped=[], clusters=cluster(1001, [0.71]))
    counts = {"documents_in": 100, "documents_filtered": 50, "documents_unique": 1, "documents_kept": 1}
    manifest = {"sources": [{"name": "dump", **counts}], "languages": {"C": counts, "unknown": counts}}
    alarms = find_alarms(tmp_path, manifest, LIMITS, threshold=0.7)
    assert [alarm["what"].partition(" lost")[0] for alarm in alarms[:4]] == ["source dump", "language C"] * 2
    assert kinds(alarms) == ["loss", "loss", "duplicates", "duplicates", "cluster", "similarity"]


def test_what_decontamination_drops_is_no_loss_of_duplicates():
    assert kinds(loss_alarms([Loss("source", "benchmark", 100, 100, 0, 100)], LIMITS)) == ["loss"]
    assert kinds(loss_alarms([Loss("source", "benchmark", 100, 100, 0, 1)], LIMITS)) == ["loss", "duplicates"]


def test_a_run_counts_documents_by_source_through_its_stages(tmp_path):
    repos = write_repositories(tmp_path / "repos")
    copy = write_repositories(tmp_path / "zcopy")
    settings = {"tokenizer.vocab_size": 600, "sequence_length": 256, "alarms.min_documents": 1}
    corpus = cc.build([repos, copy], out=tmp_path / "out", settings=settings, progress=False)
    first, second = corpus.manifest["sources"]
    stages = {row["stage"]: row for row in corpus.manifest["stages"]}
    for column, stage in (
        ("documents_in", "read"),
        ("documents_filtered", "filter"),
        ("documents_kept", "dedup"),
    ):
        assert first[column] + second[column] == stages[stage]["documents_kept"], column
        languages = corpus.manifest["languages"].values()
        assert sum(row[column] for row in languages) == stages[stage]["documents_kept"], column
    assert first["documents_in"] == second["documents_in"] > 0
    # Both sources hold the same files under the same names, so ids do not tell them apart; one of the two loses everything.
    assert first["documents_filtered"] == second["documents_filtered"]
    kept = sorted([first["documents_kept"], second["documents_kept"]])
    assert kept[0] == 0 < kept[1]
    duplicates = corpus.manifest["duplicates"].values()
    assert sum(row["documents_dropped"] for row in duplicates) == sum(stages["dedup"]["dropped"].values())
    gone = stages["dedup"]["bytes_in"] - stages["dedup"]["bytes_kept"]
    assert sum(row["bytes_dropped"] for row in duplicates) == gone > 0
    assert corpus.manifest["duplicates"]["near"]["documents_dropped"] > 0
    alarms = json.loads((tmp_path / "out" / "manifest.json").read_text())["alarms"]
    assert any(a["kind"] == "duplicates" and a["what"].startswith("source ") for a in alarms)
