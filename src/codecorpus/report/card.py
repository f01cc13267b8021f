r"""`README.md` of a run: the dataset card that the Hugging Face hub reads. `ReportData` in; Markdown with a YAML head out.

Strings of the corpus are hostile here, too: in the YAML head they stand as JSON strings, in the text with Markdown's and HTML's own
characters escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from codecorpus.report import text
from codecorpus.report.data import ReportData
from codecorpus.report.funnel import rule_name
from codecorpus.report.groups import Group
from codecorpus.report.html import render_plain
from codecorpus.report.publication import publication

#: What a table of a run holds, in the words of the card; also the order in which the hub lists them.
TABLES = {
    "documents": "kept documents, with licence, provenance and measures",
    "sequences": "packed rows of token ids, ready to train on",
    "decisions": "every document that was dropped, edited or flagged, and why",
    "clusters": "clusters of duplicates, with verified similarity",
    "repositories": "forks and vendored copies: which repository is for the most part in which other one",
    "licences": "what was found about licences: which file says what, and for which folder",
    "pairs": "documents that were compared, and how alike they are: for another threshold",
}

_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
)
_LARGE = ((10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"))


def render_card(data: ReportData, *, name: str | None = None) -> str:
    """The dataset card.

    Its YAML head has `language`, `license`, `size_categories`, `task_categories`, `pretty_name`, `tags` and one configuration per
    table with rows, `documents` first and by default: `datasets` reads a run by them, and refuses a table without rows. `license` is
    `other`: each file keeps its own licence, named in its row.

    Args:
        data: what is known of the run.
        name: the pretty name, which the hub shows; by default `card.name` of the run's configuration.
    """
    return render_plain(
        "card.md.j2",
        data=data,
        manifest=data.manifest,
        name=publication(data).name if name is None else name,
        yaml=_yaml,
        markdown=markdown,
        number=text.number,
        size=text.size,
        percent=text.percent,
        rule_name=rule_name,
        size_category=size_category(data.documents),
        meanings=TABLES,
        tables=filled_tables(data),
        languages=_table("language", data.languages),
        licences=_table("licence class", data.licence_classes),
    )


def filled_tables(data: ReportData) -> dict[str, int]:
    """Tables of the run with rows: name → rows, in the order of `TABLES`."""
    rows = {table: sum(int(file.get("rows") or 0) for file in data.files(table)) for table in TABLES}
    return {table: count for table, count in rows.items() if count}


def size_category(documents: int) -> str:
    """The hub's name for a number of rows.

    >>> size_category(999), size_category(1000), size_category(25_000_000)
    ('n<1K', '1K<n<10K', '10M<n<100M')
    """
    return next((name for limit, name in (*_SIZES, *_LARGE) if documents < limit), "100B<n<1T")


def markdown(value: str) -> str:
    r"""One line of text that Markdown shows as it is, also in a table.

    >>> markdown("a|b [x](javascript:1) <i>")
    'a\\|b \\[x\\](javascript:1) &lt;i&gt;'
    """
    shown = text.printable(text.cut_middle(value, 120))
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", shown)


def _table(what: str, groups: Sequence[Group]) -> str:
    rows = [f"| {what} | documents | bytes |", "|---|---:|---:|"]
    kept = [group for group in groups if group.documents_kept]
    kept.sort(key=lambda group: (group.is_rest, -group.documents_kept, group.name))
    rows += [
        f"| {markdown(g.name)} | {text.number(g.documents_kept)} | {text.size(g.bytes_kept)} |" for g in kept
    ]
    return "\n".join(rows) if kept else "None: no document was kept."


def _yaml(value: Any) -> str:
    """A JSON string, which is also a YAML one."""
    return json.dumps(value, ensure_ascii=True)
