"""SPDX expressions: `MIT OR (Apache-2.0 AND GPL-2.0-or-later WITH Classpath-exception-2.0)` in, a value that can be asked out.

Reading is forgiving, for what stands in files is written by hand: operators in any case, the end of a comment behind, a parenthesis too
few, ids that SPDX no longer uses. What is no id makes the whole no expression, unless a known id is joined to it: then it
stays as `LicenseRef-…`, of unknown class, because leaving it out would make the terms look freer than they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from codecorpus.spdx.ids import CLASSES, class_of, id_table

_TOKEN = re.compile(r"[()]|(?:DocumentRef-[\w.-]+:)?[A-Za-z0-9][A-Za-z0-9.+_-]*")
_OPERATORS = {"AND": 2, "OR": 1}
#: Longer ones are not written by people.
_MOST_CHARACTERS = 4000
_MOST_TOKENS = 400
_MOST_NESTING = 32


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence of an expression.

    Attributes:
        spdx: its id, never a deprecated one.
        later: a `+` stood behind it; GNU licences say so in their id instead.
        exception: the id after WITH.
    """

    spdx: str
    later: bool = False
    exception: str | None = None

    def __str__(self) -> str:
        plus = "+" if self.later else ""
        return f"{self.spdx}{plus} WITH {self.exception}" if self.exception else f"{self.spdx}{plus}"


@dataclass(frozen=True, slots=True)
class Joined:
    """Two or more expressions joined by `AND` (all hold) or `OR` (the user chooses)."""

    operator: str
    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        shown = (
            f"({part})" if isinstance(part, Joined) and part.operator == "OR" else str(part)
            for part in self.parts
        )
        return (
            f" {self.operator} ".join(shown) if self.operator == "AND" else " OR ".join(map(str, self.parts))
        )


Expression = Licence | Joined


def parse_expression(text: str) -> Expression | None:
    """The expression at the start of a text; None where there is none.

    >>> str(parse_expression("(mit or GPL-2.0+) */")), str(parse_expression("GPL-2.0 with Classpath-exception-2.0"))
    ('MIT OR GPL-2.0-or-later', 'GPL-2.0-only WITH Classpath-exception-2.0')
    >>> parse_expression("see the file"), str(parse_expression("MIT AND Odd"))
    (None, 'MIT AND LicenseRef-Odd')
    """
    return _parse(text[:_MOST_CHARACTERS])


@lru_cache(maxsize=4096)
def _parse(text: str) -> Expression | None:
    """By precedence, with two stacks; no recursion that a text could drive."""
    operands: list[Expression | None] = []
    waiting: list[str] = []
    known = False
    tokens = _tokens(text)
    while (token := next(tokens, None)) is not None:
        if token == "(":
            waiting.append(token)
            if waiting.count("(") > _MOST_NESTING:
                return None
        elif token == ")":
            while waiting and waiting[-1] != "(":
                _reduce(operands, waiting.pop())
            if waiting:
                waiting.pop()
        elif token in _OPERATORS:
            while waiting and _OPERATORS.get(waiting[-1], 0) >= _OPERATORS[token]:
                _reduce(operands, waiting.pop())
            waiting.append(token)
        else:
            operands.append(_licence(token))
            known = known or _is_known(token.partition(" ")[0])
    for operator in reversed(waiting):
        if operator != "(":
            _reduce(operands, operator)
    return operands[0] if known and len(operands) == 1 else None


def all_of(parts: list[Expression]) -> Expression | None:
    """Expressions that hold together, without repeats; None of none."""
    return _join("AND", parts)


def any_of(parts: list[Expression]) -> Expression | None:
    """Expressions of which the user may choose one, without repeats; None of none."""
    return _join("OR", parts)


def ids_of(expression: Expression | None) -> list[str]:
    """The ids in it, sorted, each once.

    >>> ids_of(parse_expression("MIT OR GPL-2.0 WITH Classpath-exception-2.0"))
    ['GPL-2.0-only', 'MIT']
    """
    return sorted({leaf.spdx for leaf in _leaves(expression)}) if expression is not None else []


