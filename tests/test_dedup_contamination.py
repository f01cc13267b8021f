import gzip
import json
import os
import re
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive_contamination as naive
from codecorpus.dedup import ContaminationOptions, decontaminate, find_contamination, index_benchmarks
from codecorpus.dedup import _kernels_match as kernels
from codecorpus.dedup.lookup import lookup_of
from codecorpus.document import DECISIONS, document_id
from codecorpus.errors import ConfigError, DataError, UsageError

PUBLIC = Path(os.environ.get("BENCHMARKS", Path(__file__).resolve().parents[2] / "shared" / "benchmarks"))

PROMPT = '''def longest_plateau(levels, tolerance):
    """Find the longest stretch of water levels that never differ by more than the tolerance.

    >>> longest_plateau([3, 3, 4, 9], 1)
    3
    """
'''
SOLUTION = """    best = start = 0
    for index, level in enumerate(levels):
        while max(levels[start : index + 1]) - min(levels[start : index + 1]) > tolerance:
            start += 1
        best = max(best, index - start + 1)
    return best
"""
TESTS = [
    "assert longest_plateau(read('calm.csv'), 1) == 0",
    "assert longest_plateau(read('flood.csv'), 0) == 2",
]
PROBLEM = {
    "task_id": "Plateau/7",
    "prompt": PROMPT,
    "solution": SOLUTION,
    "tests": TESTS,
    "entry_point": "longest_plateau",
}
HOST = "".join(f"def helper_{n}(first, second):\n    return first * {n} + second\n\n\n" for n in range(40))


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def benchmark(tmp_path):
    return write(tmp_path / "plateau.jsonl", PROBLEM)


def texts(*contents):
    return pl.DataFrame({"content": contents})


def dropped_rows(result):
    return result.matches["row"].unique().sort().to_list()


