"""Findings stand where they say, redacted text is sound and stays as it is, and no text takes more than its share of time and memory."""

from __future__ import annotations

import ast
import json
import time
import tracemalloc

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.filters import redact
from codecorpus.filters.finding import Finding
from codecorpus.filters.secrets import find_secrets
from secret_examples import ASSIGNMENTS, FORMS, TOKENS, fill, split

MARKED = [fill(text) for texts in FORMS.values() for text in texts] + [fill(text) for text in TOKENS.values()]
SECRETS = [split(text)[0] for text in MARKED]
GLUE = [
    *(" ", "\n", "=", '"', "'", ":", "@", "://", ".", "-", "_", "password=", "token: ", "secret = '", "é", "\U0001f600", "key", "://a:", "<", ">"),
    *("&", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "\\n", "1.", "::", "/", "version ", "ENV ", "sig=", "Bearer "),
    *("ada@lovelace.org", "81.2.69.160", "2a00:1450::1", "q8Zr!t5Kd", "a1B2c3D4e5F6g7H8i9", "<KEY>", "<EMAIL>", "x"),
]  # fmt: skip


def find(*texts: str) -> list[Finding]:
    return find_secrets(pa.array(texts, pa.large_string()))


@st.composite
def soups(draw):
    """Secrets, parts of secrets, and what stands around secrets, side by side."""
    pieces = []
    for _ in range(draw(st.integers(0, 8))):
        pieces.append("".join(draw(st.lists(st.sampled_from(GLUE), max_size=3))))
        secret = draw(st.sampled_from(SECRETS))
        if draw(st.booleans()):
            cut = draw(st.integers(0, len(secret)))
            secret = draw(st.sampled_from([secret[:cut], secret[cut:], secret]))
        pieces.append(secret)
    return "".join(pieces)


