"""A secret of each kind is found and goes as a whole; what looks like one is left alone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from codecorpus.filters.addresses import is_personal_address
from codecorpus.filters.ip_addresses import is_public_ip, is_public_ipv6
from codecorpus.filters.secret_patterns import KINDS, PATTERNS
from codecorpus.filters.secrets import find_secrets
from secret_examples import ASSIGNMENTS, FORMS, LOOK_ALIKES, TOKENS, fill, split

PLACES = [
    'key = "{}"\n',
    "curl -H 'X: {}'",
    "export A={}\n",
    "{}",
    "url=https://x.y/?k={}&b",
    "<b>{}</b>",
    "# see {} there",
    '"a\\n{}\\n"',
]


def found_in(text: str) -> list[tuple[str, str]]:
    """(kind, value) of every finding."""
    data = text.encode()
    found = find_secrets(pa.array([text], pa.large_string()))
    return [(one.kind, data[one.start : one.end].decode()) for one in found]


def test_every_kind_has_an_example():
    assert set(TOKENS) | set(FORMS) | {"password", "key or token"} == set(KINDS)


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_is_found_whole_wherever_it_stands(kind):
    for seed, place in enumerate(PLACES):
        token = fill(TOKENS[kind], seed)
        assert (kind, token) in found_in(place.format(token)), place


@pytest.mark.parametrize("kind", TOKENS)
def test_what_only_starts_like_a_token_is_none(kind):
    token = fill(TOKENS[kind])
    short, filled = token[: len(token) // 4], token[: len(token) // 4] + "x" * (len(token) - len(token) // 4)
    assert [name for name, _ in found_in(f"see {short} there")] == []
    assert kind not in [name for name, _ in found_in(f"see {filled} there")]
    # In the middle of a word, or going on after its end, it is part of something else.
    assert kind not in [name for name, _ in found_in(f"Abc{token}")] or kind == "GitLab runner token"


@pytest.mark.parametrize(
    ("kind", "marked"), [(kind, text) for kind, texts in FORMS.items() for text in texts]
)
def test_a_secret_is_known_by_what_stands_around_it(kind, marked):
    text, secret = split(fill(marked))
    found = found_in(f"x = 1\n{text}\ny = 2\n")
    assert (kind, secret) in found


@pytest.mark.parametrize(
    ("kind", "marked"), [(kind, text) for kind, texts in FORMS.items() for text in texts]
)
def test_without_a_secret_there_the_form_is_left_alone(kind, marked):
    text, secret = split(fill(marked))
    for instead in (
        "example",
        "<KEY>",
        "${SECRET}",
        "x" * (0 if kind == "password in a URL" else len(secret)),
    ):
        assert found_in(text.replace(secret, instead)) == []


@pytest.mark.parametrize(
    ("language", "form"), [(name, form) for name, forms in ASSIGNMENTS.items() for form in forms]
)
def test_a_value_set_to_a_telling_name_is_found_in_the_syntax_of_each_language(language, form):
    for seed in range(6):
        value = fill("{A2}q!{D2}Kd{A2}" if "{p}" in form else "{A20}4k{A12}", seed)
        text = form.replace("{p}", value).replace("{k}", value).replace("{{", "{").replace("}}", "}")
        assert value in [found for _, found in found_in(f"\n{text}")]


@pytest.mark.parametrize(
    ("language", "form"), [(name, form) for name, forms in ASSIGNMENTS.items() for form in forms]
)
def test_words_look_ups_and_placeholders_set_to_a_telling_name_are_left_alone(language, form):
    for value in (
        "changeme",
        "your_password_1",
        "<PASSWORD>",
        "${DB_PASSWORD}",
        "secret",
        "password123",
        "xxxxxxxx",
        "os.environ.pass1",
    ):
        text = form.replace("{p}", value).replace("{k}", value).replace("{{", "{").replace("}}", "}")
        assert found_in(f"\n{text}") == []


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_left_alone(text):
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("# Ada <ada@lovelace.org>", "e-mail address", "ada@lovelace.org"),
        ("mailto:ada.l+x@sub.lovelace.co.uk.", "e-mail address", "ada.l+x@sub.lovelace.co.uk"),
        ("E<lt>ada@lovelace.orgE<gt>", "e-mail address", "ada@lovelace.org"),
        ("alice@lovelace.org", "e-mail address", "alice@lovelace.org"),
        ("host = '81.2.69.160'", "IP address", "81.2.69.160"),
        ("http://81.2.69.160:8080/", "IP address", "81.2.69.160"),
        ("http://81.2.69.160/24/x", "IP address", "81.2.69.160"),
        ("ssh root@81.2.69.160", "IP address", "81.2.69.160"),
        ("http://[2a00:1450:4001:81b::200e]:80/", "IPv6 address", "2a00:1450:4001:81b::200e"),
        (
            "at 2a00:1450:4001:081b:1111:2222:3333:200E.",
            "IPv6 address",
            "2a00:1450:4001:081b:1111:2222:3333:200E",
        ),
    ],
)
def test_personal_data_is_found(text, kind, value):
    assert found_in(text) == [(kind, value)]


def test_addresses_by_themselves():
    assert is_personal_address(b"ada@lovelace.org")
    assert not is_personal_address(b"ada@test.example")
    assert is_public_ip(b"5.6.7.9", before=b"server_ip = '")
    assert not is_public_ip(b"5.6.7.9", before=b"x = '")
    assert is_public_ipv6(b"2a00:1450::1")
    assert not is_public_ipv6(b"2a00:1450::")


def test_the_last_setting_of_a_document_ends_where_the_document_does():
    texts = ["DB_PASSWORD=q8Zr!t5Kd", "x9\n"]
    (finding,) = find_secrets(pa.array(texts, pa.large_string()))
    assert (finding.row, finding.start, finding.end) == (0, 12, 21)


def test_literals_are_small_enough_for_the_tables():
    for pattern in PATTERNS:
        assert all(len(literal) >= 2 for literal in pattern.literals)
        assert "it" in pattern.regex.groupindex
