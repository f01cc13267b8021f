"""Documents for the benchmarks of near-duplicate search: a folder of files or a Parquet file in, one table out."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codecorpus.document import SOURCE_DOCUMENTS, document_id

COLUMNS = [name for name in SOURCE_DOCUMENTS.names if name != "length_bytes"]


def read(source):
    """Every text of the source that is not blank: peers drop empty ones, keep one, or keep all, so nobody gets any."""
    if source.is_file():
        there = pq.read_schema(source).names
        table = pq.read_table(source, columns=[name for name in COLUMNS if name in there])
    else:
        table = read_folder(source)
    content = table["content"].cast(pa.large_binary())
    table = table.set_column(table.schema.get_field_index("content"), "content", content)
    table = table.append_column("length_bytes", pc.binary_length(content).cast(pa.int64()))
    for name in ("license_type", "star_events_count"):
        if name not in table.column_names:
            kind = pa.string() if name == "license_type" else pa.int64()
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    blank = [not text.strip() for text in content.to_pylist()]
    return table.filter(pc.invert(pa.array(blank, pa.bool_())))


def read_folder(source):
    files = sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    rows = []
    for path in files:
        text = path.read_bytes().decode(errors="replace").encode()
        if b"\0" not in text:
            name = path.relative_to(source)
            rows.append((document_id(name.parts[0], str(name), text), name.parts[0], str(name), text))
    ids, repositories, paths, contents = zip(*rows, strict=True)
    return pa.table(
        {
            "doc_id": pa.array(ids, pa.binary(16)),
            "repo_name": repositories,
            "path": paths,
            "content": pa.array(contents, pa.large_binary()),
        }
    )
