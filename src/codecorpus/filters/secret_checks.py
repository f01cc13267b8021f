"""The checks that `secret_patterns` names: given a match, where the secret stands in it, or that there is none."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from codecorpus.filters.secret_names import is_key_name, is_passing_name, is_password_name, issues_uuids
from codecorpus.filters.secret_values import (
    classes,
    entropy,
    is_example,
    is_mixed_token,
    is_noise,
    is_password,
    is_random,
    is_strong,
    is_token,
)

Match = re.Match[bytes]
Span = tuple[int, int]

_NAME_BEFORE = re.compile(rb"[A-Za-z0-9_\-.$]{0,60}\Z")
_NAME = re.compile(rb"[A-Za-z0-9_\-]+")
_EXAMPLE_HOST = re.compile(
    rb"(?:[\w\-]+\.)*(?:example|test|invalid|localhost|host(?:name)?|server|domain|my\w*|some\w*|your\w*|127\.0\.0\.1|0\.0\.0\.0)\b",
    re.I,
)
# What may stand before a name on a line that sets it without quotes, as settings and shells do.
_LINE_OF_SETTING = re.compile(
    rb"(?:^|\n)[ \t]*(?:#[ \t]*|//[ \t]*|;[ \t]*|-[ \t]+|[\"'])?"
    rb"(?:(?:export|set|setx|setenv|ENV|ARG|env|-e|-D|--env|declare -x|local|readonly)[ \t=]+)?[\"']?\Z"
)
# `ed25519.Ed25519PrivateKey`
_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_ENCODED_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY")


def span_of(check: str, match: Match) -> Span | None:
    """Where the secret of a match stands in its text, or None if it is none."""
    if check in ("block", "key lines"):
        return _block(match, is_whole=check == "key lines")
    return match.span("it") if _CHECKS[check](match) else None


def _value(match: Match) -> bytes:
    return bytes(match["it"])


def _before(match: Match, count: int) -> bytes:
    return bytes(match.string[max(0, match.start() - count) : match.start()])


def _name(match: Match) -> bytes:
    """The whole name at whose telling word the match starts."""
    before = _NAME_BEFORE.search(_before(match, 60))
    after = _NAME.match(bytes(match.string[match.start() : match.start() + 60]))
    return (before[0] if before else b"") + (after[0] if after else b"")


def _assigned_password(match: Match) -> bool:
    value, name = _value(match), _name(match)
    if not is_password(value) or not is_password_name(name):
        return False
    return not is_passing_name(name) or (
        is_strong(value) and match.string[match.start() + len("pass")] != ord("(")
    )


def _bare_password(match: Match) -> bool:
    """Set without quotes, to the end of the line: in a setting it may be anything, elsewhere only what is no code."""
    value = _value(match)
    if (
        not is_password(value)
        or value.endswith((b",", b"{", b"(", b"[", b":", b";", b")"))
        or value[:1] in b"&*|>@!%([{"
    ):
        return False
    if re.search(rb"\w[\[(].*[\])]", value):
        return False
    name = _name(match)
    line = bytes(match.string[max(0, match.start() - 120) : match.start()])
    line = line[: len(line) - len(_NAME_BEFORE.search(line)[0])]  # type: ignore[index]
    between = bytes(match.string[match.start() : match.start("it")])
    is_setting = b"=" in between and not between.endswith((b" ", b"\t"))
    is_option = is_setting and is_strong(value) and re.search(rb"(?:^|\s)\Z", line) is not None
    if not is_password_name(name) or not (is_option or _LINE_OF_SETTING.search(line)):
        return False
    # `basil9862` is a password that somebody chose; names in code seldom end in three digits.
    return is_setting or is_strong(value) or re.fullmatch(rb"(?![A-Za-z]{4,}\d{3,}\Z)[\w.]+", value) is None


def _next_word(match: Match) -> bool:
    before = _before(match, 200).rpartition(b"\n")[2]
    is_option = re.search(rb"(?:^|\s)--?[a-z\-]*\Z", before) is not None
    is_setting = re.search(rb"^\s*(?:ENV|setenv|set)\s+(?:-\w+\s+)*\w*\Z", before) is not None
    is_netrc = (
        re.search(rb"\blogin\s+\S+\s+\Z|^\s*\Z", before) is not None
        and re.search(rb"\b(?:machine|login)\s", _before(match, 300)) is not None
    )
    is_prose = (
        is_strong(_value(match)) and len(_value(match)) >= 8 and {1, 2, 3} <= set(classes(_value(match)))
    )
    return (
        (is_option or is_setting or is_netrc or is_prose)
        and is_password(_value(match))
        and is_password_name(_name(match))
    )


def _before_command(match: Match) -> bool:
    before = _before(match, 200).rpartition(b"\n")[2]
    is_option = re.search(rb"(?:^|\s)--[a-z\-]*\Z", before) is not None
    is_setting = _name(match).isupper() and re.search(rb"(?:^|[\s;&|(\"'])\w*\Z", before) is not None
    return (is_option or is_setting) and _assigned_password(match)


def _assigned_key(match: Match) -> bool:
    value, name = _value(match), _name(match)
    is_value = (
        is_random(value, uuid=issues_uuids(name))
        or (is_noise(value) and not is_example(value))
        or (
            len(value) >= 20
            and is_strong(value)
            and is_password(value)
            and re.search(rb"[^\w./:\-]", value) is not None
        )
    )
    return is_value and is_key_name(name)


def _bare_key(match: Match) -> bool:
    """Without quotes it might as well be a variable: `mask2_token` has one digit, keys have more."""
    name = _name(match)
    is_setting = name.isupper() and bytes(match.string[match.start("it") - 1 : match.start("it")]) == b"="
    if not is_setting and _DOTTED.match(_value(match)):
        return False
    return is_random(_value(match), digits=1 if is_setting else 2, uuid=issues_uuids(name)) and is_key_name(
        name
    )


def _next_word_key(match: Match) -> bool:
    before = _before(match, 200).rpartition(b"\n")[2]
    is_place = re.search(rb"(?:^|\s)--?[a-z\-]*\Z|^\s*(?:ENV|setenv)\s+\w*\Z", before) is not None
    return is_place and _bare_key(match)


def _salt(match: Match) -> bool:
    return (
        not is_example(_value(match).replace(b" ", b""))
        and is_strong(_value(match))
        and len(set(_value(match))) >= 24
    )


def _url_password(match: Match) -> bool:
    """A URL with a password in it has one on purpose; examples of URLs have `pass`."""
    value = _value(match)
    host = bytes(match.string[match.end("it") + 1 : match.end("it") + 60])
    if is_strong(value) and len(value) >= 8:
        return not is_example(value)
    return len(value) >= 6 and not value.isdigit() and not _EXAMPLE_HOST.match(host) and _is_chosen(value)


def _is_chosen(value: bytes) -> bool:
    """A password as people choose them; a word is one as well where nothing but a password can stand."""
    return is_password(value, least=1.9) or (
        value.isalpha()
        and len(value) >= 8
        and entropy(value) >= 2.8
        and not re.search(rb"pass|secret|user|token|test|example", value, re.I)
    )


def _connection_password(match: Match) -> bool:
    """Only among other settings of a connection; what looks like code is none."""
    before, after = _before(match, 120), bytes(match.string[match.end() : match.end() + 60])
    among = re.search(
        rb"[;?&][ \t]?\Z|(?:host|server|user|uid|dbname|database|data source|user id)\s?=[^\n]{1,80}[ \t;]\Z",
        before,
        re.I,
    )
    return (among is not None or re.match(rb";\s?[A-Za-z ]{2,30}=", after) is not None) and is_password(
        _value(match), least=1.9
    )


def _command_password(match: Match) -> bool:
    line = _before(match, 300).rpartition(b"\n")[2]
    return re.search(
        rb"curl|wget|http|ftp",
        line + bytes(match.string[match.end() : match.end() + 120]).partition(b"\n")[0],
    ) is not None and is_password(_value(match))


def _basic(match: Match) -> bool:
    """Base64 of a user and a password that is not one of a manual's."""
    try:
        decoded = base64.b64decode(
            _value(match)
            + b"=" * (-len(_value(match).rstrip(b"=")) % 4 if not _value(match).endswith(b"=") else 0)
        )
    except (binascii.Error, ValueError):
        return False
    user, colon, password = decoded.partition(b":")
    if not colon or not decoded.isascii() or not decoded.decode().isprintable() or is_example(_value(match)):
        return False
    return _is_chosen(password) or is_random(password) or (not user and len(password) >= 16)


