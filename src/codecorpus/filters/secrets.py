"""Finding secrets and personal data in documents.

One pass over the bytes finds every place where a secret may start; only there a pattern is tried; what matches has to look like a real
value and not like an example, a template or a name. Findings never carry the secret, only where it stands.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codecorpus.buffers import text_buffers
from codecorpus.filters import _kernels as kernels
from codecorpus.filters.addresses import is_personal_address, is_public_ip
from codecorpus.filters.literals import Literals, compile_literals
from codecorpus.filters.secret_patterns import EMAIL, IP_ADDRESS, PATTERNS, Pattern

SECRET, PERSONAL = "CC311", "CC312"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A secret or personal datum.

    Attributes:
        row: number of the document in its batch.
        start: offset of its first byte in the document.
        end: offset after its last byte.
        kind: what it is, such as `GitHub token`.
        placeholder: what to put in its place.
        code: CC311 for secrets, CC312 for personal data.
    """

    row: int
    start: int
    end: int
    kind: str
    placeholder: bytes
    code: str = SECRET


def find_secrets(contents: pa.Array | pa.ChunkedArray) -> list[Finding]:
    """Secrets and personal data of a batch, in the order of the documents, without overlaps; the one that starts first counts.

    Args:
        contents: large_string.

    >>> [(f.kind, f.start, f.end) for f in find_secrets(pa.array(["mail ada@lovelace.org, 81.2.69.160"]))]
    [('e-mail address', 5, 21), ('IP address', 23, 34)]
    """
    data, offsets = text_buffers(contents)
    found = [*_find_patterns(data, offsets), *_find_emails(data, offsets), *_find_addresses(data, offsets)]
    apart: list[Finding] = []
    for finding in sorted(found, key=lambda one: (one.row, one.start, -one.end, one.code)):
        if not apart or finding.row != apart[-1].row or finding.start >= apart[-1].end:
            apart.append(finding)
    return apart


