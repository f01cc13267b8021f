"""How often something stands in a syntax tree: what is counted, and against what. `codecorpus.parse.picks` compiles it to tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pick:
    """Which nodes to count, by what can be seen from the node: all conditions have to hold.

    Attributes:
        kinds: kinds of node, as the grammar names them, between blanks; a token without a name in quotes: `'=='`.
        within: kinds of the parent, the same way; empty: any.
        inside: kinds of the parent's parent.
        after: kinds of the sibling right before.
        words: the node's text is one of these, between blanks; `test_*` stands for every text that starts so.
        is_alone: the node covers all of its parent.
        is_empty: nothing named stands in the node, comments included.

    >>> Pick("identifier", within="call", words="eval exec").words.split()
    ['eval', 'exec']
    """

    kinds: str
    within: str = ""
    inside: str = ""
    after: str = ""
    words: str = ""
    is_alone: bool = False
    is_empty: bool = False


#: What one language counts.
Picks = tuple[Pick, ...]

#: What a share may be taken of: statements, functions, imports, calls, lines, identifiers; or of what `per` counts itself.
BASES = ("statements", "functions", "imports", "calls", "lines", "identifiers")


@dataclass(frozen=True, slots=True)
class Share:
    """A measure: nodes that are counted / a base, which counts as `at_least` where it is less.

    The floor keeps one `eval` in a file of two lines from being a share of a half. A share is null in a language without `picks`.

    Attributes:
        name: of the measure.
        meaning: one line, as the documentation shows it.
        picks: language → what is counted.
        base: one of `BASES`; empty where `per` counts the base.
        per: language → what the base counts.
        at_least: the least base.
    """

    name: str
    meaning: str
    picks: Mapping[str, Picks]
    base: str = "statements"
    per: Mapping[str, Picks] = field(default_factory=dict)
    at_least: int = 20


def every(languages: tuple[str, ...], *picks: Pick) -> Mapping[str, Picks]:
    """The same for several languages.

    >>> sorted(every(("C", "C++"), Pick("goto_statement")))
    ['C', 'C++']
    """
    return dict.fromkeys(languages, picks)
