"""`codecorpus dedup` in bounded memory: any input, any layout, any number of workers, killed or not, alone or against earlier runs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.cli import main
from codecorpus.dedup import DedupOptions, deduplicate
from codecorpus.dedup.index import index_schema
from codecorpus.dedup.keep import keep_columns, policy_order
from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, SOURCE_DOCUMENTS, document_id
from codecorpus.run import input_tasks
from conftest import python_module, write_repositories

EXAMPLES = Path(__file__).parent.parent / "examples" / "repos"


@pytest.fixture
def run(capsys):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return end.value.code, output.out, output.err

    return call


@pytest.fixture(scope="module")
def examples():
    """The documents of the examples, in policy order."""
    table = cc.read(EXAMPLES)
    ids = np.frombuffer(b"".join(table["doc_id"].to_pylist()), ">u8").reshape(-1, 2).astype(np.uint64)
    policy = DedupOptions().keep_policy
    return table.take(pa.array(policy_order(pa.table(keep_columns(table, policy)), ids, policy)))


def rows_of(folder, name):
    return pq.read_table(folder / name)


def ids_of(folder, name="documents"):
    return sorted(rows_of(folder, name)["doc_id"].to_pylist())


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


# --- the input --------------------------------------------------------------------------------------------------------------


def test_every_document_of_the_input_is_kept_or_dropped(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")[0] == 0
    decisions = rows_of(tmp_path / "out", "decisions")
    gone = decisions.filter(pc.equal(decisions["verdict"], "dropped"))["doc_id"].to_pylist()
    assert len(gone) > 3
    assert sorted([*ids_of(tmp_path / "out"), *gone]) == sorted(examples["doc_id"].to_pylist())
    kept = rows_of(tmp_path / "out", "documents")
    assert kept.equals(
        examples.filter(pc.invert(pc.is_in(examples["doc_id"], pa.array(gone, pa.binary(16)))))
    )


def test_it_finds_what_the_function_finds(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")
    result = cc.dedup.deduplicate(examples, DedupOptions())
    assert rows_of(tmp_path / "out", "documents").equals(result.kept.cast(SOURCE_DOCUMENTS))
    assert rows_of(tmp_path / "out", "decisions").equals(result.decisions.cast(DECISIONS))
    assert rows_of(tmp_path / "out", "clusters").equals(result.clusters.cast(CLUSTERS))


def test_the_layout_of_a_file_changes_nothing(run, examples, tmp_path, monkeypatch):
    outputs = []
    for rows, codec in ((5, "zstd"), (10_000, "snappy"), (33, "none")):
        file, out = tmp_path / f"{rows}.parquet", tmp_path / f"out{rows}"
        pq.write_table(examples, file, row_group_size=rows, compression=codec)
        assert run("dedup", file, "--out", out)[0] == 0
        outputs.append(files_of(out))
    assert outputs[0] == outputs[1] == outputs[2]
    # Small batches and pieces: the same rows, in more files and row groups.
    monkeypatch.setattr(input_tasks, "_BATCH_BYTES", 3000)
    monkeypatch.setattr(input_tasks, "_PIECE_BYTES", 20_000)
    monkeypatch.setattr(input_tasks, "_DECODED_BYTES", 500)
    assert run("dedup", tmp_path / "5.parquet", "--out", tmp_path / "many")[0] == 0
    for name in ("documents", "clusters", "decisions", "index"):
        assert rows_of(tmp_path / "many", name).equals(rows_of(tmp_path / "out33", name)), name
    assert len(list((tmp_path / "many" / "documents").iterdir())) > 3


def test_order_of_inputs_and_workers_change_no_byte(run, examples, tmp_path):
    repos = write_repositories(tmp_path / "repos")
    half = examples.num_rows // 2
    pq.write_table(examples.slice(0, half), tmp_path / "one.parquet")
    pq.write_table(examples.slice(half), tmp_path / "two.parquet")
    inputs = [repos / "alpha", tmp_path / "two.parquet", repos / "beta", tmp_path / "one.parquet"]
    assert run("dedup", *inputs, "--out", tmp_path / "a")[0] == 0
    assert run("dedup", *inputs[::-1], "--out", tmp_path / "b", "--workers", 2)[0] == 0
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "two.parquet").rename(tmp_path / "elsewhere" / "0.parquet")
    inputs[1] = tmp_path / "elsewhere" / "0.parquet"
    assert run("dedup", *inputs, "--out", tmp_path / "c", "--workers", 2)[0] == 0
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b") == files_of(tmp_path / "c")


def test_files_that_begin_alike_may_lie_anywhere(run, examples, tmp_path):
    alike = [
        pa.concat_tables([examples.slice(0, 1), examples.slice(start, 5)]).combine_chunks()
        for start in (1, 6)
    ]
    for folder, tables in (("a", alike), ("b", alike[::-1])):
        (tmp_path / folder).mkdir()
        for name, table in zip("xy", tables, strict=True):
            pq.write_table(table, tmp_path / folder / f"{name}.parquet")
        assert run("dedup", tmp_path / folder, "--out", tmp_path / f"{folder}-out")[0] == 0
    names = ("documents", "decisions", "clusters", "index")
    for name in names:
        assert rows_of(tmp_path / "a-out", name).equals(rows_of(tmp_path / "b-out", name))
    assert cc.read(tmp_path / "a").equals(cc.read(tmp_path / "b"))
    documents = deduplicate(cc.read(tmp_path / "a"), DedupOptions()).kept
    assert documents["doc_id"].to_pylist() == rows_of(tmp_path / "a-out", "documents")["doc_id"].to_pylist()


def test_documents_that_share_an_id_are_accounted_for_one_by_one(run, tmp_path):
    """A table of somebody else's may give one id to all. A leftover of the copy goes (CC405), its namesake elsewhere stays."""
    texts = [" ".join(f"word{m}_{n}" for m in range(20)) for n in range(5)]
    rows = [("a", text) for text in texts] + [("b", text) for text in texts]
    rows += [("b", "left_over(of_a_copy)"), ("c", "its_namesake()")]
    plain = dict.fromkeys(SOURCE_DOCUMENTS.names)
    table = [
        plain
        | {
            "doc_id": bytes([n if n < 10 else 99] * 16),
            "repo_name": repo,
            "path": f"{n}.txt",
            "content": text,
        }
        | {"blob_id": "", "src_encoding": "utf-8", "extension": "txt", "length_bytes": 0}
        for n, (repo, text) in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(table, SOURCE_DOCUMENTS), tmp_path / "in.parquet")
    settings = ["dedup.repository=drop", "dedup.min_repository_documents=2"]
    flags = [argument for setting in settings for argument in ("--set", setting)]
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out", *flags)[0] == 0
    decisions = rows_of(tmp_path / "out", "decisions")
    gone = decisions.filter(pc.equal(decisions["verdict"], "dropped"))
    left = rows_of(tmp_path / "out", "documents")
    assert left.num_rows + gone.num_rows == len(rows)
    assert "CC405" in gone["code"].to_pylist()
    assert "its_namesake()" in left["content"].to_pylist()