# --- what is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param(PROMPT + SOLUTION, "solution", id="verbatim"),
        pytest.param(HOST + PROMPT + SOLUTION + HOST, "solution", id="inside a larger file"),
        pytest.param(SOLUTION, "solution", id="solution only"),
        pytest.param(PROMPT.split('"""')[1], "prompt", id="docstring only"),
        pytest.param(re.sub(r"(?m)^", "// ", PROMPT.split('"""')[1]), "prompt", id="docstring as a comment"),
        pytest.param(re.sub(r"\s+", "\n\t", SOLUTION), "solution", id="other white space"),
        pytest.param(re.sub(r"\s+", "\r\n", PROMPT), "prompt", id="other line ends"),
        pytest.param("\n\n".join(TESTS), "tests", id="tests only"),
        pytest.param(HOST + PROMPT.replace('"""', "'''"), "prompt", id="other quotes"),
    ],
)
def test_a_problem_is_found(benchmark, text, field):
    result = decontaminate(texts(HOST, text), benchmark)
    assert dropped_rows(result) == [1]
    assert result.matches["field"].to_list() == [field]
    assert result.dropped["content"].to_pylist() == [text]
    assert result.to_polars()["content"].to_list() == [HOST]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("    best = start = 0\n    return best\n", id="too little of the solution"),
        pytest.param(
            "Trouve la plus longue suite de niveaux dont la différence reste petite.", id="translated"
        ),
        pytest.param("def longest_plateau(levels):", id="another signature"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_not_found(benchmark, text):
    assert decontaminate(texts(text), benchmark).dropped.num_rows == 0


RENAMED = re.sub(r"\b(levels?|best|start|index|tolerance)\b", r"my_\1", SOLUTION)


@pytest.mark.parametrize(
    ("text", "kind", "field"),
    [
        pytest.param(RENAMED, "code", "solution", id="other names"),
        pytest.param(
            re.sub(r"\n", "  # step\n", RENAMED), "code", "solution", id="other names, comments between"
        ),
        pytest.param(re.sub(r" +", "\t ", RENAMED).replace("(", "( "), "code", "solution", id="other layout"),
        pytest.param(HOST + RENAMED + HOST, "code", "solution", id="other names, inside a larger file"),
        pytest.param("def longest_plateau(levels, tolerance):", "signature", "signature", id="signature"),
        pytest.param(
            "def longest_plateau(levels: list, tolerance=1):", "signature", "signature", id="typed signature"
        ),
        pytest.param(
            "x = longest_plateau(levels, tolerance)", "signature", "signature", id="a call with these names"
        ),
    ],
)
def test_a_problem_is_found_without_ten_of_its_words_in_a_row(benchmark, text, kind, field):
    result = decontaminate(texts(HOST, text), benchmark)
    assert dropped_rows(result) == [1]
    assert result.matches.select("kind", "field").row(0) == (kind, field)
    assert result.dropped.num_rows == 1


def test_a_solution_spread_over_a_file_is_no_copy(benchmark):
    lines = RENAMED.split("\n")
    apart = ("\n" + "value = other(thing) + 7\n" * 40).join(lines)
    assert decontaminate(texts(apart), benchmark).dropped.num_rows == 0


def test_code_and_signatures_have_limits_of_their_own(benchmark):
    def dropped(text, **limits):
        options = ContaminationOptions(**limits)
        return find_contamination(texts(text), index_benchmarks(benchmark, options), options).dropped.num_rows

    half = "\n".join(RENAMED.split("\n")[1:4])
    assert [dropped(half, min_code_share=share) for share in (0.3, 0.6)] == [1, 0]
    assert [dropped(RENAMED, min_code_matches=least) for least in (8, 12, 500)] == [1, 1, 0]
    signature = "longest_plateau(levels, tolerance)"
    assert [dropped(signature, signatures=asked) for asked in (True, False)] == [1, 0]


def test_a_solution_that_many_documents_hold_is_an_idiom(benchmark):
    many = [f"# {number}\n" + RENAMED for number in range(11)]
    result = decontaminate(texts(*many), benchmark)
    assert result.dropped.num_rows == 0
    assert result.idioms.select("documents", "benchmark", "problem").rows() == [(11, "plateau", "Plateau/7")]
    assert "my_best" in result.idioms["text"][0]
    assert decontaminate(texts(*many[:10]), benchmark).dropped.num_rows == 10


MAIN = "int main(int argc, char **argv) {\n    for (int i = 0; i < argc; i++) {\n        printf(argv[i]);"


def test_a_loop_with_few_names_is_no_evidence(tmp_path):
    loop = "for (int i = 0; i < n; i++) { for (int j = 0; j < n; j++) { a[i][j] = 0; } }"
    file = write(tmp_path / "b.jsonl", {"code": loop + " return surprising_result_of_the_matrix"}, PROBLEM)
    assert decontaminate(texts(loop), file).dropped.num_rows == 0
    assert decontaminate(texts(loop), file, min_names=2).dropped.num_rows == 1


def test_numbers_are_no_evidence(tmp_path):
    file = write(tmp_path / "b.jsonl", {"input": str(list(range(100)))}, PROBLEM)
    assert decontaminate(texts(str(list(range(100)))), file).dropped.num_rows == 0


def test_what_many_problems_share_is_boilerplate(tmp_path):
    rows = [{"id": n, "code": f"{MAIN}\n    case_{n}(); return outcome_{n}; }}"} for n in range(12)]
    file = write(tmp_path / "b.jsonl", *rows)
    assert decontaminate(texts(MAIN), file).dropped.num_rows == 0
    options = ContaminationOptions(max_problems=12)
    assert find_contamination(texts(MAIN), index_benchmarks(file, options), options).dropped.num_rows == 1


def test_one_problem_cut_in_many_ways_is_not_boilerplate(tmp_path):
    rows = [PROBLEM | {"task_id": f"{n}", "prompt": PROMPT + SOLUTION[: n * 9]} for n in range(12)]
    result = decontaminate(texts(PROMPT), write(tmp_path / "b.jsonl", *rows))
    assert result.dropped.num_rows == 1
    assert result.problems["documents"].to_list() == [1] * 12


def test_what_many_documents_share_is_an_idiom_and_is_shown(tmp_path):
    licence = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
    file = write(tmp_path / "b.jsonl", {"task_id": "X/1", "code": licence + "\n" + SOLUTION})
    many = [f"# {licence}\nvalue_{n} = {n}\n" for n in range(12)]
    result = decontaminate(texts(*many, SOLUTION), file)
    assert dropped_rows(result) == [12]
    assert result.idioms["documents"].to_list() == [12] * 7
    assert result.idioms.row(0) == (12, "b", "X/1", licence[:59])
    assert decontaminate(texts(*many[:10]), file).dropped.num_rows == 10  # too few to be an idiom


def test_the_share_of_documents_counts_in_large_tables(benchmark):
    table = texts(*[SOLUTION] * 11, *[f"x{n}" for n in range(89)])
    assert decontaminate(table, benchmark).dropped.num_rows == 0
    assert decontaminate(table, benchmark, max_document_share=0.11).dropped.num_rows == 11


def test_limits_ask_for_more_than_one_n_gram(benchmark):
    line = SOLUTION.split("\n")[2]
    total = decontaminate(texts(SOLUTION), benchmark).matches["matched"][0]
    result = decontaminate(texts(line, SOLUTION), benchmark)
    few = result.matches["matched"][0]
    assert 1 < few < total
    assert result.matches["share"].to_list() == [few / total, 1.0]
    assert dropped_rows(decontaminate(texts(line, SOLUTION), benchmark, min_matches=few + 1)) == [1]
    assert dropped_rows(decontaminate(texts(line, SOLUTION), benchmark, min_share=0.9)) == [1]


# --- what is said about it -------------------------------------------------------------------------------------------


def test_a_decision_names_benchmark_problem_and_span(benchmark):
    before = "# é\n" * 3
    text = before + SOLUTION
    table = pl.DataFrame({"repo_name": ["r", "r"], "path": ["a.py", "b.py"], "content": ["x = 1", text]})
    decisions = decontaminate(table, benchmark).decisions
    assert decisions.schema.equals(DECISIONS)
    (row,) = decisions.to_pylist()
    begin = len(before.encode()) + SOLUTION.index("best")
    end = len(before.encode()) + SOLUTION.rindex("best") + 4
    assert row == {
        "doc_id": document_id("r", "b.py", text.encode()),
        "repo_name": "r",
        "path": "b.py",
        "stage": "contamination",
        "code": "CC501",
        "verdict": "dropped",
        "measured": row["measured"],
        "limit": 1.0,
        "other_id": document_id("plateau", "Plateau/7", b""),
        "detail": f"plateau Plateau/7 solution, lines 4-9, bytes {begin}-{end}, "
        f"{int(row['measured'])} n-grams, 100% of it",
    }
    assert row["measured"] == len({words for words, _, _ in naive.ngrams(SOLUTION.encode(), 10)})


def test_the_span_is_the_longest_stretch(benchmark):
    words = SOLUTION.split("\n")
    text = words[2] + "\n\nunrelated = words\n\n" + SOLUTION
    match = decontaminate(texts(text), benchmark).matches.row(0, named=True)
    assert text[match["begin"] : match["end"]] == SOLUTION.strip()


def test_a_given_doc_id_is_kept_and_any_other_replaced(benchmark):
    ours = pa.table({"doc_id": pa.array([b"0123456789abcdef"], pa.binary(16)), "content": [SOLUTION]})
    assert decontaminate(ours, benchmark).decisions["doc_id"].to_pylist() == [b"0123456789abcdef"]
    theirs = pa.table({"doc_id": ["seven"], "content": [SOLUTION]})
    expected = document_id("", "", SOLUTION.encode())
    assert decontaminate(theirs, benchmark).decisions["doc_id"].to_pylist() == [expected]


def test_a_document_with_several_problems_is_decided_by_the_one_it_holds_most_of(tmp_path):
    short = {"task_id": "S/1", "prompt": PROMPT}
    file = write(tmp_path / "b.jsonl", short, {"task_id": "S/2", "code": SOLUTION})
    result = decontaminate(texts(PROMPT + SOLUTION), file)
    (decision,) = result.decisions.to_pylist()
    best = result.matches.sort("matched", descending=True)["problem"][0]
    assert decision["detail"].startswith(f"b {best} ")
    assert decision["detail"].endswith("; holds text of 2 problems")
    assert result.problems["documents"].to_list() == [1, 1]


def test_benchmarks_are_summed_up_and_what_cannot_be_found_is_counted(tmp_path):
    write(tmp_path / "one.jsonl", PROBLEM, {"task_id": "tiny", "code": "return x"})
    write(
        tmp_path / "two.jsonl",
        {"task_id": 5, "code": "quite different words " * 4 + "alpha beta gamma delta epsilon"},
    )
    result = decontaminate(texts(SOLUTION, PROMPT, "x"), tmp_path)
    assert result.benchmarks().to_dicts() == [
        {"benchmark": "one", "problems": 2, "searched": 1, "found": 1, "documents": 2},
        {"benchmark": "two", "problems": 1, "searched": 1, "found": 0, "documents": 0},
    ]
    assert result.problems["problem"].to_list() == ["Plateau/7", "tiny", "5"]
    assert repr(result) == (
        "DecontaminationResult: 1 of 3 documents kept; dropped 2 that hold text of 1 of 3 problems"
    )


def test_shows_itself_and_escapes_what_it_shows(benchmark):
    table = pl.DataFrame({"path": ["<b>.py"], "content": [SOLUTION]})
    page = decontaminate(table, benchmark)._repr_html_()
    assert "&lt;b&gt;.py" in page
    assert "<b>" not in page


# --- tables ----------------------------------------------------------------------------------------------------------


def test_polars_arrow_slices_chunks_and_bytes_give_the_same(benchmark):
    contents = ["before", SOLUTION, None, HOST, PROMPT, ""]
    frame = pl.DataFrame({"content": contents[1:], "extra": range(5)})
    table = pa.table({"content": contents, "extra": range(-1, 5)}).slice(1)
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1, 0), table.slice(1)])
    raw = pa.table({"content": table["content"].cast(pa.binary()), "extra": table["extra"]})
    for given_table in (frame, table, chunked, raw):
        result = decontaminate(given_table, benchmark)
        assert result.kept["extra"].to_pylist() == [1, 2, 4]
        assert result.dropped["extra"].to_pylist() == [0, 3]


