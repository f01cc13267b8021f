"""Charts for notebooks, by altair (the extra `notebook`), which is imported when a chart is made: numbers in, an altair chart out.

Values are counted into bins here, so that a chart of a million documents is as small as one of ten. The charts are plain ones of altair:
`chart.properties(width=600)`, `chart.save("chart.svg")`, and its renderers all work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from codecorpus.errors import ExtraMissingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A chart of altair, which is not typed here because it may not be installed.
Chart: TypeAlias = Any

#: Value and label of a limit that is drawn in.
Mark: TypeAlias = "tuple[float, str]"

_WIDTH: Final = 480
_LINEAR_BINS: Final = 40
_LOG_STEPS: Final = 2  # bins per doubling
#: What stays is dark, what goes is bright; the others are of Okabe and Ito's palette, which the colour-blind can tell apart.
_COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442")


def load_altair() -> Any:
    """The module `altair`.

    Raises:
        ExtraMissingError: it is not installed.
    """
    try:
        import altair
    except ImportError:
        raise ExtraMissingError("a chart", "notebook") from None
    return altair


def histogram(
    groups: Mapping[str, NDArray[Any]],
    *,
    title: str,
    log: bool,
    least: float = 0,
    marks: Sequence[Mark] = (),
    unit: str = "documents",
) -> Chart:
    """Values of several groups, stacked in bins, with limits as lines.

    Args:
        groups: name → values; NaN is left out. The order is that of the legend.
        title: of the axis: what is measured.
        log: lengths and counts, on a logarithmic axis whose first bin has all below 1; else shares.
        least: where the axis of shares begins; it ends at 1.
        marks: limits to draw in.
        unit: what has the values.
    """
    alt = load_altair()
    edges, rows = count_bins(groups, log=log, least=least, reach=[value for value, _ in marks])
    low, high = float(edges[0]), float(edges[-1])
    middle = (low * high) ** 0.5 if log else (low + high) / 2
    scale = alt.Scale(type="log" if log else "linear", domain=[low, high], nice=False)
    axis = alt.Axis(title=title, format="~s" if log else "~g", tickCount=8)
    base = alt.Chart().encode(
        x=alt.X("low:Q", scale=scale, axis=axis),
        x2="high:Q",
        color=_colour(alt, list(groups)),
        tooltip=["group:N", "low:Q", "high:Q", "count:Q"],
    )
    bars = base.mark_rect().encode(y=alt.Y("below:Q", title=unit), y2="above:Q")
    # One document among a million is less than a pixel high: a line on top of each bar is seen.
    tops = base.mark_rule(strokeWidth=1.5).encode(y="above:Q")
    layers = [bars, tops, *_lines(alt, marks, scale, middle)]
    return alt.layer(*layers, data=alt.Data(values=rows)).properties(width=_WIDTH, height=200)


def stacked_bars(
    rows: Sequence[Mapping[str, Any]], *, of: str, value: str, parts: Sequence[str], title: str
) -> Chart:
    """One bar per name, in the order of the rows, made of parts side by side.

    Args:
        rows: each with the column `of` (whose bar), `part` (one of `parts`), and the number `value`; further columns are shown on hovering.
        of: which bar.
        value: how long.
        parts: in the order of the legend.
        title: of the axis.
    """
    alt = load_altair()
    listed = [{**row, "place": parts.index(row["part"])} for row in rows]
    hover = [name for name in (rows[0] if rows else {}) if name != "part"]
    return (
        alt.Chart(alt.Data(values=listed))
        .mark_bar()
        .encode(
            x=alt.X(f"{value}:Q", title=title, stack="zero"),
            y=alt.Y(f"{of}:N", title=None, sort=None),
            color=_colour(alt, parts, field="part"),
            order=alt.Order("place:Q"),
            tooltip=["part:N", *(f"{name}:{'Q' if name == value else 'N'}" for name in hover)],
        )
        .properties(width=_WIDTH)
    )


def grouped_bars(rows: Sequence[Mapping[str, Any]], *, of: str, group: str, value: str, title: str) -> Chart:
    """One bar per name and group, with an interval where there is one.

    Args:
        rows: each with the columns `of`, `group` and the number `value`, and `low` and `high`, or None for both.
        of: names down the side, in the order of the rows.
        group: what the bars of one name stand for, in the order of the rows.
        value: how long.
        title: of the axis.
    """
    alt = load_altair()
    groups = list(dict.fromkeys(row[group] for row in rows))
    base = alt.Chart().encode(
        y=alt.Y(f"{of}:N", title=None, sort=None), yOffset=alt.YOffset(f"{group}:N", sort=groups)
    )
    bars = base.mark_bar().encode(
        x=alt.X(f"{value}:Q", title=title),
        color=_colour(alt, groups, field=group),
        tooltip=[f"{of}:N", f"{group}:N", f"{value}:Q"],
    )
    intervals = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color="black", strokeWidth=1.5)
        .encode(x="low:Q", x2="high:Q")
    )
    return alt.layer(bars, intervals, data=alt.Data(values=list(rows))).properties(width=_WIDTH)


def stretches(rows: Sequence[Mapping[str, Any]], *, length: int, parts: Sequence[str]) -> Chart:
    """Rows of tokens, each made of stretches from left to right, with a line where a row is full.

    Args:
        rows: `row`, `begin`, `end`, `part` (one of `parts`), and `name`, which is shown on hovering.
        length: tokens in a full row.
        parts: in the order of the legend.
    """
    alt = load_altair()
    count = len({row["row"] for row in rows})
    return (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("begin:Q", title="tokens", scale=alt.Scale(domain=[0, length], nice=False)),
            x2="end:Q",
            y=alt.Y("row:O", title="row"),
            color=_colour(alt, parts, field="part"),
            tooltip=["name:N", "part:N", "begin:Q", "end:Q"],
        )
        .properties(width=_WIDTH, height=14 * max(count, 1))
    )


def count_bins(
    groups: Mapping[str, NDArray[Any]], *, log: bool, least: float = 0, reach: Sequence[float] = ()
) -> tuple[NDArray[np.float64], list[dict[str, Any]]]:
    """How many values of each group lie in each bin.

    Args:
        groups: name → values; NaN is left out.
        log: bins of half a doubling from the smallest value to the largest; else 40 bins from `least` to 1.
        least: see `log`.
        reach: values that bins of half a doubling have to cover too.

    Returns:
        The borders of the bins, float64, ascending; and a row per group and bin that is not empty: `group`, `low`, `high`, `count`, and
        `below` and `above`, between which it stands on the groups before it.

    >>> import numpy as np
    >>> edges, rows = count_bins({"kept": np.array([1.0, 1.1, 4.0])}, log=True)
    >>> [(row["low"], row["count"]) for row in rows]
    [(1.0, 2), (4.0, 1)]
    """
    import numpy as np

    known = {name: values[~np.isnan(values)] for name, values in groups.items()}
    every = np.concatenate([np.array(reach, np.float64), *known.values()])
    edges = _doublings(every) if log else np.linspace(least, 1, _LINEAR_BINS + 1)
    rows: list[dict[str, Any]] = []
    below = np.zeros(len(edges) - 1, np.int64)
    for name, values in known.items():
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        above = below + counts
        for number in np.flatnonzero(counts):
            ends = {"low": float(edges[number]), "high": float(edges[number + 1])}
            heights = {"below": int(below[number]), "above": int(above[number])}
            rows.append({"group": name, **ends, "count": int(counts[number]), **heights})
        below = above
    return edges, rows


def _doublings(values: NDArray[Any]) -> NDArray[np.float64]:
    """Borders of bins of half a doubling that cover the values; all below 1 count as 1."""
    import numpy as np

    steps = np.log2(np.clip(values, 1, None)) * _LOG_STEPS if len(values) else np.zeros(1)
    first, last = int(np.floor(steps.min())), int(np.floor(steps.max()))
    return np.asarray(2.0 ** (np.arange(first, last + 2) / _LOG_STEPS))


def _lines(alt: Any, marks: Sequence[Mark], scale: Any, middle: float) -> list[Any]:
    """A dashed line for each limit, with what it says above, on that side of it where there is room."""
    layers = []
    for number, (value, label) in enumerate(marks):
        chart = alt.Chart(alt.Data(values=[{"limit": float(value), "label": label}]))
        x = alt.X("limit:Q", scale=scale)
        side = {"align": "right", "dx": -4} if value > middle else {"align": "left", "dx": 4}
        text = chart.mark_text(dy=-2 - 12 * number, baseline="bottom", **side)
        layers += [
            chart.mark_rule(strokeDash=[4, 3]).encode(x=x),
            text.encode(x=x, y=alt.value(0), text="label:N"),
        ]
    return layers


def _colour(alt: Any, names: Sequence[str], *, field: str = "group") -> Any:
    """One colour for each name, in the order of the names, with a legend."""
    return alt.Color(f"{field}:N", title=None, scale=_palette(alt, names))


def _palette(alt: Any, names: Sequence[str]) -> Any:
    return alt.Scale(
        domain=list(names), range=[_COLOURS[place % len(_COLOURS)] for place in range(len(names))]
    )
