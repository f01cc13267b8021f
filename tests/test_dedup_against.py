"""Earlier runs: their index, what fits and what is refused, and that a shard at a time gives what all at once gives."""

import json
import shutil

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import naive_dedup as naive
from codecorpus.dedup import DedupOptions, find_candidates, join_sets, resolve, shingle_sets, sketch
from codecorpus.dedup.earlier import open_runs, part_files, part_names
from codecorpus.dedup.index import SHINGLES, index_rows, index_schema, index_sets
from codecorpus.dedup.minhash import MADE_WITH
from codecorpus.document import document_id
from codecorpus.errors import DataError, RunError
from codecorpus.run.dedup_tasks import index_writer

WORDS = " ".join(f"word{i}" for i in range(40))


def documents(texts, repo="r"):
    """A documents table of these texts; the keep-policy takes them by the number of folders in their path, so in this order."""
    paths = ["d/" * place + "a.py" for place in range(len(texts))]
    rows = len(texts)
    return pa.table(
        {
            "doc_id": pa.array(
                [document_id(repo, path, text.encode()) for path, text in zip(paths, texts, strict=True)],
                pa.binary(16),
            ),
            "repo_name": pa.array([repo] * rows, pa.string()),
            "path": pa.array(paths, pa.string()),
            "language": pa.array(["Python"] * rows, pa.string()),
            "content": pa.array(texts, pa.large_string()),
            "license_type": pa.nulls(rows, pa.string()),
            "star_events_count": pa.nulls(rows, pa.int64()),
            "length_bytes": pa.array([len(text.encode()) for text in texts], pa.int64()),
        }
    )


def search(table, options, earlier=(), names=()):
    """Duplicates of a table against the indexes of earlier runs."""
    candidates = find_candidates([sketch(table, options)], options, earlier=list(earlier))
    own = table.take(pa.array(candidates.rows_of(len(earlier))))
    sets = [one for shard, part in enumerate(earlier) for one in index_sets(part, candidates.rows_of(shard))]
    sets.append(shingle_sets(own["content"], options, own["language"]))
    return resolve(candidates, join_sets(sets), options, earlier_names=names)


def kept_of(table, found):
    stays = np.ones(table.num_rows, np.bool_)
    stays[found.dropped] = False
    return table.filter(pa.array(stays))


def write_part(path, kept, options, rows_in_group=1000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with index_writer(path, options) as writer:
        for start in range(0, kept.num_rows, rows_in_group):
            piece = kept.slice(start, rows_in_group)
            writer.write(index_rows(sketch(piece, options), piece, options))
    return path


def run_of(folder, kept, options):
    """The least that looks like the output of `codecorpus dedup`."""
    part = write_part(folder / "index" / "part-00000.parquet", kept, options)
    entry = {"path": "index/part-00000.parquet", "bytes": part.stat().st_size}
    marker = {"codecorpus": "1", "command": "dedup", "files": [entry], "settings": {}}
    (folder / "codecorpus.json").write_text(json.dumps(marker))
    return folder


# --- the index --------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from(["", WORDS, WORDS * 2, "0 , " * 90, "é " * 40])),
        max_size=9,
    ),
    st.integers(1, 4),
    st.data(),
)
def test_sets_come_back_from_an_index_as_they_were(tmp_path, texts, rows_in_group, data):
    options, table = DedupOptions(), documents(texts)
    part = write_part(tmp_path / "index.parquet", table, options, rows_in_group)
    rows = sorted(data.draw(st.sets(st.sampled_from(range(len(texts))))) if texts else [])
    found = join_sets(index_sets(part, np.array(rows, np.int64)))
    long_enough = [len(naive.shingle_hashes(text.encode(), 5)) >= 10 for text in texts]
    expected = [
        sorted(set(naive.shingle_hashes(texts[row].encode(), 5))) if long_enough[row] else [] for row in rows
    ]
    assert [
        found.hashes[a:b].tolist() for a, b in zip(found.offsets, found.offsets[1:], strict=False)
    ] == expected