def test_an_empty_table_is_no_trouble(benchmark):
    result = decontaminate(pl.DataFrame({"content": []}, schema={"content": pl.String}), benchmark)
    assert result.kept.num_rows == result.dropped.num_rows == result.decisions.num_rows == 0
    assert "0 of 0 documents kept" in result._repr_html_()


@pytest.mark.parametrize(
    ("table", "message"),
    [({"text": ["a"]}, "no column `content`, only text"), ({"content": [1]}, "is int64, not text")],
)
def test_unusable_tables_say_what_is_wrong(benchmark, table, message):
    with pytest.raises(UsageError, match=message):
        decontaminate(pa.table(table), benchmark)


def test_an_index_serves_several_tables(benchmark):
    options = ContaminationOptions()
    index = index_benchmarks(benchmark, options)
    assert find_contamination(texts(SOLUTION), index, options).dropped.num_rows == 1
    assert find_contamination(texts(HOST).to_arrow(), index, options).dropped.num_rows == 0


# --- benchmark files -------------------------------------------------------------------------------------------------


def test_every_kind_of_file_gives_the_same(tmp_path, benchmark):
    plain = benchmark.read_bytes()
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "c.jsonl.zst").write_bytes(pa.Codec("zstd").compress(plain, asbytes=True))
    (tmp_path / "d.jsonl").write_bytes(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n\r\n"))
    pq.write_table(pa.Table.from_pylist([PROBLEM]), tmp_path / "e.parquet")
    result = decontaminate(texts(SOLUTION, "\n".join(TESTS)), tmp_path)
    assert result.problems["benchmark"].to_list() == ["b", "c", "d", "e", "plateau"]
    assert result.problems["documents"].to_list() == [2] * 5
    assert result.problems["ngrams"].n_unique() == 1


def test_strings_are_found_at_any_depth(tmp_path):
    row = {"id": "N/1", "deep": {"list": [1, None, {"inner": [[SOLUTION]]}]}}
    match = decontaminate(texts(SOLUTION), write(tmp_path / "b.jsonl", row)).matches.row(0, named=True)
    assert (match["problem"], match["field"]) == ("N/1", "deep")


def test_files_of_one_name_are_told_apart_by_their_folder(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "test.jsonl", PROBLEM)
    assert decontaminate(texts("x"), tmp_path).problems["benchmark"].to_list() == ["one/test", "two/test"]


def test_a_lone_surrogate_is_no_trouble(tmp_path):
    file = tmp_path / "b.jsonl"
    file.write_text(json.dumps({"code": "\ud800 " + SOLUTION}))
    assert decontaminate(texts(SOLUTION), file).dropped.num_rows == 1


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [  # ids are given by number: bytes of gzip hold a time, and differ from process to process
        ("b.jsonl", b"", "no problems in it"),
        ("b.jsonl", b'{"a": 1}\n{"a"', "line 2"),
        ("b.jsonl", b"[1]\n", "line 1: not an object"),
        ("b.jsonl", b"\xff\xfe\n", "line 1"),
        ("b.jsonl", b"[" * 100_000, "line 1"),
        ("b.jsonl", b'{"code": "x = 1"}\n', "no text of 1 problems holds 10 words"),
        ("b.jsonl.gz", gzip.compress(b'{"a": "b"}\n' * 1000)[:-20], "not readable as a benchmark"),
        ("b.jsonl.gz", b"plain", "not readable as a benchmark"),
        ("b.parquet", b"PAR1 no", "not readable as a benchmark"),
        ("b.txt", b"words", "not a kind of file"),
    ],
    ids=[f"file {number}" for number in range(10)],
)
def test_broken_files_are_an_error_with_a_hint(tmp_path, name, data, message):
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        decontaminate(texts("x"), file)
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_missing_files_and_empty_folders_are_an_error_with_a_hint(tmp_path, benchmark):
    with pytest.raises(DataError, match="no such file") as caught:
        decontaminate(texts("x"), [benchmark, tmp_path / "none.jsonl"])
    assert caught.value.hint
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no benchmark files in it"):
        decontaminate(texts("x"), tmp_path / "empty")
    with pytest.raises(UsageError, match="no benchmark named"):
        decontaminate(texts("x"), [])


