"""The forms of secrets, as data: literals that a pass over the text looks for, and the pattern that must match there.

Token formats are those that the issuers document. No pattern has nested or unbounded repetition, and a pattern is only ever tried at a
place where its literal stands, so the time per hit is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY, PASSWORD, EMAIL, IP_ADDRESS = b"<KEY>", b"<PASSWORD>", b"<EMAIL>", b"<IP_ADDRESS>"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of secret.

    Attributes:
        kind: what it is, as decisions name it.
        literals: at one of these, whatever the case, the match starts.
        regex: matched from the literal's first byte on; its first group is the secret.
        placeholder: what takes the secret's place.
        inside_word: the literal may follow a letter or digit, as `password` does in `dbpassword`.
        check: name of the further test in `secrets` that the value has to pass.
        window: bytes from the literal on that the pattern is shown; no match is longer.
    """

    kind: str
    literals: tuple[bytes, ...]
    regex: re.Pattern[bytes]
    placeholder: bytes = KEY
    inside_word: bool = False
    check: str = "token"
    window: int = 640


def _token(kind: str, *literals: str, tail: str, window: int = 640) -> Pattern:
    """A token of a fixed prefix and a tail, with no letter, digit or underscore after it."""
    prefix = "|".join(re.escape(literal) for literal in literals)
    regex = re.compile(f"((?:{prefix}){tail})(?![A-Za-z0-9_])".encode())
    return Pattern(kind, tuple(literal.encode() for literal in literals), regex, window=window)


# What stands between a name and its value: the `",` of a call, or a sign, perhaps after a quote, a bracket or a type.
_SIGN = (
    rb"""(?:["'`]\]?\s{0,3},|["'`]?\]?\s{0,3}(?::\s{0,2}[A-Za-z]{1,12}\s{0,2}(?==))?(?:=>|:=|==?|:))\s{0,3}"""
)
_QUOTED = _SIGN + rb"""[bru]?["'`]([^"'`\s]{6,200})["'`]"""
_BARE = rb"""["']?\s{0,2}[=:]\s{0,2}([A-Za-z0-9+/_\-]{16,200}={0,2})(?=[\s#;,]|\Z)"""
_TAIL_OF_NAME = rb"[A-Za-z0-9_\-]{0,30}?"


