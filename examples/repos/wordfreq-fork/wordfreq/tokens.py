"""Cut text into words.

A word is a run of letters. One apostrophe or hyphen between two letters does not end
it; everything else does. Words come out case-folded, so that counts do not depend on
where in a sentence a word stood.
"""

from typing import Iterator

_JOINERS = frozenset("'\u2019-")


def words(text: str) -> Iterator[str]:
    """Yield the words of `text` in order, case-folded.

    >>> list(words("Don't panic: it's well-known, isn't it?"))
    ["don't", 'panic', "it's", 'well-known', "isn't", 'it']
    """
    start = -1
    length = len(text)
    for position, character in enumerate(text):
        if character.isalpha():
            if start < 0:
                start = position
            continue
        joins = (
            start >= 0
            and character in _JOINERS
            and position + 1 < length
            and text[position + 1].isalpha()
            and text[position - 1].isalpha()
        )
        if not joins and start >= 0:
            yield normalize(text[start:position])
            start = -1
    if start >= 0:
        yield normalize(text[start:])


def normalize(word: str) -> str:
    """The form under which a word is counted: case-folded, with a plain apostrophe."""
    return word.replace("\u2019", "'").casefold()


def sentences(text: str) -> Iterator[str]:
    """Yield rough sentences: stretches that end with a full stop, question or exclamation mark.

    Abbreviations end a sentence too early; for counting words that does no harm.
    """
    start = 0
    for position, character in enumerate(text):
        if character in ".!?":
            sentence = text[start : position + 1].strip()
            if sentence:
                yield sentence
            start = position + 1
    rest = text[start:].strip()
    if rest:
        yield rest
