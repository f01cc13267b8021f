"""One packed row to look at: prefix, middle, suffix, control tokens, paths, borders and loss, in colour, as text and as HTML.

What comes in: a row and something that decodes tokens. What goes out: a `RowView`. Source text is hostile: control and bidirectional
characters are taken out of the terminal's text, everything is escaped in HTML.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from codecorpus.errors import UsageError
from codecorpus.fim.readback import Segment, segments
from codecorpus.fim.sentinels import Family, SentinelIds

#: C0 but tab and line feed, DEL, C1, and what turns the direction of text around: none of it may reach a terminal.
_UNSAFE = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        0x061C,
        *range(0x200E, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    ]
)

_ANSI = {
    "text": "",
    "prefix": "\033[34m",
    "middle": "\033[1;32m",
    "suffix": "\033[33m",
    "name": "\033[36m",
    "path": "\033[36m",
    "control": "\033[7m",
    "border": "\033[2m",
}
_WITHOUT_LOSS = "\033[2m"
_RESET = "\033[0m"

#: Backgrounds with some transparency: they read on a light and on a dark page.
_CSS = {
    "text": "",
    "prefix": "background:rgba(56,120,220,.18)",
    "middle": "background:rgba(40,160,80,.30)",
    "suffix": "background:rgba(220,150,30,.20)",
    "name": "background:rgba(30,160,170,.22)",
    "path": "background:rgba(30,160,170,.22)",
    "control": "font-weight:600;opacity:.75;border:1px solid currentColor;border-radius:3px;padding:0 2px",
}
_BLOCK = (
    "font-family:monospace;white-space:pre-wrap;margin:0;border-left:2px solid currentColor;padding-left:.6em"
)
_LEGEND = ("prefix", "middle", "suffix", "path", "control")


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as segments with their text; `str()` gives plain text, a notebook shows it in colour.

    Attributes:
        row: number of the row in its table.
        segments: what stands in it, from left to right.
        texts: the decoded text of each segment; a character that a cut splits shows as U+FFFD on both sides.
        doc_ids: the document of each part, in hex.
        names: repository and path of each part's document; its id where they are not known.
        loss: for each segment, the share of its tokens that the loss counts; all 1 where the row has no loss mask.
    """

    row: int
    segments: tuple[Segment, ...]
    texts: tuple[str, ...]
    doc_ids: tuple[str, ...]
    names: tuple[str, ...]
    loss: tuple[float, ...]

    def text(self, *, color: bool = False) -> str:
        """The row for a terminal; with ANSI colours where `color` is true. What the loss does not count is dim."""
        lines = []
        for part, members in self._parts():
            name = terminal_safe(self.names[part])
            title = self._title(part, members).removesuffix(f" · {name}")
            lines.append(_painted(f"── {title} ──\n   {name}", _ANSI["border"], color))
            lines.append(
                "".join(
                    _painted(
                        terminal_safe(text), _ANSI[one.role] + (_WITHOUT_LOSS if loss == 0 else ""), color
                    )
                    for one, text, loss in members
                )
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        masked = min(self.loss, default=1) < 1
        legend = " ".join(f'<span style="{_CSS[role]}">{role}</span>' for role in _LEGEND)
        legend += (
            ' <span style="text-decoration:line-through dotted">not in the loss</span>' if masked else ""
        )
        blocks = []
        for part, members in self._parts():
            body = "".join(_span(one, text, loss) for one, text, loss in members)
            blocks.append(
                f'<div style="opacity:.7;font-size:.85em;margin-top:.6em">{html.escape(terminal_safe(self._title(part, members)))}</div>'
                f'<pre style="{_BLOCK}">{body}</pre>'
            )
        # A row of 8,192 tokens would push everything else off the page.
        body = f'<div style="max-height:32em;overflow:auto" tabindex="0">{"".join(blocks)}</div>'
        return f"<div><div>Row {self.row} · {legend}</div>{body}</div>"

    def _parts(self) -> list[tuple[int, list[tuple[Segment, str, float]]]]:
        rows = zip(self.segments, self.texts, self.loss, strict=True)
        return [
            (part, list(members)) for part, members in itertools.groupby(rows, key=lambda one: one[0].part)
        ]

    def _title(self, part: int, members: list[tuple[Segment, str, float]]) -> str:
        tokens = sum(one.stop - one.start for one, _, _ in members)
        first = members[0][0]
        how = "not transformed" if first.layout == "none" else f"{first.layout}, {first.span}"
        return f"sample {first.sample} · part {part} · {tokens} tokens · {how} · {terminal_safe(self.names[part])}"


def terminal_safe(text: str) -> str:
    r"""`text` without control and bidirectional characters; tab and line feed stay.

    >>> terminal_safe("a\x1b[31mb\u202ec\r\n")
    'a[31mbc\n'
    """
    return text.translate(_UNSAFE)


def show_row(
    sequences: pa.Table,
    row: int,
    *,
    family: Family,
    sentinels: SentinelIds,
    decode: Callable[[npt.NDArray[Any]], bytes],
    names: Mapping[bytes, str] | None = None,
) -> RowView:
    """Make one row of a sequences table readable.

    Args:
        sequences: a sequences table.
        row: number of the row, from 0.
        family: the family whose sentinels the rows hold.
        sentinels: their ids.
        decode: token ids → bytes (`Encoder.decode`); control tokens are not given to it.
        names: doc_id → what to call the document.

    Raises:
        UsageError: there is no such row.
    """
    if not 0 <= row < sequences.num_rows:
        raise UsageError(f"there is no row {row}", f"Rows run from 0 to {sequences.num_rows - 1}.")
    one = sequences.slice(row, 1).combine_chunks()
    ids, lengths = (one[name].chunk(0).flatten().to_numpy() for name in ("input_ids", "seq_lengths"))
    doc_ids = one["doc_ids"][0].as_py()
    found = segments(ids, lengths, one["parts"][0].as_py(), family=family, sentinels=sentinels)
    control = _control_names(family, sentinels)
    texts = tuple(
        "".join(control[int(token)] for token in ids[one.start : one.stop])
        if one.role == "control"
        else decode(np.ascontiguousarray(ids[one.start : one.stop])).decode("utf-8", errors="replace")
        for one in found
    )
    mask = one["loss_mask"].chunk(0).flatten().to_numpy() if "loss_mask" in one.column_names else None
    loss = tuple(1.0 if mask is None else float(mask[one.start : one.stop].mean()) for one in found)
    known = names or {}
    return RowView(
        row,
        found,
        texts,
        tuple(doc_id.hex() for doc_id in doc_ids),
        tuple(known.get(doc_id, f"document {doc_id.hex()}") for doc_id in doc_ids),
        loss,
    )


def _control_names(row: Family, ids: SentinelIds) -> dict[int, str]:
    pairs: list[tuple[int | None, str | None]] = [
        (ids.prefix, row.prefix),
        (ids.middle, row.middle),
        (ids.suffix, row.suffix),
        (ids.file, row.file),
        (ids.repo, row.repo),
        (ids.middle_end, row.middle_end),
        (ids.end, row.end),
        (ids.begin, row.begin),
    ]
    return {one: name for one, name in pairs if one is not None and name is not None}


def _span(one: Segment, text: str, loss: float) -> str:
    crossed = ";text-decoration:line-through dotted" if loss == 0 else ""
    title = f"{one.role}, {one.stop - one.start} tokens"
    return (
        f'<span title="{title}" style="{_CSS[one.role]}{crossed}">{html.escape(terminal_safe(text))}</span>'
    )


def _painted(text: str, ansi: str, color: bool) -> str:
    return f"{ansi}{text}{_RESET}" if color and ansi else text