def _assignments(
    kind: str, names: tuple[bytes, ...], placeholder: bytes, check: str
) -> tuple[Pattern, Pattern]:
    """A value set to a name: in quotes anywhere, or bare at the end of a line, where it has to look random."""
    name = b"(?:" + b"|".join(names) + b")" + _TAIL_OF_NAME
    return (
        Pattern(kind, names, re.compile(name + _QUOTED, re.I), placeholder, inside_word=True, check=check),
        Pattern(kind, names, re.compile(name + _BARE, re.I), placeholder, inside_word=True, check="bare"),
    )


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "private key",
        (b"-----begin ",),
        re.compile(
            rb"-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s\\\"',:;.()]++|-(?!--))++)(?=-----END|\Z)"
        ),
        inside_word=True,
        check="block",
        window=24_000,
    ),
    _token("AWS access key id", "AKIA", "ASIA", "ABIA", "ACCA", tail="[A-Z2-7]{16}"),
    _token("GitHub token", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", tail="[A-Za-z0-9]{36}"),
    _token("GitHub fine-grained token", "github_pat_", tail="[A-Za-z0-9_]{50,244}"),
    _token("GitLab token", "glpat-", "gldt-", "glrt-", "glptt-", tail=r"[A-Za-z0-9_\-]{20,50}"),
    _token(
        "Slack token", "xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-", "xoxe-", tail=r"[A-Za-z0-9\-]{10,250}"
    ),
    _token("Slack app token", "xapp-", tail=r"\d-[A-Z0-9]{5,20}-\d{5,20}-[a-z0-9]{20,80}"),
    _token(
        "Slack webhook",
        "hooks.slack.com/services/",
        "hooks.slack.com/workflows/",
        tail=r"[A-Z0-9]{6,14}/[A-Z0-9]{6,14}/[A-Za-z0-9]{16,32}",
    ),
    _token(
        "Stripe key", "sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_", tail="[A-Za-z0-9]{16,247}"
    ),
    _token("Google API key", "AIza", tail=r"[A-Za-z0-9_\-]{35}"),
    _token("Google OAuth secret", "GOCSPX-", tail=r"[A-Za-z0-9_\-]{28}"),
    _token("Google OAuth token", "ya29.", tail=r"[A-Za-z0-9_\-]{30,400}"),
    _token("npm token", "npm_", tail="[A-Za-z0-9]{36}"),
    _token("PyPI token", "pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBp", tail=r"[A-Za-z0-9_\-]{50,400}"),
    _token("RubyGems token", "rubygems_", tail="[a-f0-9]{48}"),
    _token("Docker token", "dckr_pat_", tail=r"[A-Za-z0-9_\-]{27}"),
    _token(
        "JSON web token",
        "eyJ",
        tail=r"[A-Za-z0-9_\-]{10,2000}\.eyJ[A-Za-z0-9_\-]{10,4000}\.[A-Za-z0-9_\-]{10,2000}",
        window=8200,
    ),
    _token("Twilio key", "SK", tail="[0-9a-f]{32}"),
    _token("SendGrid key", "SG.", tail=r"[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    _token("Mailgun key", "key-", tail="[0-9a-f]{32}"),
    _token(
        "OpenAI key",
        "sk-",
        tail=r"(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{16,100}T3BlbkFJ[A-Za-z0-9_\-]{16,100}",
    ),
    _token("OpenAI project key", "sk-proj-", tail=r"[A-Za-z0-9_\-]{40,200}"),
    _token("Anthropic key", "sk-ant-", tail=r"[A-Za-z0-9_\-]{80,120}"),
    _token("Hugging Face token", "hf_", tail="[A-Za-z]{34}"),
    _token("DigitalOcean token", "dop_v1_", "doo_v1_", "dor_v1_", tail="[a-f0-9]{64}"),
    _token("Databricks token", "dapi", tail="[a-f0-9]{32}(?:-[0-9])?"),
    _token("Shopify token", "shpat_", "shpss_", "shpca_", "shppa_", tail="[a-fA-F0-9]{32}"),
    _token("Square token", "sq0atp-", "sq0csp-", tail=r"[A-Za-z0-9_\-]{22,43}"),
    _token("HashiCorp Vault token", "hvs.", "hvb.", tail=r"[A-Za-z0-9_\-]{24,200}"),
    _token("Linear key", "lin_api_", tail="[A-Za-z0-9]{40}"),
    _token("age secret key", "AGE-SECRET-KEY-1", tail="[A-Z0-9]{58}"),
    Pattern(
        "Telegram bot token",
        (b":AA",),
        re.compile(rb":(AA[A-Za-z0-9_\-]{33})(?![A-Za-z0-9_\-])"),
        inside_word=True,
    ),
    Pattern(
        "Azure account key",
        (b"accountkey=", b"sharedaccesskey="),
        re.compile(rb"(?:accountkey|sharedaccesskey)=([A-Za-z0-9+/]{43,86}={1,2})", re.I),
    ),
    Pattern(
        "password in a connection string",
        (b"://",),
        re.compile(rb"://[^\s:/@'\"<>{}$()\[\]\\,]{0,64}:([^\s:/@'\"<>{}$()\[\]\\,]{3,100})@[A-Za-z0-9]"),
        PASSWORD,
        inside_word=True,
        check="url password",
    ),
    Pattern(
        "password in a connection string",
        (b"pwd=", b"password="),
        re.compile(rb"(?:pwd|password)=([^\s;'\"<>{}$%]{6,100});", re.I),
        PASSWORD,
        check="password",
    ),
    Pattern(
        "HTTP authorization",
        (b"bearer ", b"basic "),
        re.compile(rb"(?:bearer|basic) ([A-Za-z0-9+/_\-.]{20,400}={0,2})(?![A-Za-z0-9_])", re.I),
        check="random",
    ),
    *_assignments("password", (b"passwor", b"passwd", b"passphrase", b"pwd"), PASSWORD, "password"),
    *_assignments(
        "key or token",
        (
            b"secret",
            b"token",
            b"api_key",
            b"apikey",
            b"api-key",
            b"access_key",
            b"accesskey",
            b"auth_key",
            b"authkey",
            b"private_key",
            b"encryption_key",
            b"signing_key",
            b"client_key",
            b"credential",
        ),
        KEY,
        "random",
    ),
)