def _find_patterns(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    literals, patterns_at, inside_word = _literals()
    hits = kernels.find_literals(
        data, offsets, literals.buckets, literals.text, literals.offsets, inside_word
    )
    last: dict[
        str, int
    ] = {}  # offset after the latest finding of each kind: what it covers is not looked at again
    for row, literal, start in hits.tolist():
        begin, end = int(offsets[row]), int(offsets[row + 1])
        for pattern in patterns_at[literal]:
            if start < last.get(pattern.kind, -1):
                continue
            match = pattern.regex.match(data[start : min(end, start + pattern.window)].tobytes())
            if match and _CHECKS[pattern.check](match):
                last[pattern.kind] = start + match.end(1)
                first = start - begin
                yield Finding(
                    row, first + match.start(1), first + match.end(1), pattern.kind, pattern.placeholder
                )


@cache
def _literals() -> tuple[Literals, tuple[tuple[Pattern, ...], ...], NDArray[np.bool_]]:
    """The tables of all literals; the patterns of each; whether each may follow a letter or digit."""
    literals = compile_literals({literal for pattern in PATTERNS for literal in pattern.literals})
    patterns_at = tuple(
        tuple(pattern for pattern in PATTERNS if word in {literal.lower() for literal in pattern.literals})
        for word in literals.words
    )
    inside_word = np.array(
        [any(pattern.inside_word for pattern in patterns) for patterns in patterns_at], np.bool_
    )
    return literals, patterns_at, inside_word


def _find_emails(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    for row, start, end in kernels.find_emails(data, offsets).tolist():
        begin = int(offsets[row])
        before = data[max(begin, start - 3) : start].tobytes()
        after = data[end : min(end + 1, int(offsets[row + 1]))].tobytes()
        if after == b"<" and data[end - 1] == ord("E"):  # Perl's manuals write `E<lt>joe@acme.ioE<gt>`
            end -= 1
        if is_personal_address(data[start:end].tobytes().lower(), before=before, after=after):
            yield Finding(row, start - begin, end - begin, "e-mail address", EMAIL, PERSONAL)


def _find_addresses(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Finding]:
    for row, start, end in kernels.find_quads(data, offsets).tolist():
        begin = int(offsets[row])
        before = data[max(begin, start - 40) : start].tobytes()
        after = data[end : min(end + 16, int(offsets[row + 1]))].tobytes()
        if is_public_ip(data[start:end].tobytes(), before=before, after=after):
            yield Finding(row, start - begin, end - begin, "IP address", IP_ADDRESS, PERSONAL)


# --- whether a value is a secret ------------------------------------------------------------------------------------------------

# Words that people write where a real value would stand.
_EXAMPLE = re.compile(
    rb"example|sample|dummy|placeholder|change_?me|your|fake|insert|replace|redacted|x{4}|\*{3}|\.{3}|1234567|abcdef"
    rb"|eyJzdWIiOiIxMjM0NTY3ODkw|todo|lorem|foobar|not[_-]?a|<|\$\{|\{\{|%\(|#\{",
    re.I,
)
_COMMON_PASSWORD = re.compile(
    rb"pass|pwd|secret|test|admin|user|guest|root|letmein|qwerty|default|null|none|true|false|hunter2", re.I
)
# UUIDs and blockchain addresses name things and open none.
_NAMES_SOMETHING = re.compile(
    rb"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|0x[0-9a-f]{40})\Z", re.I
)
# The letters of base64, hex and tokens.
_PLAIN = re.compile(rb"[A-Za-z0-9+/_.\-]+")
# A name, a path, a call, a template, a format: things that code assigns to a variable named like a secret.
_NOT_A_VALUE = re.compile(rb"[/._]{0,3}[A-Za-z]++(?:[./:_\-]++[A-Za-z]++)*+[:.]?\Z")
# Words, capitals and short numbers side by side: `PBEWithHmacSHA256AndAES_128`. One random token in 50 is lost to it.
_MADE_OF_WORDS = re.compile(rb"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+|[0-9]{1,4}+|[_.\-]++)++\Z")


def _entropy(value: bytes) -> float:
    """Bits per byte of the value's own distribution.

    >>> _entropy(b"aabb")
    1.0
    """
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def _classes(value: bytes) -> list[int]:
    """The class of each byte: 1 for small letters, 2 for capitals, 3 for digits, 0 for the rest."""
    return [1 if 97 <= b <= 122 else 2 if 65 <= b <= 90 else 3 if 48 <= b <= 57 else 0 for b in value]


def _is_token(match: re.Match[bytes]) -> bool:
    """A well-known form: real unless it is an example or hardly varies."""
    value = match[1]
    return not _EXAMPLE.search(value) and _entropy(value) >= 2.5


def _is_random(match: re.Match[bytes]) -> bool:
    """A value without a form of its own: long, mixed, and not the public name of something."""
    value = match[1].rstrip(b"=")
    if (
        len(value) < 16
        or _NAMES_SOMETHING.match(value)
        or _EXAMPLE.search(value)
        or not _PLAIN.fullmatch(value)
    ):
        return False
    classes = _classes(value)
    digits = classes.count(3)
    if 2 in classes and _MADE_OF_WORDS.match(value):
        return False
    if digits < 1 or digits + classes.count(0) > len(value) - 2:
        return False
    # In random base64 two neighbours differ in class 65 times in 100, in hex 47 times; in names hardly 25 times.
    needed = 0.35 if 1 in classes and 2 in classes else 0.15
    return _entropy(value) >= 3.0 and sum(a != b for a, b in pairwise(classes)) >= len(value) * needed


def _is_bare(match: re.Match[bytes]) -> bool:
    """A value without quotes, which might as well be a variable: `mask2_token` has one digit, keys have more."""
    return _is_random(match) and _classes(match[1]).count(3) >= 2


def _is_password(match: re.Match[bytes]) -> bool:
    """A chosen password: letters with digits or signs, and neither an example nor a piece of code."""
    value = match[1]
    if _EXAMPLE.search(value) or _COMMON_PASSWORD.search(value) or _NOT_A_VALUE.match(value):
        return False
    kinds = set(_classes(value))
    code = sum(byte in b"()[]{}<>\\%=,;|" for byte in value)
    return len(kinds) >= 2 and kinds != {1, 2} and code <= 1 and _entropy(value) >= 2.3


def _is_url_password(match: re.Match[bytes]) -> bool:
    """Every URL with a password in it has one on purpose; examples of URLs have `pass`."""
    value = match[1]
    host = match.string[match.end(1) + 1 : match.end(1) + 30].lower()
    if _EXAMPLE.search(value) or host.startswith((b"example", b"localhost", b"127.0.0.1")) or value.isdigit():
        return False
    return not _COMMON_PASSWORD.search(value) and len(value) >= 6 and _entropy(value) >= 2.3


def _is_block(match: re.Match[bytes]) -> bool:
    """The body of a private key: base64 text, and not the code of a parser that knows the header."""
    body = re.sub(rb"[\s\\\"',:;.()\-]", b"", match[1])
    return len(body) >= 64 and _entropy(body) >= 4.0


_CHECKS: dict[str, Callable[[re.Match[bytes]], bool]] = {
    "token": _is_token,
    "random": _is_random,
    "bare": _is_bare,
    "password": _is_password,
    "url password": _is_url_password,
    "block": _is_block,
}
