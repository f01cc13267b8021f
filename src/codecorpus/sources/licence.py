"""Licences of documents: found in licence files, package metadata and heads of files; then each document gets those that hold for it.

The corpus stage in two halves. `find_licences` looks at the documents of a shard; its table says what was found, where, and by
what. `assign_licences` gives each document the licence that it states itself, else that of the nearest folder above it. A source
that brings its own licence columns keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.document import DOC_ID_BYTES
from codecorpus.sources import licence_nearest as nearest
from codecorpus.sources.licence_files import LICENCE_FILE, covered_folder, is_licence_file, read_licence_file
from codecorpus.sources.licence_headers import HEAD_BYTES, read_header
from codecorpus.sources.licence_metadata import is_metadata, metadata_licence
from codecorpus.sources.licence_nearest import Answer, NearestLicences, answer_of
from codecorpus.sources.licence_patterns import licence_patterns, pattern_folder
from codecorpus.spdx import class_of, holder_lines, match_texts

#: What was found: one row for each file that says something, or for each pattern in it.
#: `path` is where it was found; `kind` is `licence file`, `choice of files`, `bundled`, `package metadata`, `pattern`, `SPDX line`,
#: `header` or `sidecar`; `directory` is the folder that it counts for, null where it is the file alone; `pattern` says which files
#: of the folder, null for all; `expression` is null where a licence file is there and its text is not recognised; `similarity` is
#: that of full texts; `holders` are lines that name holders of the copyright.
FOUND_LICENCES = pa.schema(
    [
        pa.field("doc_id", pa.binary(DOC_ID_BYTES), nullable=False),
        pa.field("repo_name", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("directory", pa.string()),
        pa.field("pattern", pa.string()),
        pa.field("expression", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("holders", pa.list_(pa.string()), nullable=False),
    ]
)

#: What `assign_licences` returns.
LICENCE_COLUMNS = pa.schema(
    [
        ("detected_licenses", pa.list_(pa.string())),
        ("license_type", pa.string()),
        ("license_expression", pa.string()),
    ]
)

#: Names that may be those of licence or metadata files; a closer look follows.
_NAMED = (
    r"(?i)(?:^|/)(?:pyproject\.toml|setup\.(?:cfg|py)|pkg-info|metadata|(?:package|bower|composer|meta|elm|dub)\.json|cargo\.toml|pom\.xml|description|mix\.exs"
    r"|reuse\.toml|\.reuse/dep5|[^/]*\.(?:gemspec|podspec|nuspec|csproj|cabal|opam|rockspec|license))$"
)
#: What a head that states a licence holds; 60 % of the files of the measured corpus have none of it.
_HEAD = r"(?i)licen[sc]|\b[al]?gpl|public domain|proprietary|unauthori[sz]ed|same terms"


def recognise_licences(text: str) -> list[str]:
    """SPDX ids of the licences whose full text stands in `text`, sorted; empty where none is recognised.

    >>> recognise_licences("All rights reserved.")
    []
    """
    return sorted({match.spdx for match in match_texts(text)})


def licence_class(spdx: Iterable[str]) -> str:
    """Class of a document under all of these licences: the least free one's, `no_license` of none.

    >>> licence_class(["MIT", "GPL-3.0-only"]), licence_class(["MIT"]), licence_class([]), licence_class(["Odd"])
    ('copyleft', 'permissive', 'no_license', 'unknown')
    """
    kinds = {class_of(one) for one in spdx}
    return next((kind for kind in ("unknown", "copyleft", "permissive") if kind in kinds), "no_license")


def find_licences(documents: pa.Table) -> pa.Table:
    """What these documents say about licences: the partial of the licence stage.

    Args:
        documents: at least `doc_id`, `repo_name`, `path`, `language` and `content`.

    Returns:
        A table of `FOUND_LICENCES`, in the documents' order; partials are joined with `pa.concat_tables`.
    """
    wanted = documents.select(["doc_id", "repo_name", "path", "language", "content"])
    paths = wanted["path"]
    named = pc.or_(pc.match_substring_regex(paths, LICENCE_FILE), pc.match_substring_regex(paths, _NAMED))
    heads = pc.binary_slice(pc.cast(wanted["content"], pa.large_binary()), 0, HEAD_BYTES)
    stating = pc.and_(pc.match_substring_regex(heads, _HEAD), pc.invert(named))
    rows: dict[int, list[dict[str, Any]]] = {}
    for row, document in zip(_places(named), wanted.filter(named).to_pylist(), strict=True):
        rows[row] = list(_named_rows(document))
    documents_stating = wanted.drop_columns(["content"]).append_column("head", heads).filter(stating)
    for row, document in zip(_places(stating), documents_stating.to_pylist(), strict=True):
        rows[row] = list(_head_rows(document, document["head"].decode("utf-8", "ignore")))
    return pa.Table.from_pylist([found for row in sorted(rows) for found in rows[row]], schema=FOUND_LICENCES)


def _places(mask: pa.ChunkedArray) -> list[int]:
    return pc.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]


def _named_rows(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of a file that is a licence, metadata or pattern file by its name; of its head where it is none after all."""
    path, text = document["path"], document["content"]
    folder = pattern_folder(path)
    patterns = licence_patterns(path, text) if folder is not None else []
    if patterns:
        for pattern, licence in patterns:
            yield _row(document, nearest.PATTERN, folder, licence, pattern=pattern)
    elif path.endswith(".license"):
        header = read_header(text[:HEAD_BYTES])
        if header is not None:
            inside = path.rpartition("/")[2].removesuffix(".license")
            yield _row(document, nearest.SIDECAR, covered_folder(path), header.expression, pattern=inside)
    elif is_metadata(path):
        licence = metadata_licence(path, text)
        if licence is not None:
            yield _row(document, nearest.METADATA, covered_folder(path), licence)
        yield from _head_rows(document, text[:HEAD_BYTES])
    elif is_licence_file(path):
        yield from _licence_file_rows(document)
    else:
        yield from _head_rows(document, text[:HEAD_BYTES])


