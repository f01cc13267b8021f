"""HTML fragments for notebooks: values come in, inert markup goes out, without script, style sheet, class or request.

Every public class shows itself by these. A corpus is hostile: whatever is not markup of this file is escaped, what cannot be seen
becomes a visible escape, and long text is cut in its middle. No colour is set: a fragment has those of the page, light or dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from html import escape
from numbers import Integral, Real
from typing import Any, Final, TypeAlias

#: Text and its value.
Facts: TypeAlias = "Iterable[tuple[str, object]]"

#: Characters of a cell; a path that is longer loses its middle.
WIDEST: Final = 120
#: Rows of a table that a page has room for.
MOST_ROWS: Final = 60
#: Entries of a list that is written out.
_MOST_ENTRIES: Final = 8

_LEFT: Final = "text-align:left;vertical-align:top"
_RIGHT: Final = "text-align:right;vertical-align:top;font-variant-numeric:tabular-nums"
_CAPTION: Final = "caption-side:top;text-align:left;font-weight:600;padding:.3em 0;color:inherit"


def printable(text: str, *, keep: str = "") -> str:
    r"""`text` with every character that is not seen, or that moves others, as a visible escape.

    Controls, bidirectional and zero-width marks, odd spaces, unassigned and private characters become `\x1b`, `\u202e`,
    `\U000e0001`. Only what `str.isprintable` accepts, and the characters of `keep`, stay.

    >>> printable("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escape_code(char) for char in text)


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    most: int = MOST_ROWS,
    widest: int = WIDEST,
) -> str:
    """A table; a column is to the right if its first value is a number.

    Args:
        head: what the columns are called.
        rows: one value per column.
        caption: above the table; none if empty.
        most: rows that are shown; how many more there are is said.
        widest: characters of a cell.

    >>> "<td" in table(["name", "files"], [("a<b", 1200)])
    True
    """
    listed = [tuple(row) for row in rows]
    shown = listed[:most]
    right = [_is_number(value) for value in shown[0]] if shown else [False] * len(head)
    styles = [_RIGHT if is_right else _LEFT for is_right in right]
    top = "".join(
        f'<th scope="col" style="{style}">{cell(name)}</th>' for name, style in zip(head, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{style}">{cell(value, widest)}</td>'
            for value, style in zip(row, styles, strict=True)
        )
        + "</tr>"
        for row in shown
    )
    more = f"<p>{len(listed) - len(shown):,} more rows</p>" if len(listed) > len(shown) else ""
    return (
        _scrolled(f"<table>{_captioned(caption)}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>")
        + more
    )


def facts(pairs: Facts, *, caption: str = "", widest: int = WIDEST) -> str:
    """A table of two columns without a head: what is known, and its value.

    >>> facts([("rows", 3)]).count("<tr>")
    1
    """
    body = "".join(
        f'<tr><th scope="row" style="{_LEFT};font-weight:normal">{cell(name)}</th><td style="{_LEFT}">{cell(value, widest)}</td></tr>'
        for name, value in pairs
    )
    return _scrolled(f"<table>{_captioned(caption)}<tbody>{body}</tbody></table>")


def paragraph(text: str) -> str:
    """One line of text.

    >>> paragraph("a < b")
    '<p>a &lt; b</p>'
    """
    return f"<p>{escape(printable(text))}</p>"


def show_fields(value: Any) -> str:
    """The public fields of a dataclass by name; of large ones, what they are. `_repr_html_ = show_fields` in its body shows it.

    A field that the class keeps out of its `repr` is not shown here either.
    """
    known = [one.name for one in fields_of(value) if one.repr and not one.name.startswith("_")]
    return facts([(name, summary(getattr(value, name))) for name in known], caption=type(value).__name__)


def folded(summary_line: str, markup: str) -> str:
    """Markup behind a line that opens it.

    >>> folded("all", "<p>x</p>")
    '<details><summary>all</summary><p>x</p></details>'
    """
    return f"<details><summary>{cell(summary_line)}</summary>{markup}</details>"


def cell(value: object, widest: int = WIDEST) -> str:
    r"""A value as escaped text: thousands, six digits, hex, a dash for nothing; text cut in its middle.

    >>> cell(1234567), cell(0.123456789), cell(None), cell(b"\x00\xff"), cell("<b>\x07")
    ('1,234,567', '0.123457', '–', '00ff', '&lt;b&gt;\\x07')
    """
    return escape(printable(_cut(_plain(value), widest)))


def summary(value: object) -> object:
    """What stands for a value in a table of facts: itself if it is small, else its kind and size.

    >>> import numpy as np
    >>> summary(np.zeros((3, 2), np.int32)), summary((1, 2)), summary(list(range(100))), summary({})
    ('int32[3, 2]', '1, 2', '100 entries', 'none')
    """
    if value is None or isinstance(value, (bool, Real, str, bytes)):
        return value
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return f"{value.dtype}[{', '.join(map(str, value.shape))}]"
    if hasattr(value, "num_rows") or hasattr(value, "height"):
        return _table_summary(value)
    if isinstance(value, Mapping):
        return _joined([f"{name}: {_plain(summary(one))}" for name, one in value.items()])
    if isinstance(value, (Sequence, Set)):
        return _joined([_plain(summary(one)) for one in value])
    if isinstance(value, type) or is_dataclass(value) or callable(value) or not hasattr(value, "__len__"):
        return getattr(value, "__name__", type(value).__name__)
    return f"{type(value).__name__}, {len(value):,} entries"


def _table_summary(value: Any) -> str:
    """Of an Arrow table or batch, or a polars frame."""
    rows = getattr(value, "num_rows", None)
    names = value.columns if rows is None else value.schema.names
    return f"{value.height if rows is None else rows:,} rows: {_cut(', '.join(names))}"


def _joined(entries: Sequence[str]) -> str:
    if not entries:
        return "none"
    if len(entries) > _MOST_ENTRIES or sum(map(len, entries)) > WIDEST:
        return f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"
    return ", ".join(entries)


def _plain(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if isinstance(value, Real):
        return f"{float(value):,.6g}"
    if isinstance(value, (bytes, bytearray)):
        return value[: WIDEST // 2].hex()
    return str(value)


def _cut(text: str, widest: int = WIDEST) -> str:
    """At most so many characters: the start and the end, which tell paths apart."""
    if len(text) <= widest:
        return text
    half = (widest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _captioned(caption: str) -> str:
    return f'<caption style="{_CAPTION}">{cell(caption)}</caption>' if caption else ""


def _scrolled(markup: str) -> str:
    return f'<div style="max-height:32em;overflow:auto">{markup}</div>'


def _escape_code(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
