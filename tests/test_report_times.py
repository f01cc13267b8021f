import json

import pytest

from codecorpus.report import stage_times
from codecorpus.report.times import StageTime


def write(run, rows, used):
    (run / "work").mkdir()
    (run / "work" / "timings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (run / "work" / "used.json").write_text(used if isinstance(used, str) else json.dumps(used))


def row(stage, key, seconds, peak=10):
    return {
        "stage": stage,
        "key": key,
        "bytes": 100,
        "seconds": seconds,
        "cpu_seconds": seconds / 2,
        "peak_bytes": peak,
    }


def test_units_of_this_run_are_summed_by_stage_in_the_order_of_the_stages(tmp_path):
    rows = [
        row("read", "a", 1.0, 30),
        row("parse", "c", 5.0),
        row("read", "b", 2.0, 20),
        row("read", "old", 99.0),
    ]
    write(tmp_path, rows, [["read", ["a", "b"]], ["parse", ["c"]], ["dedup", ["not timed"]]])
    assert stage_times(tmp_path) == (
        StageTime("read", 2, 200, 3.0, 1.5, 30),
        StageTime("parse", 1, 100, 5.0, 2.5, 10),
    )


def test_a_unit_that_was_run_again_counts_with_what_it_took_last(tmp_path):
    write(tmp_path, [row("read", "a", 1.0), row("read", "a", 4.0)], [["read", ["a"]]])
    assert [(time.units, time.seconds) for time in stage_times(tmp_path)] == [(1, 4.0)]


@pytest.mark.parametrize("used", ["", "{", "[]", "3", "[1]", '[["read"]]', '[["read", 3]]', "null"])
def test_a_book_that_is_none_of_ours_gives_no_times(tmp_path, used):
    write(tmp_path, [row("read", "a", 1.0)], used)
    assert stage_times(tmp_path) == ()


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path):
    write(tmp_path, [row("read", "a", 1.0)], [["read", ["a", "b"]]])
    with (tmp_path / "work" / "timings.jsonl").open("ab") as file:
        file.write(b'3\n"x"\n{"stage": "read"}\n\xff\xfe\n{"stage": "read", "key": "b", "se')
    assert [time.units for time in stage_times(tmp_path)] == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ["b"]},
        {"stage": {}},
        {"seconds": "1"},
        {"cpu_seconds": None},
        {"bytes": True},
        {"peak_bytes": [1]},
        {"seconds": float("nan")},
        {"seconds": -1},
        {"cpu_seconds": float("inf")},
    ],
)
def test_a_row_with_other_types_is_left_out(tmp_path, wrong):
    write(
        tmp_path,
        [row("read", "a", 1.0), row("read", "b", 2.0) | wrong],
        [["read", ["a", "b", "['b']"]]],
    )
    assert stage_times(tmp_path) == (StageTime("read", 1, 100, 1.0, 0.5, 10),)


def test_without_work_there_are_no_times(tmp_path):
    assert stage_times(tmp_path) == ()
