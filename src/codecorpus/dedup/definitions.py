r"""The function that a problem asks for: its name and the names of its parameters, whatever the language.

A row of a benchmark in, a signature out. Types, defaults, `self` and modifiers are left out, so that the signature is found with and
without them. No parser: problems come in any language, often cut in the middle of a function.

>>> read_signature({"prompt": "def nth_prime(position: int, *, cache=None) -> int:\n"})
('nth_prime', ('position', 'cache'))
>>> read_signature({"declaration": "func NthPrime(position int, cache []bool) int {"})
('NthPrime', ('position', 'cache'))
>>> read_signature({"declaration": "map<int,int> nthPrime(vector<int> &primes, const int position){"})
('nthPrime', ('primes', 'position'))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Signature: TypeAlias = tuple[str, tuple[str, ...]]

#: Where a row's code may stand, the shortest first.
_FIELDS = ("signature", "declaration", "prompt", "code", "canonical_solution", "solution")

# A signature stands at the beginning or end of what a row says; the rest of a long text is not looked at.
_LOOKED_AT = 4000

_NAME = r"[^\W\d]\w*"
_DEFINED = re.compile(
    rf"\b(?:def|fn|func|fun|function)\s+({_NAME})\s*\(|\b(?:const|let|var)\s+({_NAME})\s*=\s*(?:async\s*)?(?:function\s*)?\("
)
_CALLED = re.compile(rf"({_NAME})\s*\(")
_WORD = re.compile(_NAME)
_NO_NAMES = {"self", "Self", "cls", "mut", "const", "final", "ref", "out", "in", "unsigned", "this"}
_OPEN, _CLOSED = "([{<", ")]}>"


def read_signature(row: Mapping[str, Any]) -> Signature | None:
    """Name and parameters of the asked function; None where there is none, or it has no parameters.

    Args:
        row: a problem. `entry_point` names the function; otherwise it is the one defined last that its tests call.
    """
    texts = [row[field] for field in _FIELDS if isinstance(row.get(field), str)]
    given = row.get("entry_point")
    words = _WORD.findall(given) if isinstance(given, str) else []  # `Solution().twoSum` asks for `twoSum`
    searches = (
        (_named(words[-1], defined=True), _named(words[-1], defined=False))
        if words
        else (_last_defined(row),)
    )
    for search in searches:
        for text in texts:
            found = search(text)
            if found is not None and found[1]:
                return found
    return None


def _named(name: str, *, defined: bool) -> Callable[[str], Signature | None]:
    """Looks for the function of this name: where it is defined, or where its name stands before parentheses."""
    before = r"\b(?:def|fn|func|fun|function|const|let|var)\s+" if defined else r"(?<!\w)"
    pattern = re.compile(rf"{before}{re.escape(name)}\s*(?:=\s*(?:async\s*)?(?:function\s*)?)?\(")

    def search(text: str) -> Signature | None:
        head = text[:_LOOKED_AT]
        match = pattern.search(head)
        return None if match is None else (name, _parameters(head, match.end()))

    return search


def _last_defined(row: Mapping[str, Any]) -> Callable[[str], Signature | None]:
    """Looks for the function that a text defines last, of those that the row's tests call if they call any."""
    tests = " ".join(_strings(row, ("test", "tests", "test_list", "assertion", "example_test")))

    def search(text: str) -> Signature | None:
        tail = text[-_LOOKED_AT:]
        defined = [(match[1] or match[2], match.end()) for match in _DEFINED.finditer(tail)]
        if not defined:  # languages without a word for functions: a declaration ends with what it declares
            defined = [
                (match[1], match.end()) for match in _CALLED.finditer(tail) if _ends_there(tail, match.end())
            ]
        called = [one for one in defined if re.search(rf"(?<!\w){re.escape(one[0])}\s*\(", tests)]
        if not defined:
            return None
        name, end = (called or defined)[-1]
        return name, _parameters(tail, end)

    return search


def _ends_there(text: str, begin: int) -> bool:
    """Whether the text ends with these parentheses, but for a return type and a brace."""
    end = _closing(text, begin)
    return end is not None and len(text) - end < 80 and re.fullmatch(r"[^;()]*\{?\s*", text[end:]) is not None


def _closing(text: str, begin: int) -> int | None:
    """After the parenthesis that closes the one before `begin`."""
    depth = 1
    for position in range(begin, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if not depth:
            return position + 1
    return None


def _parameters(text: str, begin: int) -> tuple[str, ...]:
    end = _closing(text, begin)
    if end is None:
        return ()
    goes_first = (
        re.search(r"\bfunc\s+(?:\([^()]*\)\s*)?\w+\s*\($", text[max(0, begin - 200) : begin]) is not None
    )
    names = (_name(part, goes_first) for part in _split(text[begin : end - 1]))
    return tuple(name for name in names if name is not None)


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets."""
    depth, first = 0, 0
    for position, character in enumerate(text):
        depth += character in _OPEN
        depth -= character in _CLOSED and text[max(0, position - 1)] not in "-="  # arrows close nothing
        if character == "," and depth <= 0:
            yield text[first:position]
            first = position + 1
    yield text[first:]


def _name(part: str, goes_first: bool) -> str | None:
    """The name of one parameter: before a colon; without one the first word in Go, the last one elsewhere."""
    before, colon, _ = part.partition(":") if "::" not in part else (part, "", "")
    before = re.sub(r"[<\[].*[>\]]", " ", before.partition("=")[0])
    words: list[str] = [word for word in _WORD.findall(before) if word not in _NO_NAMES]
    if not words:
        return None
    return words[0] if goes_first and not colon else words[-1]


def _strings(row: Mapping[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        value = row.get(field)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield text[:_LOOKED_AT]
