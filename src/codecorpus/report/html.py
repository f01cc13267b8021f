"""`report.html`: one offline file. `ReportData` in; the page as text out.

The page asks nothing of any network: its content security policy allows one inline style sheet and one inline script, named by
their hashes, and nothing else. The script only hides what a reader filters out; without it, all is there. Every string of the
corpus is escaped by the template engine, and characters that cannot be seen are shown as escapes. Lists are capped, and so are the
bytes of samples as they stand in the page, so that it stays under 1 MB for any corpus.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from codecorpus.report import svg, text
from codecorpus.report.data import ReportData
from codecorpus.report.funnel import rule_name
from codecorpus.report.measures import Chart
from codecorpus.report.times import StageTime
from codecorpus.rules import RULES, Rule

_PATH_WIDTH = 120
#: Of one name, as it stands in the page; a name that is longer is mostly escapes.
_NAME_BYTES = 900
_FILES = 200
_CONFIG_CHARACTERS = 60_000
_ALARMS = 60
_LANGUAGES = 100
_BENCHMARKS = 30
#: Of the samples of rules, of clusters, and of the rows that say where benchmark problems were found, as they stand in the page.
_RULE_BYTES, _DUPLICATE_BYTES, _HIT_BYTES = 340_000, 100_000, 25_000
#: Of the histograms of measures, 50 at least.
_CHART_BYTES = 185_000
#: Samples of a rule on either side of its limit, and lines of each; the first that fits. A little of every rule tells more than all of one.
_MOST = ((5, 30), (5, 14), (4, 8), (2, 8), (1, 6))
#: Of one text, as it stands in the page: 30 lines of 140 characters need 4,500, unless they are full of escapes.
_TEXT_BYTES = 6_000


def render_html(data: ReportData, *, times: Sequence[StageTime] = ()) -> str:
    """The report of a run as one HTML page.

    The bytes depend on the arguments alone: no host or path of this machine, and no time but `times`. Under 1 MB: every list is capped
    (31 rows of most tables, 200 of files and of sources), five dropped and three kept samples per rule, twelve clusters, one packed row,
    and no more samples when these are 440 kB.

    Args:
        data: what is known of the run.
        times: time and memory by stage, which differ between equal runs; without them the page says where they are.
    """
    page = ""
    for most in _MOST:
        page, left_out = _render(data, times, *most)
        if not left_out:
            break
    return page


def _render(data: ReportData, times: Sequence[StageTime], samples: int, lines: int) -> tuple[str, int]:
    """The page with so many samples of a rule and lines of each, and how many rules and clusters had to go without any."""
    environment = _environment()
    style, script = (Markup(environment.get_template(name).render()) for name in ("report.css", "report.js"))
    files, alarms = data.manifest.get("files", ()), data.manifest.get("alarms", ())
    budgets = {
        "rules": Budget(_RULE_BYTES),
        "duplicates": Budget(_DUPLICATE_BYTES),
        "charts": Budget(_CHART_BYTES),
        "hits": Budget(_HIT_BYTES),
    }
    page = environment.get_template("report.html.j2").render(
        data=data,
        manifest=data.manifest,
        style=style,
        style_hash=_csp_hash(style),
        script=script,
        script_hash=_csp_hash(script),
        budgets=budgets,
        shown=samples,
        lines=lines,
        languages=_sample_languages(data),
        rules=RULES,
        times=times,
        benchmarks=_BENCHMARKS,
        alarms=alarms[:_ALARMS],
        more_alarms=max(len(alarms) - _ALARMS, 0),
        files=files[:_FILES],
        more_files=max(len(files) - _FILES, 0),
        config=text.cut_middle(data.config, _CONFIG_CHARACTERS),
    )
    return page, budgets["rules"].refused + budgets["duplicates"].refused


@dataclass(slots=True)
class Budget:
    """What samples may still cost, in bytes of the page. Hostile text grows 35-fold when it is escaped, so it is counted after that."""

    left: int
    refused: int = 0

    def admits(self, fragment: Markup) -> bool:
        """Whether a fragment still fits; it is paid for if it does."""
        cost = len(fragment.encode())
        if cost > self.left:
            self.refused += 1
            return False
        self.left -= cost
        return True


def _sample_languages(data: ReportData) -> list[str]:
    """Languages of samples and clusters, by name: what the filter offers."""
    found = {sample.language for rule in data.rules for sample in rule.kept}
    found |= {verdict.language for rule in data.rules for verdict in rule.dropped}
    found |= {cluster.language for cluster in data.clusters}
    return sorted(found - {""})[:_LANGUAGES]


def render_page(template: str, styles: Sequence[str], /, **values: Any) -> str:
    """Render a template of another page with these style sheets, under the same policy: no network, no script, no other style."""
    environment = _environment()
    style = Markup("").join(Markup(environment.get_template(name).render()) for name in styles)
    return environment.get_template(template).render(style=style, style_hash=_csp_hash(style), **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("codecorpus.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": text.number,
        "printable": lambda value: text.printable(text.cut_middle(str(value), _PATH_WIDTH)),
        "exact": text.exact,
        "size": text.size,
        "code": _code,
        "first_lines": lambda value, count: "\n".join(value.split("\n")[:count]),
        "whole": lambda value: text.visible(value, keep="\n\t"),
        "name": _name,
        "spans": _spans,
        "rule_name": rule_name,
    }
    environment.tests["contains"] = lambda value, part: part in value
    environment.globals |= {
        "percent": text.percent,
        "bar": svg.bar,
        "split_bar": svg.split_bar,
        "interval_bar": svg.interval_bar,
        "histogram": _histogram,
        "rule": _rule,
    }
    return environment


def _histogram(chart: Chart) -> Markup:
    return svg.histogram(
        chart.edges,
        chart.counts,
        title=f"Histogram: {chart.title}",
        log=chart.log,
        marks=chart.marks,
        others=chart.dropped,
        show=_ticks(chart),
    )


def _ticks(chart: Chart) -> Callable[[float], str]:
    """How values stand under a chart. A logarithmic axis has no zero: what is less than one counts in the bin of one, and that is said."""
    if not chart.log:
        return "{:g}".format
    is_less = min((value for _, value in chart.quantiles), default=1.0) < chart.edges[0]
    return lambda value: ("≤" if is_less and value == chart.edges[0] else "") + _short(value)


def _name(value: object) -> Markup:
    """A name or path on one line, cut in its middle, that may break after a slash."""
    shown = _breaking(str(value), _PATH_WIDTH)
    return shown if len(shown) <= _NAME_BYTES else _breaking(str(value), _PATH_WIDTH // 4)


def _breaking(value: str, width: int) -> Markup:
    return Markup("/<wbr>").join(text.visible(piece) for piece in text.cut_middle(value, width).split("/"))


def _code(value: str) -> Markup:
    """Text of several lines; one that is mostly escapes ends early."""
    shown = text.visible(value, keep="\n\t")
    while len(shown) > _TEXT_BYTES and len(value) > 80:
        value = value[: max(len(value) * _TEXT_BYTES // len(shown), 80)]
        shown = text.visible(value + "…", keep="\n\t")
    return shown


def _spans(value: str) -> Markup:
    """One line of ours, in which what stands between backticks is code.

    >>> _spans("the share of `a < b`")
    Markup('the share of <code>a &lt; b</code>')
    """
    pieces = [
        (Markup("<code>{}</code>") if odd % 2 else Markup("{}")).format(piece)
        for odd, piece in enumerate(value.split("`"))
    ]
    return Markup("").join(pieces)


def _short(value: float) -> str:
    """`10k` for a tick at 10,000."""
    for unit, scale in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= scale:
            return f"{value / scale:g}{unit}"
    return f"{value:g}"


def _rule(code: str) -> Rule:
    """The rule of a code; a code of another version is named as such."""
    unknown = Rule(code, "unknown rule", "A rule of another version of codecorpus.", "", source="")
    return RULES.get(code, unknown)


def _csp_hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def render_plain(template: str, /, **values: Any) -> str:
    """Render a template that is not HTML: nothing is escaped, so every value has to be made safe by its caller."""
    environment = _environment().overlay(autoescape=False)
    return environment.get_template(template).render(**values)
