"""Picks, as `codecorpus.measures` states them → tables for the kernel that counts them, for one grammar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import tree_sitter
from numpy.typing import NDArray

from codecorpus.measures import PYTHON_2, SHARES, STUBS, Pick, Share

# Columns of `PickTable.picks`.
COUNTER, WITHIN, INSIDE, AFTER, FIRST_WORD, LAST_WORD, IS_ALONE, IS_EMPTY, FIRST_BYTES = range(9)
#: In a column that names a set: any kind will do.
ANY = -1


@dataclass(frozen=True, slots=True)
class PickTable:
    """What is counted in one language.

    Attributes:
        first: int32[kinds + 2], the picks of kind k are `order[first[k]:first[k + 1]]`; the last kind is that of errors.
        order: int32, rows of `picks`.
        picks: int64[n, 9], columns as above. `FIRST_BYTES` has a bit for the first byte, modulo 64, of each word.
        sets: bool[sets, kinds + 1], which kinds are in a set.
        words: uint8, all words, one after the other.
        word_offsets: int32[words + 1].
        is_prefix: bool per word: any text that starts so will do.
        counters: share → (its counter, the counter of its base, or None where a base is named).
        stubs: the counter of what says "not written yet".
        python_2: the counter of what only Python 2 has.
        size: counters in all.
    """

    first: NDArray[np.int32]
    order: NDArray[np.int32]
    picks: NDArray[np.int64]
    sets: NDArray[np.bool_]
    words: NDArray[np.uint8]
    word_offsets: NDArray[np.int32]
    is_prefix: NDArray[np.bool_]
    counters: tuple[tuple[Share, int, int | None], ...]
    stubs: int
    python_2: int
    size: int

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """What the kernel takes, in its order."""
        return self.first, self.order, self.picks, self.sets, self.words, self.word_offsets, self.is_prefix


def kind_ids(language: tree_sitter.Language, names: Iterable[str]) -> list[int]:
    """Ids of the kinds with these names: several may share one, and a grammar may have none; tokens without a name stand in quotes.

    >>> import tree_sitter_json
    >>> json = tree_sitter.Language(tree_sitter_json.language())
    >>> len(kind_ids(json, ["object", "'{'", "class"]))
    2
    """
    by_name = _ids_by_name(language)
    return sorted(kind for name in set(names) for kind in by_name.get(name, ()))


@cache
def _ids_by_name(language: tree_sitter.Language) -> Mapping[str, list[int]]:
    ids: dict[str, list[int]] = {}
    for kind in range(language.node_kind_count):
        if language.node_kind_is_visible(kind):
            name = language.node_kind_for_id(kind) or ""
            ids.setdefault(name if language.node_kind_is_named(kind) else f"'{name}'", []).append(kind)
    return ids


def compile_picks(name: str, language: tree_sitter.Language) -> PickTable:
    """The tables for a language.

    Args:
        name: Linguist's name, as the picks have it.
        language: its grammar.
    """
    shares = [share for share in SHARES if name in share.picks]
    counted: list[tuple[Pick, ...]] = []
    counters = []
    for share in shares:
        counted.append(share.picks[name])
        base = None
        if share.per:
            counted.append(share.per[name])
            base = len(counted) - 1
        counters.append((share, len(counted) - 1 - (base is not None), base))
    counted += [STUBS.get(name, ()), PYTHON_2 if name == "Python" else ()]
    return _tables(language, counted, tuple(counters))


def _tables(
    language: tree_sitter.Language,
    counted: Sequence[tuple[Pick, ...]],
    counters: tuple[tuple[Share, int, int | None], ...],
) -> PickTable:
    size = language.node_kind_count + 1
    sets: dict[str, int] = {}
    words: list[str] = []
    rows: list[tuple[int, ...]] = []
    by_kind: list[list[int]] = [[] for _ in range(size)]
    for counter, picks in enumerate(counted):
        for pick in picks:
            first = len(words)
            words += pick.words.split()
            numbers = [
                sets.setdefault(names, len(sets)) if names else ANY
                for names in (pick.within, pick.inside, pick.after)
            ]
            for kind in kind_ids(language, pick.kinds.split()):
                by_kind[kind].append(len(rows))
            place = (counter, *numbers, first, len(words), pick.is_alone, pick.is_empty)
            rows.append((*place, _first_bytes(words[first:])))
    members = np.zeros((len(sets), size), np.bool_)
    for names, number in sets.items():
        members[number, kind_ids(language, names.split())] = True
    texts = [word.removesuffix("*").encode() for word in words]
    return PickTable(
        first=np.cumsum([0, *map(len, by_kind)], dtype=np.int32),
        order=np.array([row for rows_of_kind in by_kind for row in rows_of_kind], np.int32),
        picks=np.array(rows, np.int64).reshape(len(rows), 9),
        sets=members,
        words=np.frombuffer(b"".join(texts), np.uint8),
        word_offsets=np.cumsum([0, *map(len, texts)], dtype=np.int32),
        is_prefix=np.array([word.endswith("*") for word in words], np.bool_),
        counters=counters,
        stubs=len(counted) - 2,
        python_2=len(counted) - 1,
        size=len(counted),
    )


def _first_bytes(words: Sequence[str]) -> int:
    """A bit for the first byte of each word: with it, nearly every node is passed over without looking at a word."""
    if not words or "*" in words:
        return -1
    bits = sum({1 << (word.encode()[0] % 64) for word in words})
    return bits - (1 << 64) if bits >= 1 << 63 else bits
