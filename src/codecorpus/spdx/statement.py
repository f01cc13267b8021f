"""What a text says about licences, from the full texts and notices in it: a licence file, or the head of a source file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codecorpus.spdx.expressions import Expression, Licence, all_of, ids_of
from codecorpus.spdx.ids import base_of
from codecorpus.spdx.notices import VAGUE, Notice, find_notices, joined, offers_choice
from codecorpus.spdx.texts import MOST_WORDS, TextMatch, match_words

#: A full text has one of these, whatever the licence; most notices have none of them, and need not be compared.
_TEXT_WORDS = frozenset(
    {
        "permission",
        "permitted",
        "redistribution",
        "redistributions",
        "liable",
        "license",
        "public",
        "licensor",
    }
)
_FEWEST_WORDS = 12
#: Where a licence file turns to the licences of other things that come along.
_BUNDLED = re.compile(
    r"\b(?:bundled (?:dependenc|software|third|librar|with|code|compon)"
    r"|third part(?:y|ies)(?: \w+)? (?:licen|software|notice|compon|code|librar|depend|material|packages)"
    r"|(?:licenses?|notices?) (?:of|for) (?:bundled|third|other|included|dependenc)|externally maintained librar"
    r"|(?:includes?|contains?|incorporates?|bundles?|vendors?) (?:\w+ ){0,8}"
    r"(?:third part|other (?:projects|packages|software)|under (?:their|other|different|the following))"
    r"|the following (?:third part|components|packages|libraries|software (?:may be|is) (?:included|bundled)|licenses? appl))"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text says.

    Attributes:
        expression: the licence that it grants; None where none is recognised.
        bundled: licences of other things that come along, behind words that say so.
        similarity: lowest of the full texts that count for `expression`; None where there are only notices.
        is_choice: it names no licence, but offers a choice, as a file does that points to two others.
    """

    expression: Expression | None
    bundled: Expression | None = None
    similarity: float | None = None
    is_choice: bool = False


NOTHING = Statement(None)


def read_statement(words: tuple[str, ...]) -> Statement:
    """What the words of a text say; kept for texts seen before, as one notice stands in many files.

    >>> from codecorpus.spdx import licence_words
    >>> str(read_statement(tuple(licence_words("Licensed under the MIT license or GPL v2, at your option."))).expression)
    'MIT OR GPL-2.0-only'
    """
    return _read(" ".join(words[:MOST_WORDS]))


@lru_cache(maxsize=4096)
def _read(text: str) -> Statement:
    # The key is one string: as many words in a tuple take ten times its memory.
    words = tuple(text.split())
    enough = len(words) >= _FEWEST_WORDS and not _TEXT_WORDS.isdisjoint(words)
    texts = match_words(words) if enough else ()
    notices = [notice for notice in find_notices(words) if not _belongs_to_text(notice, texts)]
    if texts:  # which says it in full; "GPL-compatible" histories and "BSD licensed" titles say no more
        notices = [notice for notice in notices if str(notice.expression) not in VAGUE]
    if not texts and not notices:
        return Statement(None, is_choice=bool(words) and offers_choice(words))
    texts_and_notices = _raised(texts, notices)
    border = _bundled_border(words, min(start for start, _ in texts_and_notices))
    # Behind a full text, a notice speaks of a part: documentation under CC-BY-SA, sample code under CC0.
    told = min((match.start for match in texts), default=len(words))
    outside = _outside(words[:border], texts)
    told = len(words) if offers_choice(outside) else told
    of_parts = {notice.word for notice in notices if told < notice.word < border}
    main = [expression for start, expression in texts_and_notices if start < border and start not in of_parts]
    bundled = [expression for start, expression in texts_and_notices if start >= border or start in of_parts]
    similar = [match.similarity for match in texts if match.start < border]
    return Statement(
        joined(outside, main),
        all_of(bundled),
        min(similar) if similar else None,
    )


def _belongs_to_text(notice: Notice, texts: Sequence[TextMatch]) -> bool:
    """Whether a notice is a licence's own: in its text, or behind it as the example of how to apply it."""
    bases = {base_of(spdx) for spdx in ids_of(notice.expression)}
    families = {base.partition("-")[0] for base in bases}
    return any(
        match.start <= notice.word < match.end
        or (notice.word >= match.end and match.spdx.partition("-")[0] in families)
        for match in texts
    )


def _raised(texts: Sequence[TextMatch], notices: Sequence[Notice]) -> list[tuple[int, Expression]]:
    """Texts and notices in their order; a notice before a text that grants later versions, or an exception, speaks for the text, too."""
    said = {base_of(one.expression.spdx): one for one in notices if isinstance(one.expression, Licence)}
    rows: list[tuple[int, Expression]] = [(notice.word, notice.expression) for notice in notices]
    for match in texts:
        notice = said.get(base_of(match.spdx))
        speaks = notice is not None and notice.word <= match.start
        rows.append((match.start, notice.expression if speaks and notice else Licence(match.spdx)))
    return sorted(rows, key=lambda row: (row[0], str(row[1])))


def _bundled_border(words: Sequence[str], first: int) -> int:
    """Number of the word where the text turns to bundled things; the end where it does not, or before anything was granted."""
    text = " ".join(words)
    for match in _BUNDLED.finditer(text):
        word = text.count(" ", 0, match.start())
        if word > first:
            return word
    return len(words)


def _outside(words: Sequence[str], texts: Sequence[TextMatch]) -> list[str]:
    """The words that no full text has: in theirs, "at your option" offers nothing."""
    kept: list[str] = []
    at = 0
    for match in texts:
        kept += words[at : max(at, match.start)]
        at = max(at, match.end)
    return [*kept, *words[at:]]