def _header(match: Match) -> bool:
    value = _value(match)
    return is_random(value) or (
        value.count(b".") == 2 and is_token(value) and is_random(value.replace(b".", b""), digits=2)
    )


_LINE_ENDS = re.compile(rb"(?:\\+[nrt]|[^A-Za-z0-9+/=]|\+(?=\s))*")


def _block(match: Match, *, is_whole: bool) -> Span | None:
    """The body of a private key: from its first to its last byte of base64, and not the code of a parser that knows the header."""
    begin, end = match.span("it")
    body = _value(match)
    start = _LINE_ENDS.match(body).end()  # type: ignore[union-attr]
    lines = [line for line in re.split(rb"\\+[nr]|[^A-Za-z0-9+/=]+", body[start:]) if line.strip(b"+/=")]
    if not is_whole and bytes(match.string[end : end + 4]) != b"----":
        # No end in sight: what looks like base64 is the key, the rest is other text.
        lines = _run_of_base64(lines)
        if not lines:
            return None
    stop = body.rfind(lines[-1]) + len(lines[-1]) if lines else start
    text = b"".join(lines)
    long = sum(len(line) for line in lines if len(line) >= 32)
    if len(text) < 64 or long < 0.6 * len(text) or entropy(text) < 4.0:
        return None
    return begin + start, begin + stop


def _run_of_base64(lines: list[bytes]) -> list[bytes]:
    run: list[bytes] = []
    for line in lines:
        if run and len(line) < 32:
            return [*run, line] if line.endswith(b"=") else run
        run.append(line)
    return run


def _encoded_block(match: Match) -> bool:
    text = re.sub(rb"\s", b"", _value(match))[:128]
    return _ENCODED_KEY.match(base64.b64decode(text[: len(text) // 4 * 4])) is not None


_CHECKS: dict[str, Callable[[Match], bool]] = {
    "any": lambda match: not is_example(_value(match)),
    "token": lambda match: is_token(_value(match)),
    "mixed token": lambda match: is_mixed_token(_value(match)),
    "random": lambda match: is_random(re.sub(rb"\s", b"", _value(match))),
    "password": lambda match: is_password(_value(match)),
    "assigned password": _assigned_password,
    "bare password": _bare_password,
    "next word": _next_word,
    "before command": _before_command,
    "assigned key": _assigned_key,
    "bare key": _bare_key,
    "next word key": _next_word_key,
    "salt": _salt,
    "url password": _url_password,
    "connection password": _connection_password,
    "command password": _command_password,
    "basic": _basic,
    "header": _header,
    "encoded block": _encoded_block,
}
