import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from codecorpus.document import PART_FIELDS, DecisionRows, sequences_schema
from codecorpus.report.hits import Hit, Redaction, contamination_hits, redactions
from codecorpus.report.tokens import LanguageTokens, by_language


def part(copy=0, number=0, name=0, path=0, prefix=0, middle=0, suffix=0):
    """What a row says of one part: two control tokens and its texts."""
    sizes = {"name": name, "path": path, "prefix": prefix, "middle": middle, "suffix": suffix}
    return (
        dict.fromkeys(PART_FIELDS.names, 0)
        | sizes
        | {"copy": copy, "part": number, "length": 2 + sum(sizes.values())}
    )


def write(path, *rows):
    """Rows of (doc_id, part) each."""
    table = [
        {
            "input_ids": [0] * sum(fields["length"] for _, fields in row),
            "seq_lengths": [fields["length"] for _, fields in row],
            "doc_ids": [doc_id for doc_id, _ in row],
            "parts": [fields for _, fields in row],
        }
        for row in rows
    ]
    pq.write_table(pa.Table.from_pylist(table, schema=sequences_schema(pa.uint16())), path)
    return path


def documents(**rows):
    """Name → (language, bytes)."""
    return pl.LazyFrame(
        {
            "doc_id": [name.encode() for name in rows],
            "language": [language for language, _ in rows.values()],
            "length_bytes": [size for _, size in rows.values()],
        },
        schema={"doc_id": pl.Binary, "language": pl.String, "length_bytes": pl.Int64},
    )


def test_tokens_of_text_are_summed_by_language_over_rows_and_files(tmp_path):
    one = write(tmp_path / "0.parquet", [(b"a", part(prefix=3, middle=2, suffix=1)), (b"b", part(suffix=7))])
    two = write(tmp_path / "1.parquet", [(b"a", part(number=1, suffix=10))], [(b"c", part(suffix=5))])
    found = by_language([one, two], documents(a=("Python", 40), b=("Go", 70), c=(None, 5)))
    assert found == (
        LanguageTokens("Go", 1, 70, 7),
        LanguageTokens("Python", 1, 40, 16),
        LanguageTokens("unknown", 1, 5, 5),
    )
    assert [row.bytes_per_token for row in found] == [10, 2.5, 1]


def test_names_paths_control_tokens_and_further_copies_do_not_count(tmp_path):
    rows = [
        (b"a", part(name=5, path=6, suffix=8)),
        (b"a", part(copy=1, suffix=8)),
        (b"a", part(copy=2, suffix=8)),
    ]
    (row,) = by_language([write(tmp_path / "0.parquet", rows)], documents(a=("C", 32)))
    assert (row.tokens, row.bytes, row.documents) == (8, 32, 1)


def test_rows_that_do_not_say_what_is_in_them_have_no_figures(tmp_path):
    pq.write_table(pa.table({"input_ids": [[1]], "seq_lengths": [[1]]}), tmp_path / "0.parquet")
    assert by_language([tmp_path / "0.parquet"], documents(a=("C", 1))) == ()
    assert by_language([], documents(a=("C", 1))) == ()


def lazy(rows):
    return pl.from_arrow(rows.table()).lazy()


def test_documents_with_the_most_of_a_problem_come_first_whatever_is_measured():
    rows = DecisionRows("contamination")
    rows.add(b"1" * 16, "r", "words.py", "CC501", measured=3.0, limit=1.0, detail="a 1")
    rows.add(b"2" * 16, "r", "code.py", "CC501", measured=0.9, limit=0.2, detail="a 2", verdict="edited")
    rows.add(b"3" * 16, "r", "most.py", "CC501", measured=50.0, limit=1.0, detail="a 3")
    rows.add(b"4" * 16, "r", "other.py", "CC402", measured=99.0, limit=1.0)
    hits, total = contamination_hits(lazy(rows))
    assert [hit.name for hit in hits] == ["r/most.py", "r/code.py", "r/words.py"]
    assert hits[1] == Hit("r/code.py", "a 2", 0.9, 0.2, "edited")
    assert total == 3


def test_of_many_documents_with_problems_forty_are_listed_and_all_counted():
    rows = DecisionRows("contamination")
    for index in range(100):
        rows.add(index.to_bytes(16, "big"), "r", f"{index}.py", "CC501", measured=float(index), limit=1.0)
    hits, total = contamination_hits(lazy(rows))
    assert [hit.name for hit in hits] == [f"r/{index}.py" for index in range(99, 59, -1)]
    assert total == 100


def test_findings_are_summed_by_kind_and_unknown_kinds_have_no_name():
    rows = DecisionRows("filter")
    for doc_id, code, verdict, detail in (
        (
            b"1",
            "CC312",
            "edited",
            "IP address: 2 at line 1 [0:4], line 2 [8:12]; e-mail address: 1 at line 9 [7:8]",
        ),
        (b"2", "CC312", "edited", "e-mail address: 30 at line 9 [7:8] and 5 more"),
        (b"3", "CC312", "flagged", "e-mail address: 1 at line 9 [7:8]"),
        (b"4", "CC311", "dropped", "hunter2: 1 at line 3 [0:7]"),
        (b"5", "CC311", "dropped", "hunter2"),
        (b"6", "CC311", "dropped", None),
        (b"7", "CC402", "dropped", "e-mail address: 9 at line 9"),
    ):
        rows.add(doc_id * 16, "r", "a.py", code, verdict=verdict, detail=detail)
    assert redactions(lazy(rows)) == (
        Redaction("CC311", "dropped", "other", 3, 3),
        Redaction("CC312", "edited", "e-mail address", 2, 31),
        Redaction("CC312", "edited", "IP address", 1, 2),
        Redaction("CC312", "flagged", "e-mail address", 1, 1),
    )
