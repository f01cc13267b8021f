"""From the bytes of an entry to a row: a document where they are source text, a decision where they are not.

Every reader yields entries; this is the only place that makes rows of them, so all sources are judged alike:

1. the reader's own verdict (link, too large, damaged…);
2. a binary name: CC004, and the content need not be read;
3. the encoding, as `encoding` tells it: CC004 for control characters, CC005 where no encoding can be told, CC010 for white space alone;
4. a notebook becomes a script, with an `edited` row CC013; a broken one is CC012.

Line ends and everything else stay as they are. `blob_id` and `doc_id` are of the bytes as they were read, `content` and `length_bytes`
of the text as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from codecorpus.document import SOURCE_DOCUMENTS, DecisionRows, document_id, git_blob_id
from codecorpus.fragments import show_fields
from codecorpus.sources.encoding import UndecodableError as UndecodableError
from codecorpus.sources.encoding import decode_source as decode_source
from codecorpus.sources.language import binary_tag, detect_language, extension_of
from codecorpus.sources.notebook import NotebookError, is_notebook, script_of

#: Limits of one batch: whichever is reached first.
BATCH_BYTES = 8_000_000
BATCH_ROWS = 20_000

#: What stands in a path for a byte that is no UTF-8, and the backslash of what would be taken for it.
_ESCAPE = re.compile(rb"\\x([89a-f][0-9a-f]|5c)")
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x(?:[89a-f][0-9a-f]|5c))")

#: Bytes at the head of a document that may tell its language.
HEAD_BYTES = 8192


@dataclass(slots=True)
class Entry:
    """One thing that a reader met: a file, a member, a row, or the damaged rest of a container.

    Attributes:
        repo_name: the repository it belongs to.
        path: its path there.
        size: bytes it stands for, read or not; 0 where that is not known.
        raw: its bytes; None where they were not read, and `code` says why.
        code: rule code where the reader itself drops the entry.
        measured: what was measured, and `limit` what was allowed, where the code has such.
        detail: more on the reason.
        known: columns that the source itself holds, by their name in the documents table.
    """

    repo_name: str
    path: str
    size: int = 0
    raw: bytes | None = None
    code: str | None = None
    measured: float | None = None
    limit: float | None = None
    detail: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Documents and decisions of a stretch of a shard.

    Attributes:
        documents: a table of `SOURCE_DOCUMENTS`, in the order of reading.
        decisions: a decisions table; one `dropped` row for each entry that is no document, one `edited` row for each converted notebook.
        seen: entries that the readers met; always the number of documents plus the number of dropped rows.
        bytes_seen: bytes of these entries, read or not; decompressed where the container is compressed.
        sources: documents by the number of their source in `Shard.sources`.
    """

    documents: pa.Table
    decisions: pa.Table
    seen: int
    bytes_seen: int
    sources: Mapping[int, int] = field(default_factory=dict)

    _repr_html_ = show_fields


def display_path(path: str) -> str:
    r"""The path as it stands in tables: undecodable bytes of the file system's name become `\xNN`, all else stays.

    So that no two names become one, a backslash that only looks like the beginning of such an escape becomes `\x5c`.

    >>> display_path("caf\udce9.py"), display_path(r"caf\xe9.py")
    ('caf\\xe9.py', 'caf\\x5cxe9.py')
    """
    if "\\x" in path:
        path = _LIKE_AN_ESCAPE.sub(r"\\x5c", path)
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def name_bytes(path: str) -> bytes:
    r"""The name that a path of the tables has in the file system, the inverse of `display_path`.

    >>> name_bytes(r"caf\xe9.py"), name_bytes(r"caf\x5cxe9.py"), name_bytes("é")
    (b'caf\xe9.py', b'caf\\xe9.py', b'\xc3\xa9')
    """
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), path.encode("utf-8"))


