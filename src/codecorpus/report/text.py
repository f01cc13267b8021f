"""Text and numbers as people read them: escapes that are seen, thousands, bytes, shares.

Every string of a corpus is hostile until it has gone through `printable` (plain text) or `visible` (HTML).
"""

from __future__ import annotations

import math
import textwrap
from itertools import groupby

from markupsafe import Markup, escape

from codecorpus.fragments import printable as printable


def visible(text: str, *, keep: str = "") -> Markup:
    r"""`text` for HTML: escaped, with unseen characters as marked escapes; nothing in it can become markup.

    >>> visible("<b>\x07")
    Markup('&lt;b&gt;<span class="esc">\\x07</span>')
    """
    parts = []
    for hidden, chars in groupby(text, key=lambda char: not (char.isprintable() or char in keep)):
        run = "".join(chars)
        parts.append(Markup('<span class="esc">{}</span>').format(printable(run)) if hidden else escape(run))
    return Markup("").join(parts)


def cut_middle(text: str, limit: int) -> str:
    """At most `limit` characters: the start and the end, which tell paths apart, with an ellipsis between.

    >>> cut_middle("abcdefghij", 7)
    'abc…hij'
    """
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def snippet(text: str, *, lines: int = 30, width: int = 140) -> str:
    """The first `lines` lines of a document, each cut at `width` characters; line breaks become plain ones."""
    # A document can be one line of megabytes: nothing beyond what can be shown is touched.
    head = text[: lines * width * 4].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = [line if len(line) <= width else line[: width - 1] + "…" for line in head[:lines]]
    return "\n".join(shown).rstrip("\n")


def wrapped(text: str, indent: str) -> list[str]:
    r"""A text in lines of 80 columns, escaped; only words that are longer, such as paths, go beyond them.

    >>> wrapped("a\x1b b", "  ")
    ['  a\\x1b b']
    """
    return textwrap.wrap(
        printable(text),
        80,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def number(value: float | None) -> str:
    """A number with thousands; fractions with as many digits as tell something.

    >>> number(1234567), number(0.25), number(98.625), number(None)
    ('1,234,567', '0.25', '98.6', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 10:
        return f"{value:,.1f}"
    # Shares of a few millionths are noise to a reader; `4.7e-06` would only look precise.
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{'<' if value > 0 else '>-'}0.001"


def exact(value: float | None) -> str:
    """A measured value beside its limit: six digits, so that two that differ look different.

    >>> exact(0.79998), exact(0.8), exact(1000000.0), exact(None)
    ('0.79998', '0.8', '1,000,000', '–')
    """
    if value is None or not math.isfinite(value) or value == int(value):
        return number(value)
    return f"{value:,.6g}"


def size(value: float) -> str:
    """Bytes in decimal units, three digits.

    >>> size(999), size(31_000_000), size(612_400_000)
    ('999 B', '31.0 MB', '612 MB')
    """
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 999.5 or unit == "TB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.95 else f"{amount:.1f} {unit}"


def percent(part: float, whole: float) -> str:
    """A share in per cent; never rounded to 0 or 100 when it is neither.

    >>> percent(1, 3), percent(1, 100_000), percent(99_999, 100_000), percent(0, 0)
    ('33.3 %', '<0.1 %', '>99.9 %', '–')
    """
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.05:
        return "<0.1 %"
    if 99.95 <= share < 100:
        return ">99.9 %"
    return f"{share:.1f} %"
