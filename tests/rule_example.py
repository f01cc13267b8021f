"""What an example of a rule is. The examples themselves are data, in `rule_examples_*.py`, one file per language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """Two documents: one that a rule keeps although its subject is near, and one that it drops or flags.

    Attributes:
        language: Linguist's name, of both.
        kept: realistic code that fails no rule at all.
        dropped: plausible code that fails the rule.
        measured: of the second, counted by hand where that can be done.
        limit: for a rule that is off by default.
        is_broken: both have parse errors, because the rule is about them.
    """

    language: str
    kept: str
    dropped: str
    measured: float | None = None
    limit: float | None = None
    is_broken: bool = False


def lines(template: str, count: int, **lists: list[str]) -> str:
    """`template` once for each number from 0: `{n}` is the number, `{name}` an entry of the list of that name, in turn.

    >>> lines("{word}{n} ", 3, word=["a", "b"])
    'a0 b1 a2 '
    """
    texts = []
    for n in range(count):
        text = template.replace("{n}", str(n))
        for name, values in lists.items():
            text = text.replace("{" + name + "}", values[n % len(values)])
        texts.append(text)
    return "".join(texts)