def too_large(repo_name: str, path: str, size: int, limit: int) -> Entry:
    """The entry of a file over the limit."""
    return Entry(repo_name, path, size, code="CC006", measured=float(size), limit=float(limit))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class RowBuilder:
    """Collects entries and gives them out as batches.

    Attributes:
        run: number of the source that the next entry comes from.
    """

    def __init__(self, *, notebooks: bool = True, magika: bool = False) -> None:
        """An empty builder.

        Args:
            notebooks: whether notebooks become scripts.
            magika: whether its model is asked for languages in doubt.
        """
        self._notebooks = notebooks
        self._magika = magika
        self.run = -1
        self._reset()

    def _reset(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in SOURCE_DOCUMENTS.names}
        self._decisions = DecisionRows("read")
        self._seen = 0
        self._bytes_seen = 0
        self._bytes_held = 0
        self._sources: dict[int, int] = {}

    def __len__(self) -> int:
        return self._seen

    @property
    def full(self) -> bool:
        """Whether the batch has reached its limits."""
        return self._bytes_held >= BATCH_BYTES or self._seen >= BATCH_ROWS

    def add(self, entry: Entry) -> None:
        """Judge one entry: one document, or one decision."""
        self._seen += 1
        self._bytes_seen += entry.size
        if entry.code is not None or entry.raw is None:
            self._drop(entry, entry.code or "CC001", entry.detail)
            return
        tag = binary_tag(entry.path)
        if tag is not None:
            self._drop(entry, "CC004", f"{tag} by its name")
            return
        try:
            content, encoding = decode_source(entry.raw)
        except UndecodableError as verdict:
            self._drop(entry, verdict.code, verdict.detail)
            return
        known = dict(entry.known)
        if self._notebooks and is_notebook(entry.path, content, known):
            try:
                script = script_of(content)
            except NotebookError as verdict:
                self._drop(entry, "CC012", str(verdict))
                return
            content = script.text.encode()
            if not content:
                self._drop(entry, "CC010", "a notebook without text")
                return
            known["language"] = script.language
            detail = f"{_counted(script.cells, 'cell')} kept, {_counted(script.outputs, 'output')} removed"
            self._decide(entry, "CC013", verdict="edited", measured=float(len(entry.raw)), detail=detail)
        elif not known.get("language"):
            known["language"] = detect_language(entry.path, content[:HEAD_BYTES], magika=self._magika)
        self._keep(entry, known, content, encoding)

    def take(self) -> ReadBatch:
        """The rows so far, in order; the builder is empty afterwards."""
        columns = dict(self._columns)
        columns["content"] = pa.array(columns["content"], pa.large_binary()).view(pa.large_string())
        documents = pa.table(columns, schema=SOURCE_DOCUMENTS)
        batch = ReadBatch(documents, self._decisions.table(), self._seen, self._bytes_seen, self._sources)
        self._reset()
        return batch

    def _drop(self, entry: Entry, code: str, detail: str | None) -> None:
        self._decide(
            entry, code, verdict="dropped", measured=entry.measured, limit=entry.limit, detail=detail
        )

    def _decide(self, entry: Entry, code: str, **columns: Any) -> None:
        doc_id = document_id(entry.repo_name, entry.path, entry.raw or b"")
        self._decisions.add(doc_id, entry.repo_name, entry.path, code, **columns)

    def _keep(self, entry: Entry, known: Mapping[str, Any], content: bytes, encoding: str) -> None:
        raw = entry.raw or b""
        row = {
            "doc_id": document_id(entry.repo_name, entry.path, raw),
            "blob_id": git_blob_id(raw),
            "repo_name": entry.repo_name,
            "path": entry.path,
            "revision_id": known.get("revision_id"),
            "revision_date": None if (date := known.get("revision_date")) is None else date * 1000,
            "content": content,
            "src_encoding": known.get("src_encoding") or encoding,
            "language": known.get("language"),
            "extension": known.get("extension") or extension_of(entry.path),
            "length_bytes": len(content),
            "detected_licenses": known.get("detected_licenses"),
            "license_type": known.get("license_type"),
            "star_events_count": known.get("star_events_count"),
        }
        for name, column in self._columns.items():
            column.append(row[name])
        self._bytes_held += len(content)
        self._sources[self.run] = self._sources.get(self.run, 0) + 1
