"""The schemas of documents, decisions, clusters, repositories and sequences as Arrow columns; and how ids are made.

Column names follow The Stack v2 wherever it has one. Every table that leaves a stage has one of these
schemas, so that any two parts fit without looking at each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from codecorpus.measures import TREE_MEASURES

DOC_ID_BYTES = 16

#: What is measured on a document, in this order: name → (type, meaning). A measure that could not be taken is null,
#: never a guess. Shares are 0 to 1; lengths are in Unicode characters unless the name says bytes.
MEASURES: Mapping[str, tuple[pa.DataType, str]] = {
    "characters": (pa.int64(), "Unicode characters in the document"),
    "lines": (pa.int64(), "lines; a last line without a line break counts"),
    "max_line_length": (pa.int64(), "characters in the longest line, without its line break"),
    "mean_line_length": (pa.float64(), "mean characters per line, without line breaks"),
    "alnum_share": (pa.float64(), "letters and digits / characters"),
    "alpha_share": (pa.float64(), "letters / characters"),
    "digit_share": (pa.float64(), "digits / characters"),
    "whitespace_share": (pa.float64(), "white space / characters"),
    "alpha_ink_share": (pa.float64(), "letters / characters that are no white space"),
    "digit_ink_share": (pa.float64(), "digits / characters that are no white space"),
    "symbol_share": (
        pa.float64(),
        "characters that are neither letter, mark, digit nor white space / characters that are no white space",
    ),
    "xml_head": (pa.int64(), "1 if '<?xml version=' stands in the first 100 characters"),
    "blank_line_share": (pa.float64(), "lines with nothing but white space / lines"),
    "long_line_share": (pa.float64(), "characters in lines of more than 300 / characters in lines"),
    "run_share": (
        pa.float64(),
        "characters in runs of 10 or more times the same ASCII character, white space apart / characters that are no white space",
    ),
    "non_ascii_share": (pa.float64(), "characters that are not ASCII / characters"),
    "replacement_share": (pa.float64(), "U+FFFD, which stands for what could not be decoded / characters"),
    "control_share": (
        pa.float64(),
        "control characters other than tab, line breaks and form feed / characters",
    ),
    "invisible_count": (
        pa.int64(),
        "characters without width, soft hyphens, tags, and bidirectional controls; a byte order mark in front apart",
    ),
    "bidi_count": (pa.int64(), "bidirectional embeddings, overrides and isolates"),
    "words": (
        pa.int64(),
        "runs of letters, marks and digits; the underscore separates; words are the same that differ in the case of ASCII letters",
    ),
    "pieces": (pa.int64(), "runs of characters that are no white space"),
    "mean_word_length": (pa.float64(), "characters in words / words"),
    "unique_word_share": (pa.float64(), "different words / words"),
    "digit_word_share": (pa.float64(), "words that begin with an ASCII digit / words"),
    "placeholder_share": (
        pa.float64(),
        "words of the lorem-ipsum text that are no words of programs / words",
    ),
    "top_2gram_share": (
        pa.float64(),
        "characters of the most frequent run of 2 words x how often it stands, if more than once / characters in words; 1 at the most",
    ),
    "top_3gram_share": (pa.float64(), "the same for runs of 3 words"),
    "top_4gram_share": (pa.float64(), "the same for runs of 4 words"),
    "repeated_5gram_share": (
        pa.float64(),
        "characters of words in any run of 5 words that stands more than once, each word once / characters in words",
    ),
    **{
        f"repeated_{size}gram_share": (pa.float64(), f"the same for runs of {size} words")
        for size in range(6, 11)
    },
    "repeated_line_share": (
        pa.float64(),
        "lines whose words and symbols stand in another line too, lines of one character and `},` apart / lines that are not blank",
    ),
    "repeated_line_ink_share": (pa.float64(), "the same, in characters that are no white space"),
    "todo_line_share": (pa.float64(), "lines with the word TODO or FIXME, in capitals / lines"),
    "long_word_share": (pa.float64(), "characters in words of more than 20 characters / characters"),
    "hex_word_share": (pa.float64(), "characters of words that are `0x` and hexadecimal digits / characters"),
    "encoded_share": (
        pa.float64(),
        "characters in encoded data / characters: 64 or more letters, digits, `+`, `/`, `=` and line breaks in a row, with a "
        "digit for each 64 of them (base64), "
        "8 or more pairs of hexadecimal digits, alone or after `0x` or `\\x`, with commas, white space or backslashes between, "
        "and 8 or more escapes of `\\u` and 4 digits",
    ),
    "encoded_run_length": (pa.int64(), "characters in the longest stretch of encoded data"),
    "test_path": (pa.int64(), "1 if the path is one of tests, by folder or name"),
    "visible_text_share": (pa.float64(), "HTML only: characters of visible text / characters"),
    "visible_text_length": (pa.int64(), "HTML only: characters of visible text"),
    **{
        name: (pa.int64() if is_count else pa.float64(), meaning)
        for name, (is_count, meaning) in TREE_MEASURES.items()
    },
}

MEASURES_TYPE = pa.struct([pa.field(name, kind) for name, (kind, _) in MEASURES.items()])

_doc_id = pa.binary(DOC_ID_BYTES)

#: What a reader hands on: everything that is known before a document is parsed.
SOURCE_DOCUMENTS = pa.schema(
    [
        pa.field("doc_id", _doc_id, nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("revision_id", pa.string()),
        # Whole seconds; of milliseconds, because Parquet has no coarser type.
        pa.field("revision_date", pa.timestamp("ms", "UTC")),
        pa.field("content", pa.large_string(), nullable=False),
        pa.field("src_encoding", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("extension", pa.string(), nullable=False),
        pa.field("length_bytes", pa.int64(), nullable=False),
        pa.field("detected_licenses", pa.list_(pa.string())),
        pa.field("license_type", pa.string()),
        pa.field("star_events_count", pa.int64()),
    ]
)

#: Columns that tables of documents written by an earlier version do not have; they are null there.
NEWER_COLUMNS = ("revision_date",)

#: A kept document, as it stands in `documents/part-*.parquet`.
DOCUMENTS = pa.schema(
    [
        *[SOURCE_DOCUMENTS.field(name) for name in SOURCE_DOCUMENTS.names if name != "star_events_count"],
        pa.field("is_vendor", pa.bool_(), nullable=False),
        pa.field("is_generated", pa.bool_(), nullable=False),
        pa.field("star_events_count", pa.int64()),
        pa.field("measures", MEASURES_TYPE, nullable=False),
    ]
)

#: Every verdict that is not a plain keep.
DECISIONS = pa.schema(
    [
        pa.field("doc_id", _doc_id, nullable=False),
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("measured", pa.float64()),
        pa.field("limit", pa.float64()),
        pa.field("other_id", _doc_id),
        pa.field("detail", pa.string()),
    ]
)

#: Levels of duplicates, in the order in which they are looked for → the rule of each. Kinds of clusters have the same names.
LEVELS: Mapping[str, str] = {
    "exact": "CC401",
    "code": "CC403",
    "near": "CC402",
    "structural": "CC404",
    "repository": "CC405",
}

#: Who stands for whom: one row per document that has a duplicate, the representative included.
CLUSTERS = pa.schema(
    [
        pa.field("doc_id", _doc_id, nullable=False),
        pa.field("cluster_id", _doc_id, nullable=False),
        pa.field("is_representative", pa.bool_(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)

#: Which repository is, for the most part, in which other one: a fork, or a vendored copy.
REPOSITORIES = pa.schema(
    [
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),
        pa.field("other_repo", pa.string(), nullable=False),
        pa.field("shared", pa.int64(), nullable=False),
        pa.field("containment", pa.float64(), nullable=False),
        pa.field("reverse_containment", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("copy", pa.string(), nullable=False),
        pa.field("folder", pa.string()),
    ]
)


#: Documents that were compared, down to `dedup.floor`: what another threshold needs, and the pairs nearest the limit.
PAIRS = pa.schema(
    [
        pa.field("doc_id", _doc_id, nullable=False),
        pa.field("other_id", _doc_id, nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)


#: First lines of some dropped documents, without secrets: what people look at to judge a limit. No text to train on.
SAMPLES = pa.schema(
    [
        pa.field("doc_id", _doc_id, nullable=False),
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("length_bytes", pa.int64(), nullable=False),
        pa.field("is_cut", pa.bool_(), nullable=False),
        pa.field("content", pa.large_string(), nullable=False),
    ]
)


#: What a packed row says of each of its parts: which copy and which part of its document it is, its layout and kind of span (codes of
#: `codecorpus.fim`), its tokens in the row, and how many of them are the repository's name, the path, prefix, middle and suffix. The rest
#: are control tokens. Text that is not transformed counts as suffix.
PART_FIELDS = pa.schema(
    [
        pa.field("copy", pa.int32(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
        pa.field("layout", pa.int8(), nullable=False),
        pa.field("span", pa.int8(), nullable=False),
        pa.field("length", pa.int32(), nullable=False),
        pa.field("name", pa.int32(), nullable=False),
        pa.field("path", pa.int32(), nullable=False),
        pa.field("prefix", pa.int32(), nullable=False),
        pa.field("middle", pa.int32(), nullable=False),
        pa.field("suffix", pa.int32(), nullable=False),
    ]
)


def sequences_schema(id_type: pa.DataType, *, loss_mask: bool = False) -> pa.Schema:
    """Schema of packed rows for token ids of `id_type` (uint16 or uint32).

    `seq_lengths`, one per sample, sums to the row's length; position ids are derived from it by the reader. A sample is one part, or
    several of one repository. `doc_ids` names the document of each part, and `parts` says what of the row it is, both in the row's order.
    """
    fields = [
        pa.field("input_ids", pa.list_(id_type), nullable=False),
        pa.field("seq_lengths", pa.list_(pa.int32()), nullable=False),
        # Of variable width, because Arrow cannot hand a list of fixed-size binaries to pandas.
        pa.field("doc_ids", pa.list_(pa.binary()), nullable=False),
        pa.field("parts", pa.list_(pa.struct(list(PART_FIELDS))), nullable=False),
    ]
    if loss_mask:
        fields.append(pa.field("loss_mask", pa.list_(pa.uint8()), nullable=False))
    return pa.schema(fields)


def document_id(repo_name: str, path: str, content: bytes) -> bytes:
    """16-byte id of one file at one revision: BLAKE2b over the length-prefixed repository, path and content bytes.

    The length prefixes keep ("ab", "c") and ("a", "bc") apart.

    >>> document_id("r", "a.py", b"x = 1").hex()[:8]
    '4add86c7'
    """
    digest = hashlib.blake2b(digest_size=DOC_ID_BYTES)
    for part in (repo_name.encode(), path.encode()):
        digest.update(len(part).to_bytes(4, "little"))
        digest.update(part)
    digest.update(content)
    return digest.digest()


def git_blob_id(content: bytes) -> str:
    """Git's own id of these bytes: hex SHA-1 over a `blob` header and the content.

    >>> git_blob_id(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class DecisionRows:
    """Collects verdicts as columns and turns them into a decisions table.

    >>> rows = DecisionRows("read")
    >>> rows.add(bytes(16), "repo", "logo.png", "CC004", detail="image")
    >>> rows.table().num_rows
    1
    """

    stage: str
    _columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in DECISIONS.names})

    def add(
        self,
        doc_id: bytes,
        repo_name: str,
        path: str,
        code: str,
        *,
        verdict: str = "dropped",
        measured: float | None = None,
        limit: float | None = None,
        other_id: bytes | None = None,
        detail: str | None = None,
    ) -> None:
        """Add one verdict: `dropped`, `edited` or `flagged`."""
        row = (doc_id, repo_name, path, self.stage, code, verdict, measured, limit, other_id, detail)
        for column, value in zip(self._columns.values(), row, strict=True):
            column.append(value)

    def __len__(self) -> int:
        return len(self._columns["doc_id"])

    def table(self) -> pa.Table:
        """The verdicts so far, in the order in which they were added."""
        return pa.table(self._columns, schema=DECISIONS)
