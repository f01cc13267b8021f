"""Values set to a name that says they are secret, in the syntax of any language, data format or shell.

The name may be longer than its telling word (`DB_PASSWORD_2`); whether the whole name means a secret or only speaks of one
(`password_file`) is for the check to say, which sees what stands before the match as well.
"""

from __future__ import annotations

import re

from codecorpus.filters.secret_pattern import KEY, PASSWORD, Follow, Pattern

_NAME_END = r"[A-Za-z0-9_\-]{0,40}"
# Where a quoted value follows: after a sign, perhaps with a type before it, as a definition's next word, or as an argument.
_SIGN = r"""(?:\\{0,3}["'`])?\]?(?:\[\w{0,10}\])?
    (?:
        [ \t]{0,24}(?::[ \t]{0,3}[&A-Za-z(\[][A-Za-z0-9_'&<>\[\]|?. ()]{0,40}?(?==))?[ \t]{0,12}
        (?:=>|:=|\?\?=?|\?=|\|\|=?|={1,3}|!=|:|,(?![ \t]*[\r\n])|<-)
      | [ \t]{1,24}(?:as|is|to|by|of)?[ \t]{0,2}(?=\\{0,3}["'])
      | [ \t]{1,8}as[ \t]{1,8}[a-z]{1,20}[ \t]{0,8}=
      | [ \t]{0,4}\{[ \t]*get;[^}\n]{0,30}\}[ \t]{0,4}=
      | [ \t]?[({]
    )[ \t]{0,24}(?:\r?\n[ \t]{0,40})?(?:\([ \t]?)?"""
_QUOTED = (
    _SIGN
    + r"""[A-Za-z@$]{0,2}(?P<quote>\\{0,3}(?:\"\"\"|'''|["'`]))(?P<it>(?:(?!(?P=quote))(?:\\[^\s]|[^\s\\])){4,250})(?P=quote)"""
)
# name: X, then value: Y, as Kubernetes lists an environment; key="X" value="Y" in XML.
_NAMED_VALUE = r"""["']?\s{0,3}(?:[,{]\s{0,40}|\r?\n[ \t]{0,40}|[ \t]{1,4})["']?(?:value|default)["']?
    \s{0,3}[:=]\s{0,3}(?P<quote>["']?)(?P<it>[^\s"'`<>]{4,250})(?P=quote)(?=[\s/>,}]|\Z)"""
_ELEMENT = r"""(?:["'][^<>\n]{0,40})?>\s{0,4}(?P<it>[^\s<>"'`]{4,250})\s{0,4}</"""
_END = r"""(?=[\s"'`<>&;,)\]}\\|#]|\Z)"""
_BARE_KEY = (
    r"""(?:["'`]\]?)?[ \t]{0,24}(?:=>|:=|[=:])[ \t]{0,24}(?P<it>[A-Za-z0-9+/_\-.~]{16,400}={0,2})""" + _END
)
# To the end of the line; a comment may stand there.
_BARE_PASSWORD = r"""["']?[ \t]{0,24}(?:[:?+]=|[=:])[ \t]{0,24}(?P<it>[^\s"'`<>][^\s"'`<>]{4,119})
    (?=[ \t]{0,40}(?:\r?\n|\Z|[#;][ \t]|\\\r?\n))"""
# The next word: `--password x` in a command, `ENV DB_PASSWORD x`, `login a password x`.
_NEXT_WORD = r"""[ \t]{1,8}(?P<it>[^\s"'`<>|&;()$={}\-][^\s"'`<>|&;(){}]{4,119})(?=\s|\Z)"""
# Before other words on the line: `PGPASSWORD=x psql`.
_BEFORE_COMMAND = r"""=(?P<it>[^\s"'`<>&|;()]{5,120})(?=[ \t]+[A-Za-z./\-])"""


def _assigned(
    kind: str, names: str, value: str, check: str, *, placeholder: bytes, follow: Follow
) -> Pattern:
    """Names are parted by blanks; as bytes they are the literals, and any of them starts the match."""
    words = tuple(word.encode() for word in names.split())
    regex = b"(?:" + b"|".join(sorted(words, reverse=True)) + b")" + (_NAME_END + value).encode()
    return Pattern(kind, words, re.compile(regex, re.I | re.X), placeholder, True, check, follow)


_PASSWORDS = "pass pwd psk contrasena kennwort"
_KEYS = "secret token key credential cookie_secret auth_code access_code"

PASSWORDS = tuple(
    _assigned("password", _PASSWORDS, value, check, placeholder=PASSWORD, follow="value")
    for value, check in (
        (_QUOTED, "assigned password"),
        (_NAMED_VALUE, "assigned password"),
        (_ELEMENT, "assigned password"),
        (_BARE_PASSWORD, "bare password"),
        (_NEXT_WORD, "next word"),
        (_BEFORE_COMMAND, "before command"),
    )
)
KEYS_AND_TOKENS = tuple(
    _assigned("key or token", _KEYS, value, check, placeholder=KEY, follow="random")
    for value, check in (
        (_QUOTED, "assigned key"),
        (_NAMED_VALUE, "assigned key"),
        (_ELEMENT, "assigned key"),
        (_BARE_KEY, "bare key"),
        (_NEXT_WORD, "next word key"),
    )
)
# WordPress' keys and salts: any sign may stand in them, blanks too.
SALTS = (
    Pattern(
        "key or token",
        (b"auth_key'", b"logged_in_key'", b"nonce_key'", b"_salt'"),
        re.compile(rb"[a-z_]{5,20}',\s{0,12}'(?P<it>[^'\n\\]{40,100})'", re.I),
        inside_word=True,
        check="salt",
    ),
    Pattern(
        "password",
        (b"identified by", b"with password", b"set password", b"password("),
        re.compile(
            rb"(?:identified by(?: password)?|(?:with|set) (?:encrypted )?password(?:\s+for\s+[^\n=]{1,60})?|password)"
            rb"\s{0,3}[=(]?\s{0,3}(?P<quote>\\?['\"])(?P<it>[^\s'\"\\]{4,120})(?P=quote)",
            re.I,
        ),
        PASSWORD,
        inside_word=True,
        check="password",
    ),
)
