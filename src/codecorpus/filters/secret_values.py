"""Whether a value looks like a secret that somebody made, and not like an example, a template, a name or a piece of code."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

# Words that people write where a real value would stand.
_EXAMPLE = re.compile(
    rb"example|(?-i:sample|SAMPLE|Sample)|dummy|placeholder|change_?(?:me|it)|(?<![a-z])your|(?-i:fake|FAKE|Fake)|insert|replace|redacted|(?-i:x{4}|X{4})|\*{3}|\.{3}|1234567|abcdef|0{8}|qwerty"
    rb"|eyJzdWIiOiIxMjM0NTY3ODkw|(?-i:todo|TODO|lorem)|foobar|not[_-]?a[_-]|deadbeef|<[A-Za-z][\w -]*>|\$\{|\{\{|%\(|#\{|\$\(|<%",
    re.I,
)
# Keys that issuers print in their manuals, or emulators have built in; their starts are enough, and are no secrets themselves.
_PUBLISHED = (
    b"sk_test_4eC39H", b"sk_test_BQokik", b"sk_test_51", b"rk_test_4eC39H", b"Eby8vdM02xNOcq", b"C2y6yDjf5/R+ob", b"wJalrXUtnFEMI",
    b"AIzaSyD-9tSrke7", b"LTAI4GExample", b"QWxhZGRpbj", b"dXNlcjpwYXNz", b"dXNlcm5hbWU6cG", b"je7MtGbClwBF", b"hunter2",
)  # fmt: skip
_COMMON_WORDS = re.compile(
    rb"pass(?:word|wd|phrase)?|p[a@]ssw[o0]rd|pwd|secret|test|admin|user(?:name)?|guest|root|letmein|default|null|none|true|false|hunter2|login"
    rb"|foo|bar|baz|my|the|some|new|old|wrong|bad|good|invalid|valid|correct|right|plain|text|raw|demo|temp|abc|xyz|string|value|token|key",
    re.I,
)
# UUIDs and blockchain addresses name things and open none.
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.I)
_NAMES_SOMETHING = re.compile(rb"0x[0-9a-f]{40}\Z", re.I)
_PLAIN = re.compile(rb"[A-Za-z0-9+/_.~\-]+")
# A name, a path, a call, a template, a format: things that code assigns to a variable named like a secret.
_NOT_A_VALUE = re.compile(rb"[/._]{0,3}[A-Za-z]++(?:[./:_\-]++[A-Za-z]++)*+[:.]?\Z")
_CODE = re.compile(
    rb"\$[A-Za-z_{(]|[@%]?[A-Za-z_]\w*[.\[(:]{1,2}[A-Za-z_]\w*.*[)\]]|\w\[[^\]]*\]|%[sdrfv]|%[A-Za-z_]\w*%|\{\w*\}|\\[wdsbnrtSWDxu]|[A-Za-z_]\w*\(|\[[A-Za-z]-[A-Za-z]|&[a-z]{2,6};"
    rb"|[A-Za-z_]\w*(?:\.|->|::)[A-Za-z_]\w*(?:(?:\.|->|::)\w+)*\Z|https?:|/\w+/"
)
# `PBEWithHmacSHA256AndAES_128`.
_MADE_OF_WORDS = re.compile(rb"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+|[0-9]{1,4}+|[_.\-/:]++)++\Z")
# The same with single letters, where signs part them: `s3.session-token`, `curle_ftp_weird_227_format`.
_PARTED_WORDS = re.compile(rb"(?:(?:[A-Z]?[a-z]*+|[A-Z]++)\d{0,4}+[a-z]?(?:[_.\-/:]++|\Z))++\Z")
_PATTERN = re.compile(rb"\{\d{1,5},?\d{0,5}\}|\[[^\]]{0,20}\w-\w|\\[wdsb]|\(\?")
# An argument, `verbosity=1`, unless it is as mixed as a password.
_ARGUMENT = re.compile(rb"[A-Za-z_]\w*=\w+\Z")
_ALGORITHM = re.compile(
    rb"(?:[a-z]{2,8}[_-])?(?:sha|md|aes|des|rsa|utf|base|oauth|ascii|latin|iso|x509|ed|hmac|pbkdf|bcrypt|http|tls|ssl|ipv|es|hs|rs|ps|v|ecdsa|secp|chacha|urllib|python|php|java|node|win|linux|x|sp|ipv|ikev|smb|ntlmv|krb)[_-]?\d{1,5}"
    rb"(?:[_./:-]\w*)*+\Z",
    re.I,
)


def entropy(value: bytes) -> float:
    """Bits per byte of the value's own distribution.

    >>> entropy(b"aabb")
    1.0
    """
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def classes(value: bytes) -> list[int]:
    """The class of each byte: 1 for small letters, 2 for capitals, 3 for digits, 0 for the rest.

    >>> classes(b"aB3-")
    [1, 2, 3, 0]
    """
    return [1 if 97 <= b <= 122 else 2 if 65 <= b <= 90 else 3 if 48 <= b <= 57 else 0 for b in value]


def is_example(value: bytes) -> bool:
    """Whether a value is written in place of a real one, or published by its issuer.

    >>> is_example(b"your-api-key"), is_example(b"<PASSWORD>")
    (True, True)
    """
    return _EXAMPLE.search(value) is not None or value.startswith(_PUBLISHED)


def is_token(value: bytes) -> bool:
    """A well-known form: real unless it is an example or hardly varies."""
    return not is_example(value) and entropy(value) >= 2.5


def is_mixed_token(value: bytes) -> bool:
    """A form that words may have too: the kinds of its bytes have to change often, and it must not be made of words.

    >>> is_mixed_token(b"API-Q7ZX4KT2M9V1"), is_mixed_token(b"api-version-2024")
    (True, False)
    """
    kinds = classes(value)
    changes = sum(a != b for a, b in pairwise(kinds))
    return is_token(value) and changes >= 0.2 * len(value) and not _is_made_of_words(value, kinds)


def _is_made_of_words(value: bytes, kinds: list[int]) -> bool:
    """Words, capitals and short numbers side by side; capitals and digits alone are words only where they seldom change places."""
    if 0 in kinds and _PARTED_WORDS.match(value):
        return True
    if not _MADE_OF_WORDS.match(value) or len(re.findall(rb"\d+", value)) >= 3:
        return False
    return 1 in kinds or sum(a != b for a, b in pairwise(kinds)) < 0.25 * len(value)


def is_random(value: bytes, *, digits: int = 1, uuid: bool = False) -> bool:
    """A value without a form of its own: 16 bytes or more, mixed, and not the public name of something.

    >>> is_random(b"q8Zrt5Kdx0Lm3Vb7"), is_random(b"IdentifierOfMany")
    (True, False)
    """
    if _UUID.match(value):
        return uuid and not is_example(value)
    value = value.rstrip(b"=")
    if len(value) < 16 or _NAMES_SOMETHING.match(value) or is_example(value) or not _PLAIN.fullmatch(value):
        return False
    kinds = classes(value)
    numbers = kinds.count(3)
    # Small hexadecimal letters and digits may chance to look like words; with signs between, they are.
    if (2 in kinds or 0 in kinds) and _is_made_of_words(value, kinds):
        return False
    if numbers < digits or numbers + kinds.count(0) > len(value) - 2:
        return False
    # In random base64 two neighbours differ in class 65 times in 100, in hex 47 times; in names hardly 25 times.
    needed = 0.35 if 1 in kinds and 2 in kinds else 0.15
    return entropy(value) >= 3.0 and sum(a != b for a, b in pairwise(kinds)) >= len(value) * needed


def is_strong(value: bytes) -> bool:
    """A value of three kinds of byte, hardly two of which repeat and whose kinds change all the time.

    >>> is_strong(b"q8Zr!t5Kd"), is_strong(b"bluesky42")
    (True, False)
    """
    kinds = classes(value)
    changes = sum(a != b for a, b in pairwise(kinds))
    return (
        len(set(kinds)) >= 3
        and changes >= 0.4 * (len(value) - 1)
        and len(set(value)) >= 0.6 * min(len(value), 40)
    )


def is_noise(value: bytes) -> bool:
    """A long value of letters and many signs, such as frameworks make for their `SECRET_KEY`.

    >>> is_noise(b"!8q!5k*x0j^x@&z3xl$_bbxdvrm#3_jt4#v"), is_noise(b"/^[a-z0-9]+(?:-[a-z0-9]+)*$/")
    (True, False)
    """
    if _PATTERN.search(value):
        return False
    kinds = classes(value)
    signs = {byte for byte, kind in zip(value, kinds, strict=True) if kind == 0} - set(b"_-./:")
    changes = sum(a != b for a, b in pairwise(kinds))
    return (
        len(value) >= 24
        and len(signs) >= 3
        and 3 in kinds
        and changes >= 0.4 * len(value)
        and entropy(value) >= 4.2
    )


def is_password(value: bytes, *, least: float = 2.3) -> bool:
    """A chosen password: letters with digits or signs, and neither an example nor a piece of code; `least` is its entropy in bits a byte.

    >>> is_password(b"q8Zr!t5Kd"), is_password(b"bluesky42"), is_password(b"password1"), is_password(b"config.password")
    (True, True, False, False)
    """
    if len(value) < 6 or is_example(value) or _NOT_A_VALUE.match(value) or entropy(value) < least:
        return False
    if _CODE.search(value) and not (is_strong(value) and not _looks_called(value)):
        return False
    if _PATTERN.search(value) or (len(re.findall(rb"[_.\-/:]", value)) >= 2 and _PARTED_WORDS.match(value)):
        return False
    if _ARGUMENT.match(value) and not is_strong(value):
        return False
    rest = _COMMON_WORDS.sub(b"", value)
    kinds = set(classes(value))
    if len(rest) < 4 or (rest.isdigit() and len(rest) < 7):
        return False
    if 3 in kinds:
        return kinds & {1, 2} != set() and not _ALGORITHM.match(value)
    # Without a digit it takes a sign inside and both cases: `Tr!umphant`, not `required|string` or `Invalid!`.
    return len(kinds) >= 3 and is_strong(value)


def _looks_called(value: bytes) -> bool:
    return (
        re.search(
            rb"[A-Za-z_]{3,}\(|\{\w*\}|%[sdr]\b|\$[A-Z_]{3,}|[A-Za-z_]{3,}\.[A-Za-z_]{3,}(?![a-z]*\d)", value
        )
        is not None
    )
