"""Planted secrets are found, look-alikes are not, and no time is lost on hostile text.

The planted values are drawn at run time, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import random
import string
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.filters import redact
from codecorpus.filters.addresses import is_personal_address
from codecorpus.filters.ip_addresses import is_public_ip
from codecorpus.filters.secret_patterns import PATTERNS
from codecorpus.filters.finding import Finding
from codecorpus.filters.secrets import find_secrets

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URL = ALNUM + "_-"


def found_in(text: str) -> list[tuple[str, str]]:
    """(kind, value) of every finding."""
    data = text.encode()
    return [
        (one.kind, data[one.start : one.end].decode())
        for one in find_secrets(pa.array([text], pa.large_string()))
    ]


# kind → how a value is drawn: (prefix, alphabet, length of the rest)
TOKENS = {
    "AWS access key id": ("AKIA", string.ascii_uppercase + "234567", 16),
    "GitHub token": ("ghp_", ALNUM, 36),
    "GitHub fine-grained token": ("github_pat_", ALNUM, 82),
    "GitLab token": ("glpat-", URL, 20),
    "Slack token": ("xoxb-", string.digits, 40),
    "Stripe key": ("sk_live_", ALNUM, 24),
    "Google API key": ("AIza", URL, 35),
    "Google OAuth secret": ("GOCSPX-", URL, 28),
    "Google OAuth token": ("ya29.", URL, 60),
    "npm token": ("npm_", ALNUM, 36),
    "PyPI token": ("pypi-AgEIcHlwaS5vcmc", URL, 80),
    "RubyGems token": ("rubygems_", HEX, 48),
    "Docker token": ("dckr_pat_", URL, 27),
    "Twilio key": ("SK", HEX, 32),
    "Mailgun key": ("key-", HEX, 32),
    "OpenAI project key": ("sk-proj-", ALNUM, 60),
    "Anthropic key": ("sk-ant-", ALNUM, 95),
    "Hugging Face token": ("hf_", string.ascii_letters, 34),
    "DigitalOcean token": ("dop_v1_", HEX, 64),
    "Databricks token": ("dapi", HEX, 32),
    "Shopify token": ("shpat_", HEX, 32),
    "Square token": ("sq0atp-", ALNUM, 22),
    "HashiCorp Vault token": ("hvs.", ALNUM, 30),
    "Linear key": ("lin_api_", ALNUM, 40),
    "age secret key": ("AGE-SECRET-KEY-1", string.ascii_uppercase + string.digits, 58),
}
PLACES = ['key = "{}"\n', "curl -H 'X: {}'", "export A={}\n", "{}", "url=https://x.y/?k={}&b", "<b>{}</b>"]


def draw(kind: str, seed: int) -> str:
    prefix, alphabet, length = TOKENS[kind]
    chosen = random.Random(f"{kind}{seed}").choices(alphabet, k=length)
    chosen[-1] = (
        "a" if alphabet != string.digits and "a" in alphabet else chosen[-1]
    )  # a dash at the end is no part of a word
    return prefix + "".join(chosen)


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_with_a_form_of_their_own_are_found_whole(kind):
    missed = []
    for seed in range(40):
        value = draw(kind, seed)
        place = PLACES[seed % len(PLACES)]
        if value not in [text for _, text in found_in(place.format(value))]:
            missed.append(value)
    assert len(missed) <= 1, missed


def test_every_kind_of_token_is_planted_here_or_below():
    elsewhere = {
        "private key",
        "Slack app token",
        "Slack webhook",
        "JSON web token",
        "SendGrid key",
        "OpenAI key",
        "Telegram bot token",
        "Azure account key",
        "password in a connection string",
        "HTTP authorization",
        "password",
        "key or token",
    }
    assert {pattern.kind for pattern in PATTERNS} == set(TOKENS) | elsewhere


def rand(alphabet: str, length: int, seed: int = 0) -> str:
    return "".join(random.Random(f"{alphabet}{length}{seed}").choices(alphabet, k=length))


BASE64 = ALNUM + "+/"
BODY = "\n".join(rand(BASE64, 64, line) for line in range(12))
WEB_TOKEN = f"eyJ{rand(ALNUM, 33)}.eyJ{rand(URL, 60)}.{rand(ALNUM, 43)}"

COMPOSED = [
    ("private key", f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----", BODY.strip()),
    (
        "private key",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\\n{rand(BASE64, 300)}\\n-----END OPENSSH PRIVATE KEY-----",
        rand(BASE64, 300),
    ),
    (
        "Slack webhook",
        "https://hooks.slack.com/services/"
        + (hook := f"T{rand(HEX[:10], 8)}/B{rand(HEX[:10], 8)}/{rand(ALNUM, 24)}"),
        hook,
    ),
    (
        "Slack app token",
        app := f"xapp-1-A{rand(string.digits, 10)}-{rand(string.digits, 13)}-{rand(HEX, 64)}",
        app,
    ),
    ("JSON web token", f"'{WEB_TOKEN}'", WEB_TOKEN),
    ("SendGrid key", grid := f"SG.{rand(ALNUM, 22)}.{rand(ALNUM, 43)}", grid),
    ("OpenAI key", ai := f"sk-{rand(ALNUM, 20)}T3BlbkFJ{rand(ALNUM, 20)}", ai),
    ("Telegram bot token", f"{rand(string.digits[1:], 10)}:{(bot := 'AA' + rand(ALNUM, 33))}", bot),
    ("Azure account key", f"AccountName=a;AccountKey={(azure := rand(BASE64, 86) + '==')};", azure),
    ("password in a connection string", "postgres://app:q8Zr!t5Kd@db.corp.net:5432/app", "q8Zr!t5Kd"),
    ("password in a connection string", "Server=s;User Id=u;Password=q8Zr!t5Kd;", "q8Zr!t5Kd"),
    ("HTTP authorization", f"Authorization: Bearer {(bearer := rand(ALNUM, 40))}", bearer),
    ("password", "DB_PASSWORD = 'q8Zr!t5Kd'", "q8Zr!t5Kd"),
    ("password", "define('DB_PASSWORD', 'q8Zr!t5Kd');", "q8Zr!t5Kd"),
    ("password", 'const passwd: string = "q8Zr!t5Kd"', "q8Zr!t5Kd"),
    ("password", '{"password": "q8Zr!t5Kd"}', "q8Zr!t5Kd"),
    ("key or token", f'aws_secret_access_key = "{(aws := rand(BASE64, 40))}"', aws),
    ("key or token", f"API_KEY={(bare := rand(HEX, 32))}\n", bare),
    ("key or token", f"'client_secret' => '{(client := rand(ALNUM, 32))}'", client),
]


@pytest.mark.parametrize(
    ("kind", "text", "value"), COMPOSED, ids=[f"{case[0]}-{n}" for n, case in enumerate(COMPOSED)]
)
def test_secrets_of_a_composed_form_are_found(kind, text, value):
    found = found_in(f"x = 1\n{text}\ny = 2\n")
    assert [name for name, _ in found] == [kind]
    assert value in found[0][1]


@pytest.mark.parametrize(
    "text",
    [
        'password = "changeme"',
        'password = "your_password_1"',
        'password = getpass("Password 1: ")',
        "password = config['db_pass1']",
        'password: "${DB_PASSWORD}"',
        'token = "IDENTIFIER"',
        'token_type = "next_token_2"',
        'SecretKeyFactory", "PBEWithHmacSHA256AndAES_128"',
        "token = l2BaseTokenAddress",
        'secret_id = "6fa459ea-ee8a-3ca4-894e-db77e160355e"',
        'token: "0x5C221E77624690fff6dd741493D735a17716c26B"',
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        '"integrity": "sha512-' + "q8Zrt5Kd" * 10 + '=="',
        "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "-----BEGIN PRIVATE KEY-----",
        'PEM_HEADER = "-----BEGIN RSA PRIVATE KEY-----"\nPEM_FOOTER = "-----END RSA PRIVATE KEY-----"',
        "http://user:password@example.com/",
        "git@github.com:a/b.git and ssh://git@host.org/a",
        "icon@2x.png func@v2.10.1.sql a@b noreply@github.com user@example.com",
        "127.0.0.1 10.1.2.3 192.168.7.8 203.0.113.9 8.8.8.8 255.255.255.0 1.2.3.4 40.40.40.40",
        "version 81.2.69.160",
        "see section 4.1.2.1 and 2.0.11.3",
        "1.2.3.4.5 256.1.1.1 01.2.3.4 v81.2.69.160",
        "M6.72 15.68 1.82.7.98 0 2",
    ],
)
def test_look_alikes_are_left_alone(text):
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("# Ada <ada@lovelace.org>", "e-mail address", "ada@lovelace.org"),
        ("mailto:ada.l+x@sub.lovelace.co.uk.", "e-mail address", "ada.l+x@sub.lovelace.co.uk"),
        ("E<lt>ada@lovelace.orgE<gt>", "e-mail address", "ada@lovelace.org"),
        ("host = '81.2.69.160'", "IP address", "81.2.69.160"),
        ("http://81.2.69.160:8080/", "IP address", "81.2.69.160"),
    ],
)
def test_personal_data_is_found(text, kind, value):
    assert found_in(text) == [(kind, value)]


def test_addresses_by_themselves():
    assert is_personal_address(b"ada@lovelace.org")
    assert not is_personal_address(b"ada@test.example")
    assert is_public_ip(b"5.6.7.9", before=b"server_ip = '")
    assert not is_public_ip(b"5.6.7.9", before=b"x = '")


def test_offsets_are_bytes_of_the_document_and_rows_are_kept_apart():
    texts = ["é ada@lovelace.org", "", "ü\U0001f600 81.2.69.160 bob.s@lovelace.org"]
    found = find_secrets(pa.chunked_array([texts[:1], texts[1:]]))
    assert [(one.row, one.kind) for one in found] == [
        (0, "e-mail address"),
        (2, "IP address"),
        (2, "e-mail address"),
    ]
    assert [texts[one.row].encode()[one.start : one.end] for one in found] == [
        b"ada@lovelace.org",
        b"81.2.69.160",
        b"bob.s@lovelace.org",
    ]


def test_redaction_replaces_each_finding():
    texts = pa.array(["a", "é ada@lovelace.org, 81.2.69.160!"], pa.large_string())
    found = find_secrets(texts)
    assert redact.redacted_contents(texts, {1: found}).to_pylist() == [None, "é <EMAIL>, <IP_ADDRESS>!"]


@given(st.text("ab\u00e9\U0001f600", max_size=30), st.data())
@settings(max_examples=100, deadline=None)
def test_redaction_keeps_everything_else(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    at = [len(text[:cut].encode()) for cut in range(len(text) + 1)]
    findings = [Finding(0, at[a], at[b], "x", b"<X>") for a, b in spans]
    expected, last = "", 0
    for a, b in spans:
        expected, last = expected + text[last:a] + "<X>", b
    assert redact.redact(text.encode(), findings).decode() == expected + text[last:]


@given(
    st.lists(
        st.sampled_from(
            [
                "token",
                "=",
                "'",
                '"',
                "a1B2c3D4e5F6g7H8",
                "://",
                ":",
                "@",
                "x.io",
                "-----BEGIN ",
                "PRIVATE KEY-----",
                "\n",
                "eyJ",
                ".",
                "é",
                "9.8.7.6",
            ]
        ),
        max_size=40,
    ).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_findings_are_ordered_apart_and_inside_the_text(text):
    found = find_secrets(pa.array([text], pa.large_string()))
    size, last = len(text.encode()), 0
    for one in found:
        assert last <= one.start < one.end <= size
        last = one.end
    redact.redact(text.encode(), found).decode()


@pytest.mark.parametrize(
    "piece",
    [
        "token",
        "password=",
        "://a:",
        "-----BEGIN RSA PRIVATE KEY-----A",
        "eyJ",
        "a@",
        "1.1.1.",
        "passwd='a_",
        "sk-",
        "bearer ",
        "_a",
        "x" * 50 + "@",
        "token = 'aB",
        "secret_" * 5,
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece):
    text = piece * (200_000 // len(piece))
    find_secrets(pa.array(["warm"]))
    started = time.process_time()
    find_secrets(pa.array([text]))
    assert time.process_time() - started < 5