def test_impossible_settings_are_named_together(benchmark):
    with pytest.raises(ConfigError) as caught:
        decontaminate(texts("x"), benchmark, ngram=1, min_share=2)
    assert [line.split(":")[0] for line in caught.value.mistakes] == ["ngram", "min_share"]


# --- twins -----------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [b"a", b"i", b"7", b"for", b"in", b"x1", b"1x", b"_", b"__", b"\xc3\xa9t\xc3\xa9", b"\xff"]
)
BETWEEN = st.sampled_from([b" ", b"\n", b"(", b"+ ", b"\x00", b" \t// ", b"", b"'"])
TEXTS = st.lists(st.builds(bytes.__add__, WORDS, BETWEEN), max_size=30).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(2, 5), st.integers(0, 3))
@example([b"", b" ", b"a b", b"a b c", b"word " * 400], 3, 0)
def test_n_grams_equal_their_twin(contents, ngram, least):
    data = np.frombuffer(b"".join(contents), np.uint8)
    offsets = np.cumsum([0, *map(len, contents)])
    room = len(data) // 2 + len(contents) + 1
    words, names, starts = (
        np.empty(room, np.uint64),
        np.empty(room, np.bool_),
        np.empty(len(offsets), np.int64),
    )
    count = kernels.hash_words(data, offsets, starts, words, names)
    hashes, owners = np.empty(count, np.uint64), np.empty(count, np.int32)
    found = kernels.hash_ngrams(words, names, starts, ngram, least, hashes, owners)
    expected = [
        (naive.hash_of(gram), number)
        for number, text in enumerate(contents)
        for gram, _, _ in naive.ngrams(text, ngram)
        if len({word for word in gram if naive.is_name(word)}) >= least
    ]
    assert list(zip(hashes[:found].tolist(), owners[:found].tolist(), strict=True)) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(2, 4), st.sets(st.integers(0, 30)))
