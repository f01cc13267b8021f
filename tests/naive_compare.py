"""What the kernels of `codecorpus.tokenize.comparison*` count, in the plainest form: one text, one token, one byte after the other."""

from __future__ import annotations

import math
import re
from collections import Counter

from codecorpus.unicode import CLASSES, LOWER, MARK, NUMBER, UPPER

_LETTER = {UPPER: "U", LOWER: "l", MARK: "m", NUMBER: "9"}
_RUN = re.compile(r"[Ulm9_]+")
_PART = re.compile(r"U?[lm]+|U+(?![lm])|9+")


def shape(text):
    """A letter for the class of each character; `.` for what no identifier has."""
    return "".join("_" if char == "_" else _LETTER.get(CLASSES[ord(char)], ".") for char in text)


def identifiers(text):
    """For each identifier its bounds in bytes, and the bounds of its sub-words."""
    where = [0]
    for char in text:
        where.append(where[-1] + len(char.encode()))
    found = []
    for run in _RUN.finditer(shape(text)):
        if not set(run[0]) & set("Ul") or run[0][0] == "9":
            continue
        parts = [
            (where[run.start() + part.start()], where[run.start() + part.end()])
            for part in _PART.finditer(run[0])
        ]
        found.append(((where[run.start()], where[run.end()]), parts))
    return found


def overlap(one, other):
    return max(one[0], other[0]) < min(one[1], other[1])


def spans(tokens):
    start, found = 0, []
    for token in tokens:
        found.append((start, start + len(token)))
        start += len(token)
    return found


def touches(text, tokens):
    """(crossing tokens, pairs of a token and an identifier that it has bytes of, identifiers)."""
    known = identifiers(text)
    crossing = pairs = 0
    for span in spans(tokens):
        crossing += any(sum(overlap(span, part) for part in parts) > 1 for _, parts in known)
        pairs += sum(overlap(span, bounds) for bounds, _ in known)
    return crossing, pairs, len(known)


def lines(text):
    """Bounds of the lines in bytes, line feed included, and what is compared of each."""
    data, start, found = text.encode(), 0, []
    for line in data.split(b"\n"):
        end = min(start + len(line) + 1, len(data))
        if end > start:
            found.append(((start, end), line.strip(b" \t\n\v\f\r")))
        start = end
    return found


def novel(text, tokens, known):
    """(bytes, tokens) in lines that are not known; a token counts by the share of its bytes."""
    places = set()
    for (start, end), line in lines(text):
        if line and line not in known:
            places |= set(range(start, end))
    shares = [len(places & set(range(start, end))) / (end - start) for start, end in spans(tokens)]
    return len(places), math.fsum(shares)


def known_lines(texts):
    return {line for text in texts for _, line in lines(text) if line}


def renyi(ids, size, alpha=2.5):
    if not ids or size < 2:
        return None
    shares = [count / len(ids) for count in Counter(ids).values()]
    return math.log(sum(share**alpha for share in shares)) / (1 - alpha) / math.log(size)


def line_cuts(text):
    """Places in bytes in front of a line's first character that is not blank; the first line has none."""
    data = text.encode()
    return [
        at
        for at in range(1, len(data))
        if data[at] not in b" \t\n\v\f\r" and re.search(rb"\n[ \t\n\v\f\r]*\Z", data[:at])
    ]


def character_cuts(text):
    data = text.encode()
    return [at for at in range(1, len(data)) if data[at] & 0xC0 != 0x80]


def quantile(values, share):
    """Interpolated between the two nearest values."""
    values = sorted(values)
    place = share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def mixed(value):
    value &= 2**64 - 1
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) % 2**64
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) % 2**64
    return value ^ value >> 31


GOLDEN = 0x9E3779B97F4A7C15


def resamples(values, seed, count):
    """Column sums of rows drawn with replacement, for each replicate."""
    sums = []
    for replicate in range(count):
        key = mixed(seed + (replicate + 1) * GOLDEN)
        rows = [values[mixed(key + (draw + 1) * GOLDEN) % len(values)] for draw in range(len(values))]
        sums.append([sum(column) for column in zip(*rows, strict=True)])
    return sums