def test_an_index_reads_elsewhere_and_says_how_it_was_made(tmp_path):
    options = DedupOptions(seed=9)
    part = write_part(tmp_path / "index.parquet", documents([WORDS, "short"]), options)
    frame = pl.read_parquet(part)
    assert frame[SHINGLES].to_list() == [sorted(set(naive.shingle_hashes(WORDS.encode(), 5))), None]
    assert pq.read_schema(part).equals(index_schema(options))
    assert json.loads(pq.read_schema(part).metadata[MADE_WITH])["seed"] == 9


def test_keys_and_hashes_are_stored_as_they_are_with_a_checksum(tmp_path):
    part = write_part(tmp_path / "index.parquet", documents([WORDS]), DedupOptions())
    group = pq.read_metadata(part).row_group(0)
    kinds = {
        group.column(i).path_in_schema.split(".")[0]: group.column(i).compression
        for i in range(group.num_columns)
    }
    assert {kinds["band_00"], kinds["content_key"], kinds[SHINGLES]} == {"UNCOMPRESSED"}
    assert kinds["path"] == "ZSTD"


# --- a shard at a time ------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10_000),
    st.lists(st.integers(0, 120), min_size=2, max_size=4),
    st.sampled_from([0.5, 0.6, 0.8]),
    st.randoms(use_true_random=False),
)
@example(1, [30, 30, 60], 0.6, None)
@example(3, [5, 40], 0.5, None)
def test_a_shard_at_a_time_keeps_what_all_at_once_keeps(tmp_path, seed, cuts, threshold, random):
    texts = [text.decode() for text in naive.mutated_corpus(seed)]
    # The same code with other comments, long ones too, so that the near level alone would not see it.
    texts += [
        f"{text}\n# {' '.join(f'{n}c{i}' for i in range(n % 3 * 40))}" for n, text in enumerate(texts[::5])
    ]
    texts += [*texts[::9], "", "", "a b c", "a b c", "0 , " * 300]
    options = DedupOptions(threshold=threshold, permutations=32, bands=16, rows=2)
    table = documents(texts)
    found = search(table, options)
    assert (
        found.unlisted == 0
    )  # a full bucket offers its first documents only, and an index does not know which they were
    whole = kept_of(table, found)
    assert {"CC401", "CC402", "CC403"} == set(found.decisions["code"].to_pylist())
    assert 0 < whole.num_rows < table.num_rows
    kept, parts = [], []
    for number, (start, stop) in enumerate(
        zip([0, *sorted(cuts)], [*sorted(cuts), table.num_rows], strict=True)
    ):
        shard = table.slice(start, stop - start)
        order = list(range(shard.num_rows))
        if random is not None:
            random.shuffle(order)
        shard = shard.take(pa.array(order, pa.int64()))
        new = kept_of(shard, search(shard, options, parts, [f"run{n}" for n in range(number)]))
        parts.append(write_part(tmp_path / f"{number}.parquet", new, options, 7))
        kept += new["doc_id"].to_pylist()
    assert sorted(kept) == sorted(whole["doc_id"].to_pylist())


def test_documents_of_earlier_runs_stay_however_good_the_new_one_is(tmp_path):
    options = DedupOptions()
    deep = documents(["x", "y", "z", WORDS])  # of four folders
    part = write_part(tmp_path / "index.parquet", deep, options)
    new = documents([WORDS, WORDS + " more", "x", "other"], "fork")
    found = search(new, options, [part], ["may"])
    assert found.dropped.tolist() == [0, 1, 2]
    assert [(row["code"], row["other_id"], row["detail"]) for row in found.decisions.to_pylist()] == [
        ("CC401", deep["doc_id"][3].as_py(), "in may"),
        ("CC402", deep["doc_id"][3].as_py(), "in may"),
        ("CC401", deep["doc_id"][0].as_py(), "in may"),
    ]
    assert set(found.clusters["doc_id"].to_pylist()) <= set(new["doc_id"].to_pylist())


