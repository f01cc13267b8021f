"""`report.html`: one offline file. `ReportData` in; the page as text out.

The page asks nothing of any network and runs no script: its content security policy allows one inline style sheet, named by its
hash, and nothing else. Every string of the corpus is escaped by the template engine, and characters that cannot be seen are
shown as escapes. Lists are capped, so the page stays under 1 MB for any corpus.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from codecorpus.report import svg, text
from codecorpus.report.data import ReportData
from codecorpus.report.funnel import rule_name
from codecorpus.report.measures import Chart
from codecorpus.rules import RULES, Rule

_PATH_WIDTH = 120
_FILES = 400
_CONFIG_CHARACTERS = 60_000
_ALARMS = 60


def render_html(data: ReportData) -> str:
    """The report of a run as one HTML page.

    The bytes depend on `data` alone: no time, host or path of this machine. Under 1 MB: at most 31 rows per table, five
    dropped and three kept samples per rule, twelve clusters, one packed row.
    """
    environment = _environment()
    style = Markup(environment.get_template("report.css").render())
    files = data.manifest.get("files", ())
    return environment.get_template("report.html.j2").render(
        data=data,
        manifest=data.manifest,
        style=style,
        style_hash=_csp_hash(style),
        rules=RULES,
        alarms=data.manifest.get("alarms", ())[:_ALARMS],
        more_alarms=max(len(data.manifest.get("alarms", ())) - _ALARMS, 0),
        files=files[:_FILES],
        more_files=max(len(files) - _FILES, 0),
        config=text.cut_middle(data.config, _CONFIG_CHARACTERS),
    )


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
        "exact": text.exact,
        "size": text.size,
        "code": lambda value: text.visible(value, keep="\n\t"),
        "name": _name,
        "rule_name": rule_name,
    }
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
    show = _short if chart.log else (lambda value: f"{value:g}")
    return svg.histogram(
        chart.edges,
        chart.counts,
        title=f"Histogram: {chart.title}",
        log=chart.log,
        marks=chart.marks,
        show=show,
    )


def _name(value: object) -> Markup:
    """A name or path on one line, cut in its middle, that may break after a slash."""
    pieces = text.cut_middle(str(value), _PATH_WIDTH).split("/")
    return Markup("/<wbr>").join(text.visible(piece) for piece in pieces)


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
