"""`croissant.json`: the run as Croissant 1.1 JSON-LD, for catalogues and loaders that read it. `ReportData` in; JSON text out.

Written by hand after the specification (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html). `missing` checks what it
requires: the public validator lets documents pass that lack most of it. Three of the required fields are nobody's to know but the
publisher's; see `codecorpus.report.publication`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, PAIRS, REPOSITORIES, sequences_schema
from codecorpus.report.card import TABLES, filled_tables
from codecorpus.report.data import ReportData
from codecorpus.report.publication import Publication as Publication
from codecorpus.report.publication import publication as publication_of
from codecorpus.report.text import number, size
from codecorpus.sources import FOUND_LICENCES

#: Appendix 1 of the specification, but for `https`, without which mlcroissant 1.1.1 takes nothing for a data set; and four older terms
#: that it misses otherwise.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "readLines": "cr:readLines",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}

#: Tables with a record set.
_SCHEMAS = {
    "documents": DOCUMENTS,
    "decisions": DECISIONS,
    "clusters": CLUSTERS,
    "repositories": REPOSITORIES,
    "pairs": PAIRS,
    "licences": FOUND_LICENCES,
    "sequences": sequences_schema(pa.uint16()),  # the width of ids is no matter here
}

#: What the specification requires of a dataset, and of a file or a set of files.
REQUIRED = (
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
)
REQUIRED_OF_A_FILE = ("@type", "@id", "name", "contentUrl", "encodingFormat", "sha256")
REQUIRED_OF_A_SET = ("@type", "@id", "name", "encodingFormat", "includes")


def render_croissant(data: ReportData, publication: Publication | None = None) -> str:
    """Croissant 1.1 metadata: every published file with its SHA-256, the tables as file sets, their columns as record sets.

    Args:
        data: what is known of the run.
        publication: where, by whom and when it is published; by default what the run's `[card]` says.
    """
    known = publication or publication_of(data)
    tables = list(filled_tables(data))
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": known.name,
        "keywords": ["code", "language model", "codecorpus"],
        "description": f"{number(data.documents)} source files, {size(data.bytes_kept)} of text, for code language models.",
        "license": known.licence,
        "url": known.url,
        "creator": {"@type": "sc:Organization", "name": known.creator},
        "datePublished": known.date,
        "version": "1.0.0",
        "isLiveDataset": False,
        "distribution": [_file_object(row) for row in data.manifest.get("files", ())]
        + [_file_set(table) for table in tables],
        "recordSet": [_record_set(table, _SCHEMAS[table]) for table in tables if table in _SCHEMAS],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def missing(document: Mapping[str, Any]) -> list[str]:
    """What Croissant 1.1 requires and a document does not have: paths of fields, and ids that lead nowhere; empty where all is there.

    >>> missing({"name": "x", "distribution": [{"@type": "cr:FileObject", "@id": "a"}]})[:3]
    ['@context', '@type', 'conformsTo']
    """
    lacks = [name for name in REQUIRED if not document.get(name)]
    parts = document.get("distribution") or []
    for part in parts:
        required = REQUIRED_OF_A_SET if part.get("@type") == "cr:FileSet" else REQUIRED_OF_A_FILE
        lacks += [f"distribution {part.get('@id')!r}: {name}" for name in required if not part.get(name)]
    ids = {part.get("@id") for part in parts}
    for records in document.get("recordSet") or []:
        lacks += [
            f"recordSet {records.get('@id')!r}: {name}" for name in ("@id", "field") if not records.get(name)
        ]
        for field in records.get("field") or []:
            source = field.get("source", {})
            if {*source.get("fileSet", {}).values(), *source.get("fileObject", {}).values()}.isdisjoint(ids):
                lacks.append(f"field {field.get('@id')!r}: source")
            lacks += [
                f"field {field.get('@id')!r}: {name}" for name in ("name", "dataType") if not field.get(name)
            ]
    return lacks


def _file_object(row: Mapping[str, Any]) -> dict[str, Any]:
    path = str(row["path"])
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{int(row['bytes'])} B",
        "encodingFormat": _media_type(path),
        "sha256": row["sha256"],
    }


def _file_set(table: str) -> dict[str, Any]:
    # Without `containedIn` a file set is read from the folder that croissant.json lies in; naming the parts there would make
    # mlcroissant look for archives and find no row.
    return {
        "@type": "cr:FileSet",
        "@id": table,
        "name": table,
        "description": TABLES[table],
        "encodingFormat": "application/x-parquet",
        "includes": f"{table}/part-*.parquet",
    }


def _media_type(path: str) -> str:
    kinds = {".parquet": "application/x-parquet", ".json": "application/json", ".toml": "application/toml"}
    return next((kind for ending, kind in kinds.items() if path.endswith(ending)), "text/plain")


def _record_set(table: str, schema: pa.Schema) -> dict[str, Any]:
    # Measures and the parts of a row are structs: columns of a column, which a flat record set does not describe.
    fields = [_field(table, field) for field in schema if not pa.types.is_struct(_item(field.type))]
    return {
        "@type": "cr:RecordSet",
        "@id": f"{table}-rows",
        "name": f"{table}-rows",
        "description": TABLES[table],
        "field": fields,
    }


def _field(table: str, field: pa.Field) -> dict[str, Any]:
    entry = {
        "@type": "cr:Field",
        "@id": f"{table}-rows/{field.name}",
        "name": field.name,
        "dataType": _data_type(_item(field.type)),
        "source": {"fileSet": {"@id": table}, "extract": {"column": field.name}},
    }
    return entry | ({"isArray": True, "arrayShape": "-1"} if pa.types.is_list(field.type) else {})


def _item(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_list(kind) else kind


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
