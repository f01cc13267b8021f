"""A few honest charts as inline SVG: no script, no style attribute, no font; colours come from CSS classes or `currentColor`.

Numbers come in, markup goes out. Labels are escaped here; coordinates are rounded to a tenth, so that equal data gives equal bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

_WIDTH, _HEIGHT = 320, 132
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 316, 22, 112


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line across a histogram: a configured limit.

    Attributes:
        value: where it stands, in the unit of the histogram.
        label: what it says, such as `at most 1,000`.
    """

    value: float
    label: str


def bar(value: float, whole: float, *, label: str) -> Markup:
    """One horizontal bar as wide as `value / whole`; stretches to its container."""
    return split_bar(value, value, whole, label=label)


def split_bar(kept: float, came_in: float, whole: float, *, label: str) -> Markup:
    """A bar of `came_in / whole` with its kept part solid and the rest pale; stretches to its container."""
    scale = 100 / whole if whole else 0.0
    solid, pale = kept * scale, max(came_in - kept, 0) * scale
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" width="100%" height="10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="pale" x="{}" y="0" width="{}" height="8" fill="currentColor" fill-opacity=".18"/>'
        '<rect class="solid" x="0" y="0" width="{}" height="8" fill="currentColor" fill-opacity=".65"/></svg>'
    ).format(
        f"{label}: {_share(kept, came_in)}" if came_in != kept else label, _n(solid), _n(pale), _n(solid)
    )


def interval_bar(
    value: float,
    whole: float,
    *,
    label: str,
    low: float | None = None,
    high: float | None = None,
    reference: float | None = None,
) -> Markup:
    """A bar of `value / whole` with an interval as a thin line along it, and a mark across it where `reference` ends."""
    scale = 100 / whole if whole else 0.0
    parts = [
        Markup(
            '<rect class="solid" x="0" y="0" width="{}" height="8" fill="currentColor" fill-opacity=".65"/>'
        ).format(_n(value * scale))
    ]
    said = f"{label}: {value:.3f}"
    if low is not None and high is not None:
        said += f", 95 % interval {low:.3f} to {high:.3f}"
        parts.append(
            Markup('<rect class="interval" x="{}" y="3" width="{}" height="2"/>').format(
                _n(low * scale), _n(max((min(high, whole) - low) * scale, 0.2))
            )
        )
    if reference is not None:
        parts.append(
            # A line whose width does not stretch with the bar: it is as thick in a small chart.
            Markup(
                '<line class="reference" x1="{0}" x2="{0}" y1="0" y2="8" stroke="currentColor" stroke-width="1.5" '
                'vector-effect="non-scaling-stroke"/>'
            ).format(_n(min(reference * scale, 99.5)))
        )
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" width="100%" height="10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(said, Markup("").join(parts))


def histogram(
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    title: str,
    log: bool = False,
    marks: Sequence[Mark] = (),
    others: Sequence[int] = (),
    show: Callable[[float], str] = lambda value: f"{value:g}",
) -> Markup:
    """Counts between edges as bars, with limits drawn in and their labels above.

    Args:
        edges: borders of the bins, ascending; one more than `counts`.
        counts: how many values lie in each bin.
        title: read aloud by a screen reader; the visible heading is the page's.
        log: the horizontal axis is logarithmic; all edges have to be positive.
        marks: limits to draw.
        others: a second count for each bin, which stands on the first in another colour; empty: none.
        show: writes a tick's value.
    """
    first, last = edges[0], edges[-1]
    inside = [mark for mark in marks if first <= mark.value <= last]
    place = _placer(first, last, log)
    bars = _columns([place(edge) for edge in edges], counts, others or [0] * len(counts))
    # Labels of two limits that stand side by side would run into each other on one line.
    lines = Markup("").join(
        _mark(mark, place(mark.value), 19 if index % 2 else 9) for index, mark in enumerate(inside)
    )
    ticks = Markup("").join(_tick(place(value), show(value)) for value in _ticks(first, last, log))
    return Markup(
        '<svg class="histogram" viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}"><g class="bars" fill="currentColor" '
        'fill-opacity=".65">{}</g><line class="axis" x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-opacity=".4"/>'
        '<g class="ticks">{}</g><g class="marks">{}</g></svg>'
    ).format(_WIDTH, _HEIGHT, _WIDTH, title, bars, _LEFT, _RIGHT, _BOTTOM, _BOTTOM, ticks, lines)


