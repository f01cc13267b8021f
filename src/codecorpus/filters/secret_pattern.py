"""What a form of a secret is, as data, and how the form of a token is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

KEY, PASSWORD, EMAIL, IP_ADDRESS = b"<KEY>", b"<PASSWORD>", b"<EMAIL>", b"<IP_ADDRESS>"

#: What has to stand at a literal for a pattern to be tried there, as `codecorpus.filters._kernels` tests it: nothing in particular;
#: 14 letters of tokens in a row; a name, and near it a value of 4 bytes with a digit or sign; the same with 16 bytes, a digit among
#: them; an @ before the next blank.
Follow = Literal["anything", "token", "value", "random", "user"]
FOLLOWS: tuple[Follow, ...] = ("anything", "token", "value", "random", "user")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of one kind of secret.

    Attributes:
        kind: what it is, as decisions name it.
        literals: at one of these, whatever the case, the match starts.
        regex: matched from the literal's first byte on; its group `it` is the secret. Every repetition in it is bounded.
        placeholder: what takes the secret's place.
        inside_word: the literal may follow a letter or digit, as `password` does in `dbpassword`.
        check: name of the further test in `secret_values` that the match has to pass.
        follow: what has to stand at the literal for the pattern to be tried.
        before: the match starts this many bytes before the literal.
    """

    kind: str
    literals: tuple[bytes, ...]
    regex: re.Pattern[bytes]
    placeholder: bytes = KEY
    inside_word: bool = False
    check: str = "token"
    follow: Follow = "anything"
    before: int = 0


def token(kind: str, *literals: str, tail: str, check: str = "token") -> Pattern:
    """A token of a fixed prefix and a tail, with no letter, digit or underscore after it.

    >>> token("npm token", "npm_", tail="[A-Za-z0-9]{36}").regex.match(b"npm_" + b"a1" * 18 + b"'")["it"][:6]
    b'npm_a1'
    """
    prefix = "|".join(re.escape(literal) for literal in literals)
    regex = re.compile(f"(?P<it>(?:{prefix}){tail})(?![A-Za-z0-9_])".encode())
    return Pattern(kind, tuple(literal.encode() for literal in literals), regex, check=check, follow="token")


def pattern(
    kind: str,
    literals: str | tuple[str, ...],
    regex: str,
    *,
    placeholder: bytes = KEY,
    inside_word: bool = True,
    check: str = "token",
    follow: Follow = "anything",
    before: int = 0,
) -> Pattern:
    """Any other form; `literals` is one text parted by blanks, or several that may hold some; the case does not count in `regex`."""
    words = tuple(word.encode() for word in (literals.split() if isinstance(literals, str) else literals))
    compiled = re.compile(regex.encode(), re.I)
    return Pattern(kind, words, compiled, placeholder, inside_word, check, follow, before)
