"""Bytes become a document or a decision by the same rules whatever the reader."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.document import document_id, git_blob_id
from codecorpus.sources import rows
from codecorpus.sources.rows import Entry, RowBuilder, UndecodableError, decode_source
from naive_sources import naive_decode

MARKS = [
    b"",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
]
CODECS = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1"]
TEXT = st.text(alphabet=st.sampled_from("a \n\t\r\0\x0béß漢😀\ufeff\u200b\u2028"), max_size=6)
ENCODED = st.builds(lambda text, codec: text.encode(codec, "replace"), TEXT, st.sampled_from(CODECS))
RAW = st.builds(bytes.__add__, st.sampled_from(MARKS), st.one_of(ENCODED, st.binary(max_size=12)))


@given(RAW)
@settings(max_examples=500, deadline=None)
def test_decoding_agrees_with_the_naive_rules(raw):
    # From 16 bytes on, UTF-16 without a mark and the detector come in: test_sources_encoding.py.
    raw = raw[:15] if not raw.startswith(tuple(MARKS[1:])) else raw
    try:
        content, encoding = decode_source(raw)
        answer = (content.decode("utf-8"), encoding)
    except UndecodableError as verdict:
        answer = verdict.code
    assert answer == naive_decode(raw)


@given(st.lists(RAW, max_size=30))
@settings(max_examples=100, deadline=None)
def test_every_entry_is_one_document_or_one_decision(raws):
    builder = RowBuilder()
    for number, raw in enumerate(raws):
        builder.add(Entry("r", f"f{number}.py", len(raw), raw))
    batch = builder.take()
    assert batch.seen == len(raws)
    assert batch.bytes_seen == sum(map(len, raws))
    paths = batch.documents["path"].to_pylist() + batch.decisions["path"].to_pylist()
    assert sorted(paths) == sorted(f"f{number}.py" for number in range(len(raws)))


def one(raw, path="a.py", **known):
    builder = RowBuilder()
    builder.add(Entry("repo", path, len(raw), raw, known=known))
    batch = builder.take()
    return (batch.documents.to_pylist() or batch.decisions.to_pylist())[0]


def test_ids_are_of_the_bytes_as_read_and_length_of_the_text():
    raw = codecs.BOM_UTF16_LE + "x = 'é'\n".encode("utf-16-le")
    row = one(raw)
    assert row["content"] == "x = 'é'\n"
    assert row["src_encoding"] == "UTF-16-LE"
    assert row["doc_id"] == document_id("repo", "a.py", raw)
    assert row["blob_id"] == git_blob_id(raw)
    assert row["length_bytes"] == len("x = 'é'\n".encode())


def test_line_ends_and_sentinels_stay_as_they_are():
    text = "a\r\nb\rc\n<|endoftext|><|fim_prefix|>\x1b[31m\u202e"
    assert one(text.encode())["content"] == text


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        (b"a\0b", "a.py", "CC004"),
        (b"text", "a.PNG", "CC004"),
        (b"caf\xe9", "a.py", "CC005"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "a.py", "CC005"),
        (b"", "a.py", "CC010"),
        (b" \r\n\t\x0c", "a.py", "CC010"),
        (codecs.BOM_UTF8, "a.py", "CC010"),
    ],
)
def test_bytes_that_are_no_source_text_become_a_decision(raw, path, code):
    row = one(raw, path)
    assert row["code"] == code
    assert row["verdict"] == "dropped"
    assert row["doc_id"] == document_id("repo", path, raw)
    assert row["detail"]


def test_columns_of_the_source_win_over_what_is_guessed():
    row = one(
        b"x", "a.py", language="Cython", star_events_count=7, detected_licenses=["MIT"], revision_id="r1"
    )
    assert (row["language"], row["star_events_count"], row["detected_licenses"], row["revision_id"]) == (
        "Cython",
        7,
        ["MIT"],
        "r1",
    )


def test_a_batch_is_full_at_its_limits(monkeypatch):
    monkeypatch.setattr(rows, "BATCH_BYTES", 10)
    builder = RowBuilder()
    builder.add(Entry("r", "a.py", 5, b"12345"))
    assert not builder.full
    builder.add(Entry("r", "b.py", 5, b"12345"))
    assert builder.full
    builder.take()
    assert not builder.full
    assert len(builder) == 0