@example([b"a for in x1 " * 700], 3, {0, 1, 2})
def test_hits_equal_their_twin(contents, ngram, chosen):
    grams = [
        (row, naive.hash_of(words), begin, end)
        for row, text in enumerate(contents)
        for words, begin, end in naive.ngrams(text, ngram)
    ]
    every = np.array(sorted({value for _, value, _, _ in grams}), np.uint64)
    hashes = every[[place in chosen for place in range(len(every))]] if len(every) else every
    nothing = (np.zeros(1, np.int64), np.zeros(1, np.int64), np.empty(0, np.uint64))
    names = lookup_of(np.empty(0, np.uint64))
    data = np.frombuffer(b"xx" + b"".join(contents), np.uint8)
    offsets = np.cumsum([2, *map(len, contents)])
    place_of = {value: place for place, value in enumerate(hashes.tolist())}
    expected = [(row, place_of[value], begin, end) for row, value, begin, end in grams if value in place_of]
    for capacity in (3000, 1):
        out = np.empty((4, capacity), np.int64)
        total = kernels.find_hits(data, offsets, ngram, lookup_of(hashes), names, nothing, out)
        assert total == len(expected)
        assert list(map(tuple, out[:, : min(total, capacity)].T.tolist())) == expected[:capacity]


SMALL_TEXTS = st.lists(st.sampled_from(["aa", "bb", "cc", "dd", "i", "0"]), min_size=1, max_size=12).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SMALL_TEXTS, min_size=1, max_size=6),
    st.lists(SMALL_TEXTS, max_size=40),
    st.builds(
        ContaminationOptions,
        ngram=st.integers(2, 4),
        min_names=st.integers(0, 3),
        max_problems=st.integers(1, 4),
        max_document_share=st.sampled_from([0.0, 0.001, 0.3, 0.5, 1.0]),
        min_matches=st.integers(1, 3),
        min_share=st.sampled_from([0.0, 0.5, 1.0]),
    ),
)
def test_verdicts_equal_their_twin(tmp_path_factory, problems, documents, options):
    file = write(tmp_path_factory.mktemp("b") / "b.jsonl", *({"words": text} for text in problems))
    numbered = [(str(number), text.encode()) for number, text in enumerate(problems)]
    raw = [text.encode() for text in documents]
    if not naive.indexed(numbered, options):
        with pytest.raises(DataError):
            index_benchmarks(file, options)
        return
    table = pa.table({"content": pa.array(documents, pa.large_string())})
    result = find_contamination(table, index_benchmarks(file, options), options)
    found = {}
    for row, problem, matched in result.matches.select("row", "problem", "matched").iter_rows():
        found.setdefault(row, {})[problem] = matched
    assert found == naive.contaminated(raw, numbered, options)
    assert [row["measured"] for row in result.decisions.to_pylist()] == [
        max(found[row].values()) for row in sorted(found)
    ]
    assert result.kept.num_rows + result.dropped.num_rows == len(documents)


