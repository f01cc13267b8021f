"""The filters on a table of one's own: measure once, then move limits and look, without parsing again.

```python
table = cc.filters.measure(table)                                # adds `measures`
result = cc.filters.apply(table, FilterOptions(max_line_length=400))
result.kept, result.dropped, result.decisions
result.at({"max_line_length": 300})                              # another limit: only what it moves is judged again
```
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pydantic import ValidationError

from codecorpus.document import SOURCE_DOCUMENTS, document_id, git_blob_id
from codecorpus.errors import ConfigError, DataError
from codecorpus.filters.options import FilterOptions, LicenceOptions, SecretOptions
from codecorpus.filters.result import FilterResult, Policies, judge, result_of
from codecorpus.parse import ParseOptions, language_of_path
from codecorpus.parse import measure as measure_documents
from codecorpus.recipes import read_recipe


def measure(table: pl.DataFrame | pa.Table, options: ParseOptions | None = None) -> pl.DataFrame:
    """Add the column `measures`, a struct of every measure of `codecorpus.document.MEASURES`.

    Args:
        table: has `content` and `language`, or `path` from whose extension the language is told; other columns are passed on.
        options: bounds of a parse.

    Raises:
        DataError: a column is missing.
    """
    documents = _documents(table)
    measures = measure_documents(documents, options or ParseOptions()).table["measures"]
    return (
        _frame(table)
        .drop("measures", strict=False)
        .with_columns(pl.Series("measures", pl.from_arrow(measures)))
    )


def apply(
    table: pl.DataFrame | pa.Table,
    recipe: str | Path | FilterOptions = "default",
    *,
    licences: LicenceOptions | None = None,
    secrets: SecretOptions | None = None,
) -> FilterResult:
    """Apply the filters to a table; what `measure` measured before is used again, so that another limit costs no second parse.

    Args:
        table: as for `measure`, with or without `measures`.
        recipe: name or TOML file of a recipe, whose `[filter]`, `[licences]` and `[secrets]` count; or limits of the quality rules.
        licences: the licence policy instead of the recipe's; it reads `detected_licenses` and `license_type` where the table has them.
        secrets: what becomes of secrets and personal data, instead of what the recipe says.

    Raises:
        ConfigError: there is no such recipe, or it is not valid.
        DataError: a column is missing.

    >>> table = pl.DataFrame({"path": ["a.py", "b.py"], "content": ["x = 1", "y" * 2000]})
    >>> apply(table).dropped["path"].to_list()
    ['b.py']
    >>> apply(table, FilterOptions(max_line_length=None)).decisions["code"].to_list()
    ['CC202', 'CC256']
    """
    limits, policy, redaction = _options(recipe)
    frame = _frame(table)
    if "measures" not in frame.columns:
        frame = measure(frame)
    policies = Policies(limits, licences or policy, secrets or redaction)
    return result_of(judge(frame, _documents(frame), policies), policies)


def _options(
    recipe: str | Path | FilterOptions,
) -> tuple[FilterOptions, LicenceOptions, SecretOptions]:
    if isinstance(recipe, FilterOptions):
        return recipe, LicenceOptions(), SecretOptions()
    values = read_recipe(recipe)
    try:
        return (
            FilterOptions(**values.get("filter", {})),
            LicenceOptions(**values.get("licences", {})),
            SecretOptions(**values.get("secrets", {})),
        )
    except ValidationError as error:
        mistakes = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise ConfigError(mistakes) from None


def _documents(table: pl.DataFrame | pa.Table) -> pa.Table:
    """The table as `SOURCE_DOCUMENTS`: what it lacks is derived from what it has, or null."""
    given = _large_table(table)
    if "content" not in given.column_names:
        raise DataError(
            f"the table has no column `content`; it has {', '.join(given.column_names)}",
            "Rename the column of the text.",
        )
    if "language" not in given.column_names and "path" not in given.column_names:
        raise DataError(
            "the table has neither `language` nor `path`",
            "Add `language` with Linguist's names, such as 'Python'.",
        )
    texts = [text or "" for text in given["content"].to_pylist()]
    paths = _strings(given, "path")
    repositories = _strings(given, "repo_name")
    derived: Mapping[str, Any] = {
        "content": lambda: texts,
        "path": lambda: paths,
        "repo_name": lambda: repositories,
        "doc_id": lambda: [
            document_id(repository, path, text.encode())
            for repository, path, text in zip(repositories, paths, texts, strict=True)
        ],
        "blob_id": lambda: [git_blob_id(text.encode()) for text in texts],
        "language": lambda: [language_of_path(path) for path in paths],
        "extension": lambda: [
            path.rpartition("/")[2].rpartition(".")[2] if "." in path else "" for path in paths
        ],
        "src_encoding": lambda: ["UTF-8"] * len(texts),
        "length_bytes": lambda: [len(text.encode()) for text in texts],
    }
    columns = {}
    for field in SOURCE_DOCUMENTS:
        if field.name in given.column_names and given[field.name].null_count == 0:
            columns[field.name] = given[field.name].cast(field.type)
        elif field.name in derived and (field.name not in given.column_names or not field.nullable):
            columns[field.name] = pa.array(derived[field.name](), field.type)
        else:
            columns[field.name] = (
                given[field.name].cast(field.type)
                if field.name in given.column_names
                else pa.nulls(len(texts), field.type)
            )
    return pa.table(columns, schema=SOURCE_DOCUMENTS)


def _strings(table: pa.Table, name: str) -> list[str]:
    if name not in table.column_names:
        return [""] * table.num_rows
    return [value or "" for value in table[name].to_pylist()]


def _frame(table: pl.DataFrame | pa.Table) -> pl.DataFrame:
    frame = table if isinstance(table, pl.DataFrame) else pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _large_table(table: pl.DataFrame | pa.Table) -> pa.Table:
    return table.to_arrow() if isinstance(table, pl.DataFrame) else table
