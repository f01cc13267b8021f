"""A weekly report of the words that rose and fell, as plain text for e-mail."""

from typing import Mapping

from wordfreq.counter import compare

WIDTH = 60


def bar(value: float, largest: float) -> str:
    """A bar of `#` whose length stands for `value`; the largest value fills the line."""
    if largest <= 0:
        return ""
    return "#" * max(1, round(value / largest * (WIDTH - 24)))


def weekly_report(this_week: Mapping[str, int], last_week: Mapping[str, int], top: int = 10) -> str:
    """Words that rose most since last week, then words that fell most."""
    lines = []
    for title, here, there in (
        ("rising", this_week, last_week),
        ("falling", last_week, this_week),
    ):
        rows = compare(here, there)[:top]
        largest = max((row.ratio for row in rows), default=0.0)
        lines.append(title.upper())
        lines.append("-" * WIDTH)
        for row in rows:
            lines.append(f"{row.word:<16}{row.ratio:7.1f} {bar(row.ratio, largest)}")
        lines.append("")
    return "\n".join(lines)
