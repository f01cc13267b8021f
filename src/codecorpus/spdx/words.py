"""A text as the words that its meaning is in: what a comparison of licences looks at.

Lower case, letters and digits only, so that line breaks, quotes, bullets and comment marks do not matter. Lines that name the holder
of the copyright are left out, as they differ in every copy; so are HTML's tags. `licence` is `license`.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+")
#: `Copyright 2020 A. Author`, `(c) 2020`, `All rights reserved.` on a line of their own, behind whatever marks a comment.
#: "copyright notice", at the start of a line of a licence, is none.
_HOLDER = re.compile(
    r"^[^\w\n©]{0,20}(?:(?:spdx-filecopyrighttext|portions copyright|copyrights?)[ \t,:]*(?:\(c\)|©|&copy;|\d{4}|<|\[|\{|by\b)"
    r"|\(c\)[ \t]|©|all rights reserved\b[^\w\n]*$)[^\n]*",
    re.MULTILINE,
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
    low = _TAG.sub(" ", _LEADER.sub("", _HOLDER.sub("", text.lower())))
    return _WORD.findall(_PLUS.sub(r"\1 or later ", low.replace("licence", "license")))


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
        line = " ".join(_MAIL.sub("", line).strip(" \t\r*/#;%-.,!\"'").split())[:200]
        named = re.search(r"[^\W\d_]{2,}", _NOT_A_NAME.sub("", line.lower()))
        if named and not _PLACEHOLDER.search(line):
            lines[line] = None
        if len(lines) == limit:
            break
    return list(lines)


_MAIL = re.compile(r"[<(\[]?[^\s<>()\[\]]{1,100}(?:@| at | \[at\] )[^\s<>()\[\]]{1,100}[>)\]]?")
_PLUS = re.compile(r"((?:gpl|license|version)[ ,-]*v?\d(?:\.\d)?)\+")
_NOT_A_NAME = re.compile(r"spdx-filecopyrighttext|portions|copyrights?|all rights reserved|\(c\)|by\b")
_PLACEHOLDER = re.compile(
    r"<(?:year|owner|copyright)|\[(?:year|yyyy|name|fullname)|\{(?:year|yyyy|name)|\byyyy\b", re.IGNORECASE
)