def class_of_expression(expression: Expression) -> str:
    """Class of what holds: of alternatives the freest, of what holds together the least free.

    >>> class_of_expression(parse_expression("MIT OR GPL-3.0-only")), class_of_expression(parse_expression("MIT AND GPL-3.0-only"))
    ('permissive', 'copyleft')
    """
    if isinstance(expression, Licence):
        return class_of(expression.spdx)
    ranks = [CLASSES.index(class_of_expression(part)) for part in expression.parts]
    return CLASSES[min(ranks) if expression.operator == "OR" else max(ranks)]


def holds(expression: Expression, test: Callable[[str], bool]) -> bool:
    """Whether a user can choose so that every licence that then holds passes the test on its id.

    >>> holds(parse_expression("MIT OR GPL-3.0-only"), lambda spdx: spdx == "MIT")
    True
    """
    if isinstance(expression, Licence):
        return test(expression.spdx)
    results = (holds(part, test) for part in expression.parts)
    return any(results) if expression.operator == "OR" else all(results)


def _tokens(text: str) -> Iterator[str]:
    """Parentheses, operators in upper case, and licences with their exception, as far as these follow each other as they should."""
    words = _TOKEN.findall(text)[:_MOST_TOKENS]
    wants_licence, depth = True, 0
    place = 0
    while place < len(words):
        word = words[place]
        upper = word.upper()
        if wants_licence and (upper in _OPERATORS or upper == "WITH" or word == ")"):
            return
        if not wants_licence and (word == "(" or (upper not in _OPERATORS and word != ")")):
            return
        if word in "()":
            depth += 1 if word == "(" else -1
            if depth < 0:
                return
            yield word
        elif upper in _OPERATORS:
            # An operator that nothing follows is the author's slip; what stands before it holds.
            if place + 1 == len(words) or words[place + 1] == ")" or words[place + 1].upper() in _OPERATORS:
                return
            yield upper
            wants_licence = True
        else:
            if place + 2 < len(words) and words[place + 1].upper() == "WITH":
                word += f" WITH {words[place + 2]}"
                place += 2
            elif place + 1 < len(words) and words[place + 1].upper() == "WITH":
                place += 1
            yield word
            wants_licence = False
        place += 1


def _licence(token: str) -> Expression:
    """The licence of a token; a word that is no id becomes a `LicenseRef-`."""
    word, _, exception = token.partition(" WITH ")
    table = id_table()
    exception = table.exceptions.get(exception.lower(), exception)
    old = table.deprecated.get(word.lower())
    if old is not None:
        found = parse_expression(old)
        assert isinstance(found, Licence)
        return Licence(found.spdx, exception=exception or found.exception)
    later = word.endswith("+")
    word = word.removesuffix("+")
    spdx = table.spelling.get(word.lower())
    if later and spdx is not None and spdx.endswith(("-only", "-or-later")):
        spdx, later = f"{spdx.removesuffix('-only').removesuffix('-or-later')}-or-later", False
    if spdx is None:
        is_reference = word.startswith(("LicenseRef-", "DocumentRef-"))
        spdx, later = (word if is_reference else f"LicenseRef-{word.strip('.') or 'unknown'}"), False
    return Licence(spdx, later, exception or None)


def _is_known(word: str) -> bool:
    """Whether SPDX lists this id, or listed it, or the author marked it as one of theirs."""
    table = id_table()
    low = word.lower()
    listed = low in table.deprecated or low.removesuffix("+") in table.spelling
    return listed or word.startswith(("LicenseRef-", "DocumentRef-"))


def _reduce(operands: list[Expression | None], operator: str) -> None:
    right, left = operands.pop() if operands else None, operands.pop() if operands else None
    operands.append(_join(operator, [part for part in (left, right) if part is not None]))


def _join(operator: str, parts: list[Expression]) -> Expression | None:
    flat: dict[Expression, None] = {}
    for part in parts:
        inner = part.parts if isinstance(part, Joined) and part.operator == operator else (part,)
        flat |= dict.fromkeys(inner)
    if not flat:
        return None
    return next(iter(flat)) if len(flat) == 1 else Joined(operator, tuple(flat))


def _leaves(expression: Expression) -> Iterator[Licence]:
    if isinstance(expression, Licence):
        yield expression
    else:
        for part in expression.parts:
            yield from _leaves(part)
