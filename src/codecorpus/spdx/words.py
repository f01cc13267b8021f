"""A text as the words that its meaning is in: what a comparison of licences looks at.

Lower case, letters and digits only, so that line breaks, quotes, bullets and comment marks do not matter. Lines that name the holder
of the copyright are left out, as they differ in every copy; so are HTML's tags. `licence` is `license`.
"""

from __future__ import annotations

import re

#: How lines that name a holder begin: `Copyright 2020 A. Author`, `(c) 2020`, `All rights reserved.` on a line of their own, behind
#: whatever marks a comment. "copyright notice", at the start of a line of a licence, is none.
_HOLDER_START = (
    r"^[^\w\n©]{0,20}(?:(?:spdx-filecopyrighttext|portions copyright|copyrights?)[ \t,:]*(?:\(c\)|©|&copy;|\d{4}|<|\[|\{|by\b)"
    r"|\(c\)[ \t]|©|all rights reserved\b[^\w\n]*$)"
)
_HOLDER = re.compile(_HOLDER_START + r"[^\n]*", re.MULTILINE)
#: The same, but for lines that go on with terms: "Copyright (c) 2020 A. Licensed under the MIT license."
_HOLDER_ALONE = re.compile(
    _HOLDER_START + r"(?![^\n]*(?:licen[cs]|permi|proprietar|public domain|gpl))[^\n]*", re.MULTILINE
)
_TAG = re.compile(
    r"</?(?:p|br|hr|ul|ol|li|b|i|u|em|strong|h[1-6]|a|div|span|code|pre|tt|table|t[rdh]|html|body|head|title|meta|font|blockquote)\b[^<>]{0,300}>"
)
#: Words that stand before each line in some languages' comments.
_LEADER = re.compile(r"^[ \t]*(?:rem|dnl)\b", re.MULTILINE)


def licence_words(text: str) -> list[str]:
    r"""The words of a text, in order.

    >>> licence_words("// Copyright (c) 2020 A. Author\n// The Licence, as-is.")
    ['the', 'license', 'as', 'is']
    """
    low = _LEADER.sub("", _HOLDER_ALONE.sub("", text.lower())).replace("licence", "license")
    low = _TAG.sub(" ", low) if "</" in low else low
    low = _PLUS.sub(r"\1 or later ", low) if "+" in low else low
    # Three times as fast as a regular expression.
    return low.encode("utf-8", "replace").translate(_ONLY_WORDS).decode("ascii").split()


_ONLY_WORDS = bytes(
    code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for code in range(256)
)


def holder_lines(text: str, limit: int = 20) -> list[str]:
    r"""The lines that name a holder of the copyright, each once, the first `limit` of them.

    Without comment marks, and without mail addresses, which are personal data that no licence asks to repeat.

    >>> holder_lines("# Copyright (c) 2020 A. Author <a@b.org>\n# Copyright (c) <year> <name>\n")
    ['Copyright (c) 2020 A. Author']
    """
    lines: dict[str, None] = {}
    for match in _HOLDER.finditer(text.lower()):
        # Lower case of some letters is longer or shorter; then the text's own positions are not these.
        line = text[match.start() : match.end()] if len(text.lower()) == len(text) else match[0]
        line = line[:_LONGEST_HOLDER]
        line = " ".join(_TERMS.sub("", _MAIL.sub("", line)).strip(" \t\r*/#;%-.,!\"'").split())[:200]
        named = re.search(r"[^\W\d_]{2,}", _NOT_A_NAME.sub("", line.lower()))
        if named and not _PLACEHOLDER.search(line):
            lines[line] = None
        if len(lines) == limit:
            break
    return list(lines)


#: Characters of a line that are looked at: what follows is read in time that grows with their square (80,000 blanks took two minutes).
_LONGEST_HOLDER = 500
_MAIL = re.compile(r"[<(\[]?[^\s<>()\[\]]{1,100}(?:@| at | \[at\] )[^\s<>()\[\]]{1,100}[>)\]]?")
_PLUS = re.compile(r"((?:gpl|license|version)[ ,-]*v?\d(?:\.\d)?)\+")
_NOT_A_NAME = re.compile(r"spdx-filecopyrighttext|portions|copyrights?|all rights reserved|\(c\)|by\b")
_TERMS = re.compile(
    r"\W*\b(?:all rights reserved|(?:dual[- ])?licen[cs]ed?|released|distributed|use of this|this )\b.*",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"<(?:year|owner|copyright)|\[(?:year|yyyy|name|fullname)|\{(?:year|yyyy|name)|\byyyy\b", re.IGNORECASE
)