def test_more_hits_than_there_is_room_for_at_first(tmp_path):
    file = write(tmp_path / "b.jsonl", {"code": "alpha beta gamma " * 10})
    table = texts(*["alpha beta gamma " * 10_000] * 3)
    hits = index_benchmarks(file, ContaminationOptions(min_names=0)).find(table.to_arrow()["content"])
    assert (hits["token"].to_numpy() < 0).sum() == 3 * (30_000 - 9)


# --- public benchmarks -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public benchmarks are not beside the checkout")
def test_public_problems_are_found_in_larger_files():
    options = ContaminationOptions()
    index = index_benchmarks(
        sorted(PUBLIC.glob("humaneval/*")) + sorted(PUBLIC.glob("mbpp/mbpp.jsonl")), options
    )
    with gzip.open(PUBLIC / "humaneval/HumanEval.jsonl.gz") as lines:
        problems = [json.loads(line) for line in lines]
    planted = texts(*(HOST + row["prompt"] + row["canonical_solution"] + HOST for row in problems))
    assert find_contamination(planted, index, options).dropped.num_rows == 164
    docstrings = texts(*(re.sub(r"(?m)^", "// ", row["prompt"]) for row in problems))
    assert find_contamination(docstrings, index, options).dropped.num_rows == 164
    assert find_contamination(texts(HOST, MAIN), index, options).dropped.num_rows == 0