def _columns(places: Sequence[float], counts: Sequence[int], others: Sequence[int]) -> Markup:
    """The bars of a histogram between these places, the second count on top of the first."""
    top = max((one + two for one, two in zip(counts, others, strict=True)), default=0) or 1
    lower, upper = ([_tall(count, top) for count in of] for of in (counts, others))
    ends = list(pairwise(places))
    bars = [_column(at, 0.0, tall) for at, tall in zip(ends, lower, strict=True)]
    bars += [_column(at, foot, tall, "lost") for at, foot, tall in zip(ends, lower, upper, strict=True)]
    return Markup("").join(bars)


def _tall(count: int, top: int) -> float:
    """Height of a bar. One document among a million still gets a visible one."""
    return max((_BOTTOM - _TOP) * count / top, 1.0) if count else 0.0


def _column(at: tuple[float, float], foot: float, height: float, kind: str = "") -> Markup:
    """One bar of a histogram; nothing where it has no height."""
    if not height:
        return Markup("")
    left, right = at
    name = Markup(' class="{}"').format(kind) if kind else ""
    return Markup('<rect{} x="{}" y="{}" width="{}" height="{}"/>').format(
        name, _n(left), _n(_BOTTOM - foot - height), _n(max(right - left - 0.6, 0.4)), _n(height)
    )


def _placer(low: float, high: float, log: bool) -> Callable[[float], float]:
    scale: Callable[[float], float] = math.log if log else float
    start, span = scale(low), (scale(high) - scale(low)) or 1.0
    return lambda value: _LEFT + (_RIGHT - _LEFT) * (scale(value) - start) / span


def _ticks(low: float, high: float, log: bool) -> list[float]:
    """About five round values between `low` and `high`.

    >>> _ticks(0, 1, False), _ticks(1, 1000, True)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [1.0, 10.0, 100.0, 1000.0])
    """
    if log:
        return _log_ticks(low, high)
    raw = (high - low) / 5 or 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    step_size = next(step * power for step in (1, 2, 5, 10) if step * power >= raw - 1e-12)
    first_tick, last_tick = math.ceil(low / step_size - 1e-9), math.floor(high / step_size + 1e-9)
    return [round(index * step_size, 10) for index in range(first_tick, last_tick + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten; also their doubles and halves where there would be fewer than three."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    step = max(1, math.ceil((last - first) / 6))
    powers = [10.0**power for power in range(first, last + 1, step)]
    fine = [digit * power for power in powers for digit in (1, 2, 5)]
    shown = [value for value in powers if low * 0.999 <= value <= high * 1.001]
    return shown if len(shown) > 2 else [value for value in fine if low * 0.999 <= value <= high * 1.001]


def _tick(x: float, text: str) -> Markup:
    anchor = "start" if x < _LEFT + 12 else "end" if x > _RIGHT - 12 else "middle"
    return Markup('<text x="{}" y="{}" text-anchor="{}" font-size="11" fill="currentColor">{}</text>').format(
        _n(x), _BOTTOM + 14, anchor, text
    )


def _mark(mark: Mark, x: float, y: int) -> Markup:
    right = x > (_LEFT + _RIGHT) / 2
    return Markup(
        '<line x1="{0}" x2="{0}" y1="2" y2="{1}" stroke="currentColor" stroke-dasharray="3 2"/>'
        '<text x="{2}" y="{5}" text-anchor="{3}" font-size="11" fill="currentColor">{4}</text>'
    ).format(_n(x), _BOTTOM, _n(x - 4 if right else x + 4), "end" if right else "start", mark.label, y)


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