@given(st.lists(soups(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_nothing_is_found_in_a_redacted_text(texts):
    found = find(*texts)
    for row, text in enumerate(texts):
        mine = [one for one in found if one.row == row]
        for replace in (redact.redact, redact.redact_shell):
            assert find(replace(text.encode(), mine).decode()) == []


@given(st.lists(soups(), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_findings_are_ordered_apart_and_end_between_characters(texts):
    last = (-1, 0)
    for one in find(*texts):
        data = texts[one.row].encode()
        assert last <= (one.row, one.start) < (one.row, one.end) <= (one.row, len(data))
        data[: one.start].decode()
        data[: one.end].decode()
        last = (one.row, one.end)


@given(st.lists(soups(), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_document_is_judged_by_itself_whatever_stands_beside_it(texts):
    alone = [(row, one.start, one.end, one.kind) for row, text in enumerate(texts) for one in find(text)]
    assert [(one.row, one.start, one.end, one.kind) for one in find(*texts)] == alone


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_may_be_searched(data):
    for one in find_secrets(pa.array([data, b"-----BEGIN PRIVATE KEY-----" + data], pa.large_binary())):
        assert one.start < one.end


def test_offsets_are_bytes_of_the_document_and_rows_are_kept_apart():
    texts = ["é ada@lovelace.org", "", "ü\U0001f600 81.2.69.160 bob.s@lovelace.org"]
    found = find_secrets(pa.chunked_array([texts[:1], texts[1:]]))
    assert [(one.row, one.kind, texts[one.row].encode()[one.start : one.end]) for one in found] == [
        (0, "e-mail address", b"ada@lovelace.org"),
        (2, "IP address", b"81.2.69.160"),
        (2, "e-mail address", b"bob.s@lovelace.org"),
    ]


def test_a_token_stays_a_secret_where_it_is_part_of_an_address():
    token = fill(TOKENS["npm token"])
    (finding,) = find(f"see {token}@registry.acme.io")
    assert (finding.kind, finding.code) == ("npm token", "CC311")


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


def redacted(text: str) -> str:
    return redact.redact(text.encode(), find(text)).decode()


def test_redacted_python_and_json_can_still_be_read():
    forms = [*ASSIGNMENTS["Python"], *(json.dumps({"text": text}) for text in SECRETS)]
    for form in forms:
        value = fill("{A3}!q{A9}")
        text = (
            form.replace("{p}", value)
            .replace("{k}", fill("{A30}4k"))
            .strip(",")
            .replace('"secret":', "secret =")
        )
        assert "<" in redacted(text)
        ast.parse(redacted(text))
    for text in SECRETS:
        json.loads(redacted(json.dumps({"text": text})))


def test_a_key_in_several_strings_leaves_one_string_in_its_place():
    (marked,) = [text for text in MARKED if text.startswith("k = (")]
    assert (
        ast.literal_eval(redacted(split(marked)[0])[4:])
        == "-----BEGIN PRIVATE KEY-----\n<KEY>\n-----END PRIVATE KEY-----"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A_TOKEN={}\n", 'export A_TOKEN="<KEY>"\n'),
        ("A_TOKEN={} tool\n", 'A_TOKEN="<KEY>" tool\n'),
        ("A_TOKEN='{}'\n", "A_TOKEN='<KEY>'\n"),
        ('echo "see\nA_TOKEN={}\n"', 'echo "see\nA_TOKEN=<KEY>\n"'),
        ("tool --x={}\n", "tool --x=<KEY>\n"),
    ],
)
def test_a_bare_word_of_a_shell_gets_quotes(text, expected):
    text = text.format(fill(TOKENS["npm token"]))
    contents = pa.array([text, text], pa.large_string())
    found = find_secrets(contents)
    by_row = {row: [one for one in found if one.row == row] for row in (0, 1)}
    languages = pa.array(["Shell", None])
    assert redact.redacted_contents(contents, by_row, languages).to_pylist() == [
        expected,
        expected.replace('"<KEY>"', "<KEY>"),
    ]


HOSTILE = [
    *("password=", "password = '", 'password: "aB3$', "passwd='a_", "pass", "pass ", "pass: x ", "pass" + "a" * 40, "password=é", '\\password=\\"', "password(\"", "token"),
    *("token = 'aB", "secret_" * 5, "key=", "key = `", "api_key = '" + "a1B2" * 40 + "'\n", "password[a] : a a a ", "password: string a b c d e f g h i j k", "password" + " " * 24),
    *("eyJ", "eyJa.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----A", "-----BEGIN RSA PRIVATE KEY-----\n" + "A1b2/" * 20 + "\n", "Private-Lines: 9\nAAAA "),
    *("LS0tLS1CRUdJTiBSU0Eg ", "<D>AAAA", '"d":"a', "://a:", "://a:b@", "@", "a@", "a@b.", "x" * 50 + "@", "1.1.1.", "2a00:1:", "2001:", "_a", "sk-", "ghp_", "AKIA", "ya29."),
    *("xoxb-1-", "sl.", "pat.", "A" * 22, "q~", "-us1", "a" * 36 + "_mmk", "sig=", "bearer ", "basic QWxh", "authorization: token ", "-u a:", "mysql a b c d ", "mysql -p", "--password a"),
    *("getconnection(a,b,", "credentials(a,", "identified by '", "name: password\n value: ", "<password>aB3$xyz", "host=a password=b1c2d3 ", ":5432:a:b:c1d2e3f ", "auth_key', '", " " * 40 + "pass"),
]  # fmt: skip


def cpu(text: str) -> float:
    contents = pa.array([text], pa.large_string())
    started = time.process_time()
    find_secrets(contents)
    return time.process_time() - started


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece):
    find("warm")
    short, long = (piece * (size // len(piece.encode()) + 1) for size in (40_000, 320_000))
    # Eight times the text; a quadratic search takes 64 times as long. Below 30 ms the clock decides, and where the finds outgrow the
    # processor's cache: `q~` takes 0.011 s of 40 kB, 0.25 of 320 kB, and from there on twice as long for twice the text.
    assert min(cpu(long), cpu(long)) < 24 * max(min(cpu(short), cpu(short)), 0.03)


def test_hostile_text_takes_memory_in_proportion_to_its_length():
    find("warm")
    for piece in ("password=", "://a:b1c2d3e4@", "a1@b.co "):
        text = pa.array([piece * (200_000 // len(piece))], pa.large_string())
        tracemalloc.start()
        find_secrets(text)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 150 * 200_000, piece