def test_a_misspelt_benchmark_is_an_error_that_names_the_nearest():
    for wrong, right in (("humanevl", "humaneval"), ("HumanEval_X", "humaneval-x"), ("mbpp+", "mbpp-plus")):
        with pytest.raises(UsageError, match=f"(?s){re.escape(wrong)}.*Did you mean `{right}`"):
            decontaminate(texts("a = 1"), [wrong])


@pytest.mark.parametrize("names", ["", [""], ["humaneval", ""]])
def test_an_empty_name_is_no_folder(names):
    with pytest.raises(UsageError, match="no benchmark named"):
        decontaminate(texts("a = 1"), names)


@pytest.mark.parametrize("name", ["Solution().longest_plateau", "Solution::longest_plateau"])
def test_an_entry_point_of_several_words_asks_for_the_last(tmp_path, name):
    problem = {"prompt": f"int {name}(levels, tolerance)", "test": SOLUTION, "entry_point": name}
    file = write(tmp_path / "methods.jsonl", problem)
    result = decontaminate(texts("x = longest_plateau(levels, tolerance)"), file)
    assert result.matches["kind"].to_list() == ["signature"]


def test_lone_surrogates_in_ids_and_keys_do_no_harm(tmp_path):
    file = write(tmp_path / "odd.jsonl", {"task_id": "a\ud800", "entry_point": "\udfff", "k\ud800": SOLUTION})
    matches = decontaminate(texts(SOLUTION), file).matches
    assert (matches["problem"].to_list(), matches["field"].to_list()) == (["a?"], ["k?"])


@pytest.mark.parametrize(
    "column",
    [
        pa.array([SOLUTION.encode()]),
        pa.array([[("text", SOLUTION)]], pa.map_(pa.string(), pa.string())),
        pa.array([SOLUTION]).dictionary_encode(),
        pa.array([{"a": [{"b": SOLUTION}]}]),
    ],
    ids=["bytes", "map", "dictionary", "nested"],
)
def test_text_is_found_in_odd_columns_of_parquet(tmp_path, column):
    date = pa.array([1], pa.timestamp("ns"))  # pyarrow makes no Python object of it
    pq.write_table(pa.table({"text": column, "date": date}), tmp_path / "odd.parquet")
    assert decontaminate(texts(SOLUTION), tmp_path / "odd.parquet").dropped.num_rows == 1


def test_two_parquet_columns_of_one_name_are_an_error(tmp_path):
    table = pa.Table.from_arrays([pa.array([SOLUTION]), pa.array(["x"])], names=["text", "text"])
    pq.write_table(table, tmp_path / "twice.parquet")
    with pytest.raises(DataError, match="two columns of one name"):
        decontaminate(texts(SOLUTION), tmp_path / "twice.parquet")


def test_names_of_benchmarks_are_never_whole_paths(tmp_path):
    (tmp_path / "one" / "a").mkdir(parents=True)
    (tmp_path / "two" / "a").mkdir(parents=True)
    files = [write(tmp_path / place / "test.jsonl", PROBLEM) for place in ("one/a", "two/a")] + [
        write(tmp_path / "one" / "mbpp.jsonl", PROBLEM),
        write(tmp_path / "one" / "same.jsonl", PROBLEM),
    ]
    pq.write_table(pa.table({"text": [SOLUTION]}), tmp_path / "one" / "same.parquet")
    result = decontaminate(texts(SOLUTION), [*files, tmp_path / "one" / "same.parquet"])
    names = result.benchmarks()["benchmark"].to_list()
    assert names == ["one/a/test", "two/a/test", "one/mbpp", "one/same.jsonl", "one/same.parquet"]


@pytest.mark.parametrize("action", ["drop", "cut"])
def test_string_views_are_read_as_strings(benchmark, action):
    table = pa.table({"content": pa.array([HOST + PROMPT + SOLUTION, "a = 1"], pa.string_view())})
    result = decontaminate(table, benchmark, action=action)
    assert result.kept.num_rows == {"drop": 1, "cut": 2}[action]
