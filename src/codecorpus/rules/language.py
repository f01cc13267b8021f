"""Language and parsing: what is known about a document before it is judged."""

from __future__ import annotations

from codecorpus.rules.rule import Rule

LANGUAGE = (
    Rule(
        "CC101",
        "unknown language",
        "Neither name, extension nor shebang tells the language.",
        "Rules, parsing and mixture need to know the language.",
        "filter.languages",
    ),
    Rule(
        "CC102",
        "language not wanted",
        "The language is not in the configured list.",
        "The user asked for other languages.",
        "filter.languages",
    ),
    Rule(
        "CC103",
        "not parsed",
        "The language has a grammar, but the document is larger or has more open brackets than the parser takes, or the parser ran out of time or memory.",
        "The text measures still hold; measures of the syntax tree are unknown, and their rules do not drop it. Flagged only.",
        "parse.max_bytes",
    ),
    Rule(
        "CC104",
        "not measured",
        "A limit is set on a measure that could not be taken; `measured` says how many such rules there are and `detail` names them.",
        "What was not measured is not known to be good. Flagged, unless the configuration drops it.",
        "filter.drop_unmeasured",
        "ours: no rule lets a document pass without a row that says so",
    ),
)
