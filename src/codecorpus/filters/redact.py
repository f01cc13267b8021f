"""Putting placeholders in the place of what was found, so that the file stays what it was: same quotes, same encoding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa

from codecorpus.filters.finding import Finding

# A word of a shell that is set without quotes; `<` would open a file there.
_BARE_IN_SHELL = re.compile(
    rb"(?:\A|\n)[ \t]*(?:(?:export|local|readonly|declare|typeset|env|set)[ \t]+(?:-\w+[ \t]+)*)?(?:\w+=\S*[ \t]+)*\w+=\Z"
)
_COMMENT_LINE = re.compile(rb"^[ \t]*#[^\n]*", re.M)


def redact(text: bytes, findings: Iterable[Finding]) -> bytes:
    """The text with each finding replaced; findings come in order and do not overlap.

    >>> redact(b"mail joe@acme.io now", [Finding(0, 5, 16, "e-mail address", b"<EMAIL>")])
    b'mail <EMAIL> now'
    """
    parts, at = [], 0
    for finding in findings:
        parts += [text[at : finding.start], finding.placeholder]
        at = finding.end
    return b"".join([*parts, text[at:]])


def redact_shell(text: bytes, findings: Iterable[Finding]) -> bytes:
    """The same for a shell script, where a placeholder in the place of a word without quotes has to get some.

    >>> redact_shell(b"export A=s3cr3tValue", [Finding(0, 9, 20, "password", b"<PASSWORD>")])
    b'export A="<PASSWORD>"'
    """
    parts, at = [], 0
    for finding in findings:
        bare = _is_bare_word(text, finding)
        parts += [
            text[at : finding.start],
            b'"' + finding.placeholder + b'"' if bare else finding.placeholder,
        ]
        at = finding.end
    return b"".join([*parts, text[at:]])


def _is_bare_word(text: bytes, finding: Finding) -> bool:
    """Whether a finding is a whole word set to a name, and not inside a string that began on a line before."""
    line = text.rfind(b"\n", 0, finding.start) + 1
    if not _BARE_IN_SHELL.match(text[line : finding.start]) or not re.match(
        rb"[\s;&|]|\Z", text[finding.end : finding.end + 1]
    ):
        return False
    before = _COMMENT_LINE.sub(b"", text[:line].replace(b'\\"', b""))
    return before.count(b'"') % 2 == 0


def redacted_contents(
    contents: pa.Array, findings_of: Mapping[int, list[Finding]], languages: pa.Array | None = None
) -> pa.Array:
    """A large_string column: the redacted text where there are findings, null where nothing changes.

    Args:
        contents: large_string.
        findings_of: row → its findings, in order.
        languages: string, Linguist's names; shell scripts get quotes where they need them.
    """
    texts: list[bytes | None] = [None] * len(contents)
    for row, findings in findings_of.items():
        is_shell = languages is not None and languages[row].as_py() == "Shell"
        text = contents[row].as_buffer().to_pybytes()
        texts[row] = redact_shell(text, findings) if is_shell else redact(text, findings)
    # By way of bytes: Arrow checks the encoding, and its error shows no text.
    return pa.array(texts, pa.large_binary()).cast(pa.large_string())
