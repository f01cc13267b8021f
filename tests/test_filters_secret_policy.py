"""What becomes of documents with secrets in them, and what their decisions say: what kind and where, and never what."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from codecorpus.document import SOURCE_DOCUMENTS
from codecorpus.filters import FilterOptions, LicenceOptions, SecretOptions, decide
from codecorpus.filters.finding import MAX_PLACES, Finding, describe
from codecorpus.filters.secrets import find_secrets
from codecorpus.parse import ParseOptions, measure
from secret_examples import FORMS, TOKENS, fill, split

TOKEN = fill(TOKENS["GitHub token"])
CODE = "def mean(values):\n    # of a list, é\n    return sum(values) / len(values)\n"
LEAK = CODE + f'TOKEN = "{TOKEN}"\n# ask ada@lovelace.org\nOTHER = "{TOKEN}"\n'


def judge(*contents: str, language: str = "Python", **options: str):
    rows = [
        {
            "doc_id": index.to_bytes(16, "big"),
            "blob_id": "0" * 40,
            "repo_name": "repo",
            "path": f"src/file{index}.py",
            "content": content,
            "length_bytes": len(content.encode()),
            "src_encoding": "UTF-8",
            "language": language,
            "extension": "py",
        }
        for index, content in enumerate(contents)
    ]
    table = pa.Table.from_pylist(rows, schema=SOURCE_DOCUMENTS)
    measures = measure(table, ParseOptions()).table["measures"]
    return decide(
        table, measures, filter=FilterOptions(), licences=LicenceOptions(), secrets=SecretOptions(**options)
    )


def rows_of(result, code: str) -> list[dict]:
    return [row for row in result.decisions.to_pylist() if row["code"] == code]


@pytest.mark.parametrize(
    ("action", "personal", "kept", "content"),
    [
        ("redact", "redact", True, LEAK.replace(TOKEN, "<KEY>").replace("ada@lovelace.org", "<EMAIL>")),
        ("redact", "keep", True, LEAK.replace(TOKEN, "<KEY>")),
        ("keep", "redact", True, LEAK.replace("ada@lovelace.org", "<EMAIL>")),
        ("keep", "keep", True, None),
        ("drop", "redact", False, None),
        ("redact", "drop", False, None),
    ],
)
def test_secrets_and_personal_data_have_a_policy_each(action, personal, kept, content):
    result = judge(LEAK, CODE, action=action, personal_data=personal)
    assert result.kept.to_pylist() == [kept, True]
    assert result.table["content"].to_pylist() == [content, None]
    verdicts = {"redact": "edited", "drop": "dropped", "keep": "flagged"}
    (secret,), (address,) = rows_of(result, "CC311"), rows_of(result, "CC312")
    assert (secret["verdict"], secret["measured"]) == (verdicts[action], 2.0)
    assert (address["verdict"], address["measured"]) == (verdicts[personal], 1.0)


def places(detail: str) -> list[tuple[str, int, int, int]]:
    """(kind, line, start, end) of every place that a decision names."""
    found = []
    for part in detail.split("; "):
        kind = part.partition(": ")[0]
        found += [(kind, *map(int, one)) for one in re.findall(r"line (\d+) \[(\d+):(\d+)\]", part)]
    return found


def test_a_decision_says_where_in_the_original_text_the_secret_stood():
    (row,) = rows_of(judge(LEAK), "CC311")
    data = LEAK.encode()
    for kind, line, start, end in places(row["detail"]):
        assert kind == "GitHub token"
        assert data[start:end].decode() == TOKEN
        assert data[:start].count(b"\n") + 1 == line
    assert [line for _, line, _, _ in places(row["detail"])] == [4, 6]


@pytest.mark.parametrize("kind", [*TOKENS, *FORMS])
def test_neither_decision_nor_repr_nor_text_shows_a_secret(kind):
    text, secret = split(fill(TOKENS.get(kind) or FORMS[kind][0]))
    content = f'{CODE * 4}X = """\n{text}\n"""\n'
    result = judge(content)
    shown = f"{result.decisions.to_pylist()}{find_secrets(pa.array([content]))}{result.table['content'].to_pylist()}"
    assert secret not in shown
    assert rows_of(result, "CC311")


def test_many_places_are_counted_and_some_of_them_listed():
    text = "ada@lovelace.org\n" * 1000
    detail = describe(text.encode(), find_secrets(pa.array([text])))
    assert detail.startswith("e-mail address: 1000 at line 1 [0:16], line 2 [17:33]")
    assert detail.endswith("and 975 more")
    assert len(places(detail)) == MAX_PLACES


def test_kinds_are_told_apart_in_a_description():
    findings = [Finding(0, 0, 2, "b", b""), Finding(0, 4, 6, "a", b""), Finding(0, 6, 7, "b", b"")]
    assert describe(b"xx\nyyyy", findings) == "a: 1 at line 2 [4:6]; b: 2 at line 1 [0:2], line 2 [6:7]"


def test_shell_scripts_stay_shell_scripts():
    script = (
        "#!/bin/sh\n# runs the tool, with what it needs to know\nexport TOKEN="
        + TOKEN
        + "\nexec tool run --all\n"
    )
    result = judge(script, language="Shell")
    assert result.table["content"][0].as_py() == script.replace(TOKEN, '"<KEY>"')


def test_a_wrong_border_would_be_an_error_that_shows_no_text():
    from codecorpus.filters.redact import redacted_contents

    with pytest.raises(pa.ArrowInvalid) as error:
        redacted_contents(pa.array(["sécrét"], pa.large_string()), {0: [Finding(0, 0, 2, "x", b"<X>")]})
    assert "cr" not in str(error.value).replace("incorrect", "")