def test_earlier_runs_may_hold_the_same_and_the_first_of_them_is_named(tmp_path):
    options = DedupOptions()
    parts = [write_part(tmp_path / f"{n}.parquet", documents([WORDS], f"r{n}"), options) for n in range(2)]
    found = search(documents([WORDS + " more"], "new"), options, parts, ["may", "june"])
    (row,) = found.decisions.to_pylist()
    assert (row["detail"], row["other_id"]) == ("in may", document_id("r0", "a.py", WORDS.encode()))
    assert found.dropped.tolist() == [0]


# --- what is refused --------------------------------------------------------------------------------------------------------


def test_a_run_that_fits_is_opened_once_with_a_short_name(tmp_path):
    options = DedupOptions()
    may = run_of(tmp_path / "may" / "out", documents([WORDS]), options)
    june = run_of(tmp_path / "june" / "out", documents(["x"]), options)
    runs = open_runs([may, june, may], options)
    assert [run.name for run in runs] == ["may/out", "june/out"]
    assert part_names(runs) == ["may/out", "june/out"]
    assert part_files(runs) == [run / "index" / "part-00000.parquet" for run in (may, june)]
    assert open_runs(may, options)[0].name == "out"


@pytest.mark.parametrize(
    ("made", "says", "hint"),
    [
        ({"seed": 2}, "seed 2 (here 1)", "--set dedup.seed=2"),
        ({"shingle": 6}, "shingle 6 (here 5)", "--set dedup.shingle=6"),
        ({"min_shingles": 3}, "min_shingles 3 (here 10)", "--set dedup.min_shingles=3"),
        (
            {"bands": 16, "rows": 16},
            "bands 16 (here 32), rows 16 (here 8)",
            "--set dedup.bands=16 --set dedup.rows=16",
        ),
        ({"permutations": 512, "bands": 32, "rows": 8}, "permutations 512 (here 256)", "permutations=512"),
    ],
)
def test_settings_that_differ_are_named_with_the_run(tmp_path, made, says, hint):
    run = run_of(tmp_path / "may", documents([WORDS]), DedupOptions(**made))
    with pytest.raises(DataError) as refused:
        open_runs([run], DedupOptions())
    assert refused.value.what == f"may: its index was made with {says}"
    assert hint in refused.value.hint
    assert len(str(refused.value).splitlines()) <= 3


@pytest.mark.parametrize(
    "change", [{"lexer": 0}, {"hash_bits": 32}, {"scheme": "legacy", "lexer": 0}, {"new_key": 1}]
)
def test_an_index_of_another_version_is_refused(tmp_path, change):
    options = DedupOptions()
    run = run_of(tmp_path / "may", documents([WORDS]), options)
    remake(
        run, lambda table: table.replace_schema_metadata({MADE_WITH: json.dumps({**told(table), **change})})
    )
    with pytest.raises(DataError, match=rf"may: its index was made with .*{next(iter(change))}") as refused:
        open_runs([run], options)
    assert "another version" in refused.value.hint


def test_an_index_without_keys_of_code_serves_only_searches_that_ask_for_none(tmp_path):
    without, with_code = DedupOptions(code=False), DedupOptions()
    bare = run_of(tmp_path / "bare", documents([WORDS]), without)
    full = run_of(tmp_path / "full", documents([WORDS]), with_code)
    assert open_runs([bare, full], without)
    with pytest.raises(DataError, match=r"bare: its index was made with code False \(here True\)") as refused:
        open_runs([bare], with_code)
    assert "--set dedup.code=false" in refused.value.hint


@pytest.mark.parametrize("metadata", [None, {MADE_WITH: b"not json"}, {MADE_WITH: b"[]"}, {b"other": b"1"}])
def test_an_index_that_does_not_say_how_it_was_made_is_refused(tmp_path, metadata):
    run = run_of(tmp_path / "may", documents([WORDS]), DedupOptions())
    remake(run, lambda table: table.replace_schema_metadata(metadata))
    with pytest.raises(DataError, match="may: its index does not say how it was made"):
        open_runs([run], DedupOptions())