def _licence_file_rows(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    path, text = document["path"], document["content"]
    statement = read_licence_file(path, text)
    holders = holder_lines(text[:200_000])
    kind = nearest.CHOICE if statement.is_choice and statement.expression is None else nearest.FILE
    folder = covered_folder(path)
    if statement.expression is not None or statement.bundled is None:
        yield _row(
            document, kind, folder, statement.expression, similarity=statement.similarity, holders=holders
        )
    if statement.bundled is not None:
        yield _row(document, nearest.BUNDLED, folder, statement.bundled, holders=holders)


def _head_rows(document: dict[str, Any], head: str) -> Iterator[dict[str, Any]]:
    header = read_header(head, document["language"])
    if header is not None:
        yield _row(
            document,
            header.kind,
            None,
            header.expression,
            similarity=header.similarity,
            holders=list(header.holders),
        )


def _row(
    document: dict[str, Any],
    kind: str,
    directory: str | None,
    expression: object,
    *,
    pattern: str | None = None,
    similarity: float | None = None,
    holders: list[str] | None = None,
) -> dict[str, Any]:
    return {
        "doc_id": document["doc_id"],
        "repo_name": document["repo_name"],
        "path": document["path"],
        "kind": kind,
        "directory": directory,
        "pattern": pattern,
        "expression": None if expression is None else str(expression),
        "similarity": similarity,
        "holders": holders or [],
    }


def assign_licences(documents: pa.Table, found: pa.Table) -> pa.Table:
    """Licences of each document.

    Args:
        documents: a table of `SOURCE_DOCUMENTS`.
        found: what `find_licences` found: the rows with a folder of the whole corpus, those without of these documents at least.

    Returns:
        A table of `LICENCE_COLUMNS`, one row per document. Where a licence file stands in the nearest folder but is not recognised, the
        list is empty and the class `unknown`; without anything found it is `no_license`. The expression is null where the source
        brought its own columns.
    """
    found = found.filter(pc.is_in(found["repo_name"], value_set=pc.unique(documents["repo_name"])))
    folders = NearestLicences(found.filter(pc.is_valid(found["directory"])))
    alone = found.filter(pc.is_null(found["directory"]))
    own = dict(zip(alone["doc_id"].to_pylist(), alone["expression"].to_pylist(), strict=True))
    answers: list[Answer] = []
    names = ("doc_id", "repo_name", "path", "detected_licenses", "license_type")
    for doc_id, repo, path, ids, kind in zip(*(documents[name].to_pylist() for name in names), strict=True):
        if ids is not None or kind is not None:
            answers.append(Answer(tuple(ids or ()), kind or licence_class(ids), None))
        else:
            answers.append(answer_of(own[doc_id]) if doc_id in own else folders.of(repo, path))
    columns = (
        [list(answer.ids) for answer in answers],
        [answer.kind for answer in answers],
        [answer.expression for answer in answers],
    )
    return pa.table(list(columns), schema=LICENCE_COLUMNS)