def test_an_output_is_not_its_own_input(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")[0] == 0
    before = files_of(tmp_path / "out")
    for given in (tmp_path / "out", tmp_path / "out" / "documents" / "part-00000.parquet"):
        code, _, error = run("dedup", given, "--out", tmp_path / "out")
        assert code == 2
        assert "is given as INPUT and by --out" in error
    assert files_of(tmp_path / "out") == before


def test_an_index_that_is_no_longer_asked_for_leaves_nothing(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")[0] == 0
    again = run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out", "--set", "dedup.index=false")
    assert again[0] == 0
    assert not (tmp_path / "out" / "index").exists()
    assert "out/index" not in again[1]


def test_worker_processes_give_the_same_bytes(run, examples, tmp_path, monkeypatch):
    monkeypatch.setattr("codecorpus.run.dedup_inputs.make_executor", _processes)
    pq.write_table(examples, tmp_path / "in.parquet", row_group_size=20)
    assert (
        run("dedup", tmp_path / "in.parquet", EXAMPLES / "ledger", "--out", tmp_path / "a", "--workers", 2)[0]
        == 0
    )
    monkeypatch.undo()
    assert run("dedup", tmp_path / "in.parquet", EXAMPLES / "ledger", "--out", tmp_path / "b")[0] == 0
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def _processes(name, workers, size):
    from codecorpus.run.executor import Processes

    assert (name, workers) == (None, 2)
    return Processes(workers)


def test_a_run_as_input_keeps_its_columns_unless_it_meets_a_source(run, tmp_path):
    repos = write_repositories(tmp_path / "repos")
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    corpus = cc.build(repos, out=tmp_path / "run", settings=settings, progress=False)
    assert run("dedup", tmp_path / "run", "--out", tmp_path / "a")[0] == 0
    assert rows_of(tmp_path / "a", "documents").equals(
        pa.table(corpus.documents().to_arrow()).cast(DOCUMENTS)
    )
    assert run("dedup", tmp_path / "run", repos, "--out", tmp_path / "b")[0] == 0
    assert rows_of(tmp_path / "b", "documents").schema.equals(SOURCE_DOCUMENTS)


def test_a_length_that_is_not_true_does_not_count(run, tmp_path):
    texts = ["x", "x = 1\n" * 40, "x = 1\n" * 39]
    table = cc.read(EXAMPLES / "ledger").slice(0, 3)
    places = [SOURCE_DOCUMENTS.get_field_index(name) for name in ("content", "length_bytes")]
    table = table.set_column(places[0], SOURCE_DOCUMENTS.field("content"), pa.array(texts, pa.large_string()))
    table = table.set_column(
        places[1], SOURCE_DOCUMENTS.field("length_bytes"), pa.array([10**9, -5, 3], pa.int64())
    )
    pq.write_table(table, tmp_path / "in.parquet")
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")[0] == 0


@pytest.mark.parametrize("place", [0.3, 0.6, 0.999])
def test_a_damaged_file_is_named_and_nothing_is_written(run, examples, tmp_path, place):
    file = tmp_path / "in.parquet"
    pq.write_table(examples, file, row_group_size=20)
    data = bytearray(file.read_bytes())
    start = int(len(data) * place)
    data[start : start + 400] = bytes(min(400, len(data) - start))
    file.write_bytes(data)
    code, out, err = run("dedup", file, "--out", tmp_path / "out")
    assert (code, out) == (3, "")
    assert "in.parquet" in err or "left out 1 (CC008 1)" in err  # without its footer it is a damaged source
    assert not (tmp_path / "out").exists()


def test_a_failure_leaves_the_output_of_before_as_it_was(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    assert run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")[0] == 0
    before = files_of(tmp_path / "out")
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "x.py").write_text(" \n")
    assert run("dedup", tmp_path / "blank", "--out", tmp_path / "out")[0] == 3
    assert files_of(tmp_path / "out") == before


def test_batches_follow_from_the_documents_alone():
    sizes = [3_000_000, 6_000_000, 9_000_000, *[10] * 20_050, 7_999_999, 5]
    table = pa.table({"content": pa.array(["x" * size for size in sizes], pa.large_string())})
    for cut in (1, 7, 30_000):
        pieces = (table.slice(start, cut) for start in range(0, table.num_rows, cut))
        assert [batch.num_rows for batch in input_tasks.regroup(pieces)] == [2, 1, 20_000, 51, 1]


# --- what it says -----------------------------------------------------------------------------------------------------------


def test_json_says_what_the_lines_say(run, tmp_path):
    repos = write_repositories(tmp_path / "repos")
    code, out, _ = run("dedup", repos, "--out", tmp_path / "out", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["documents_in"] == told["documents_kept"] + sum(told["dropped"].values()) == 14
    assert (told["dropped"], told["left_out"]) == (
        {"CC401": 1, "CC402": 1},
        {"CC004": 1, "CC005": 1, "CC010": 1},
    )
    # of five modules of one form, those of about one length: what stands there more often is no copy
    assert told["flagged"] == {"CC404": 2}
    assert told["clusters"] == 2


def test_strict_turns_an_alarm_into_exit_code_1(run, tmp_path):
    for place in range(25):
        path = tmp_path / "in" / "fork" / f"f{place}" / "same.py"
        path.parent.mkdir(parents=True)
        path.write_text(python_module("same", 3))
    (tmp_path / "in" / "origin").mkdir()
    (tmp_path / "in" / "origin" / "same.py").write_text(python_module("same", 3))
    code, out, _ = run("dedup", tmp_path / "in", "--out", tmp_path / "out")
    assert (code, "language Python lost 25 of its 26 documents" in out) == (0, True)
    arguments = ["dedup", tmp_path / "in", "--out", tmp_path / "out", "--strict"]
    assert run(*arguments)[0] == 1
    assert run(*arguments, "--set", "alarms.max_duplicate_share=1.0")[0] == 0
    assert (tmp_path / "out" / "codecorpus.json").exists()


# --- the index, and earlier runs --------------------------------------------------------------------------------------------


def test_the_index_has_a_row_for_each_kept_document_or_there_is_none(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")
    index = rows_of(tmp_path / "out", "index")
    assert index.schema.equals(index_schema(DedupOptions()))
    assert index["doc_id"].to_pylist() == rows_of(tmp_path / "out", "documents")["doc_id"].to_pylist()
    run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out", "--set", "dedup.index=false")
    assert not (tmp_path / "out" / "index").exists() or not list((tmp_path / "out" / "index").iterdir())
    code, _, err = run(
        "dedup", tmp_path / "in.parquet", "--against", tmp_path / "out", "--out", tmp_path / "next"
    )
    assert code == 3
    assert "out: this run has no index" in err


@pytest.mark.parametrize("cuts", [(4, 12), (1, 20, 21, 60)])
def test_shard_after_shard_through_the_command_keeps_what_all_at_once_keeps(run, examples, tmp_path, cuts):
    pq.write_table(examples, tmp_path / "all.parquet")
    run("dedup", tmp_path / "all.parquet", "--out", tmp_path / "whole")
    kept, against = [], []
    for start, stop in zip([0, *cuts], [*cuts, examples.num_rows], strict=True):
        shard = examples.slice(start, stop - start)
        pq.write_table(
            shard.take(pa.array(range(shard.num_rows)[::-1], pa.int64())), tmp_path / "shard.parquet"
        )
        out = tmp_path / f"step{start}"
        assert run("dedup", tmp_path / "shard.parquet", *against, "--out", out)[0] == 0
        kept += ids_of(out)
        against += ["--against", out]
    assert sorted(kept) == ids_of(tmp_path / "whole")
    decisions = pa.concat_tables([rows_of(tmp_path / f"step{start}", "decisions") for start in (0, *cuts)])
    inside = [row["detail"] for row in decisions.to_pylist() if row["detail"] and "in step" in row["detail"]]
    assert inside, "no document was a duplicate of one of an earlier step"
    assert set(decisions["other_id"].drop_null().to_pylist()) <= set(kept)


def test_a_build_can_be_searched_against(run, tmp_path):
    repos = write_repositories(tmp_path / "repos")
    settings = {"sequence_length": 256, "tokenizer.vocab_size": 600}
    corpus = cc.build(repos, out=tmp_path / "run", settings=settings, progress=False)
    assert corpus.verify().ok
    index = rows_of(tmp_path / "run", "index")
    assert index["doc_id"].to_pylist() == corpus.documents()["doc_id"].to_list()
    (tmp_path / "new" / "delta").mkdir(parents=True)
    (tmp_path / "new" / "delta" / "copy.py").write_text(python_module("mean", 12))
    (tmp_path / "new" / "delta" / "other.py").write_text(python_module("other", 12))
    code, out, _ = run("dedup", tmp_path / "new", "--against", tmp_path / "run", "--out", tmp_path / "out")
    assert (code, "dropped 1 exact" in out) == (0, True)
    (row,) = rows_of(tmp_path / "out", "decisions").to_pylist()
    assert (row["path"], row["detail"]) == ("copy.py", "in run")
    mean = (repos / "alpha/src/mean.py").read_bytes()
    assert row["other_id"] == document_id("alpha", "src/mean.py", mean)
    asked = json.loads((tmp_path / "out" / "codecorpus.json").read_text())["settings"]
    assert asked["against"] == ["run"]


def test_an_index_made_otherwise_is_refused_before_anything_is_written(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "may", "--set", "dedup.seed=7")
    code, out, err = run(
        "dedup", tmp_path / "in.parquet", "--against", tmp_path / "may", "--out", tmp_path / "out"
    )
    assert (code, out) == (3, "")
    assert "may: its index was made with seed 7 (here 1)" in err
    assert len(err.splitlines()) <= 3
    assert not (tmp_path / "out").exists()
    arguments = ["--against", tmp_path / "may", "--out", tmp_path / "out", "--set", "dedup.seed=7"]
    code, out, _ = run("dedup", tmp_path / "in.parquet", *arguments)
    assert (code, "kept   0 documents" in out) == (0, True)


def test_an_output_is_not_its_own_earlier_run(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    run("dedup", tmp_path / "in.parquet", "--out", tmp_path / "out")
    before = files_of(tmp_path / "out")
    code, _, err = run(
        "dedup", tmp_path / "in.parquet", "--against", tmp_path / "out", "--out", tmp_path / "out"
    )
    assert (code, "--against" in err) == (2, True)
    assert files_of(tmp_path / "out") == before


# --- killed -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["read", "sketch", "documents"])
def test_killed_and_run_again_gives_the_same_bytes_and_leaves_nothing(run, tmp_path, stage):
    assert run("dedup", EXAMPLES, "--out", tmp_path / "whole")[0] == 0
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW.format(stage=stage), "dedup", str(EXAMPLES), "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    until = time.monotonic() + 60
    while not list(out.glob(f".tmp-*/work/tmp/{stage}-*")):
        assert process.poll() is None, "it ended before the stage began"
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(out.glob(".tmp-*"))
    assert run("dedup", EXAMPLES, "--out", out)[0] == 0
    assert files_of(out) == files_of(tmp_path / "whole")
    assert not list(out.glob(".tmp-*"))


# The command, which stops in front of the end of a stage's first unit until it is killed.
_SLOW = """
import time
from codecorpus.run import unit
commit = unit.commit_folder
def slow(temporary, final):
    if temporary.name.startswith("{stage}-"):
        time.sleep(120)
    commit(temporary, final)
unit.commit_folder = slow
from codecorpus.cli import main
main()
"""


def test_two_commands_do_not_work_in_one_folder(run, examples, tmp_path):
    pq.write_table(examples, tmp_path / "in.parquet")
    arguments = ["dedup", str(tmp_path / "in.parquet"), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW.format(stage="sketch"), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    until = time.monotonic() + 60
    while not list((tmp_path / "out").glob(".tmp-*/work/tmp/sketch-*")) and time.monotonic() < until:
        time.sleep(0.02)
    code, _, err = run(*arguments)
    process.kill()
    process.wait()
    assert (code, "another command is working" in err) == (2, True)