def told(table):
    return json.loads(table.schema.metadata[MADE_WITH])


def remake(run, change):
    """Write the index of a run anew, changed."""
    part = run / "index" / "part-00000.parquet"
    pq.write_table(change(pq.read_table(part)), part)
    marker = json.loads((run / "codecorpus.json").read_text())
    marker["files"][0]["bytes"] = part.stat().st_size
    (run / "codecorpus.json").write_text(json.dumps(marker))


def test_runs_without_an_index_say_what_to_do(tmp_path):
    run = run_of(tmp_path / "may", documents([WORDS]), DedupOptions())
    marker = json.loads((run / "codecorpus.json").read_text())
    (run / "codecorpus.json").write_text(json.dumps({**marker, "files": []}))
    with pytest.raises(DataError, match="may: this run has no index") as refused:
        open_runs([run], DedupOptions())
    assert "dedup.index = true" in refused.value.hint


def test_what_is_no_finished_run_is_refused(tmp_path):
    run = run_of(tmp_path / "may", documents([WORDS]), DedupOptions())
    marker = json.loads((run / "codecorpus.json").read_text())
    del marker["settings"]
    (run / "codecorpus.json").write_text(json.dumps(marker))
    with pytest.raises(RunError, match="may: this run is not finished"):
        open_runs([run], DedupOptions())
    (run / "codecorpus.json").write_text("{")
    with pytest.raises(RunError, match=r"may: codecorpus\.json cannot be read"):
        open_runs([run], DedupOptions())
    (run / "codecorpus.json").unlink()
    with pytest.raises(RunError, match="may: is not a run"):
        open_runs([run], DedupOptions())
    (run / "work").mkdir()
    with pytest.raises(RunError, match="not finished"):
        open_runs([run], DedupOptions())
    with pytest.raises(RunError, match="nowhere: no such folder"):
        open_runs([tmp_path / "nowhere"], DedupOptions())
    (tmp_path / "file.parquet").write_bytes(b"")
    with pytest.raises(RunError, match="parquet: is not a run"):
        open_runs([tmp_path / "file.parquet"], DedupOptions())


def test_a_missing_or_short_part_or_column_is_damage(tmp_path):
    run = run_of(tmp_path / "may", documents([WORDS]), DedupOptions())
    part = run / "index" / "part-00000.parquet"
    data = part.read_bytes()
    part.write_bytes(data[:-1])
    with pytest.raises(DataError, match="this index is damaged"):
        open_runs([run], DedupOptions())
    part.unlink()
    with pytest.raises(DataError, match="this index is damaged"):
        open_runs([run], DedupOptions())
    part.write_bytes(data)
    remake(run, lambda table: table.drop_columns(["band_07"]))
    with pytest.raises(DataError, match=r"this index is damaged: .*band_07"):
        open_runs([run], DedupOptions())


def test_a_flipped_byte_is_damage_or_changes_nothing(tmp_path):
    """Every 97th byte in turn: an index is refused, or the search finds what it finds with the whole one."""
    options = DedupOptions()
    run = run_of(tmp_path / "may", documents([WORDS, "short", WORDS + " " + WORDS.upper()]), options)
    part = run / "index" / "part-00000.parquet"
    data = part.read_bytes()
    new = documents([WORDS + " more", "short"], "new")
    expected = search(new, options, [part], ["may"])
    refused = 0
    for place in range(0, len(data), 97):
        part.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            found = search(new, options, part_files(open_runs([run], options)), ["may"])
        except DataError:
            refused += 1
            continue
        assert found.dropped.tolist() == expected.dropped.tolist(), place
        assert found.decisions["measured"].equals(expected.decisions["measured"]), place
    assert refused > 20


def test_a_copied_run_is_as_good_as_the_run(tmp_path):
    options = DedupOptions()
    run = run_of(tmp_path / "may", documents([WORDS]), options)
    shutil.copytree(run, tmp_path / "elsewhere" / "may")
    assert open_runs([tmp_path / "elsewhere" / "may"], options)[0].name == "may"
