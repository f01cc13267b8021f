"""A table of pre-tokens that grows with the text: bytes go in, batch after batch; distinct byte strings and their counts come out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecorpus.tokenize import _kernels_count as k

#: What a mode's scanner needs: the class of each code point, the mode's number, and the bytes of the longest pre-token that counts.
Cut = tuple[NDArray[np.uint8], int, int]


class PretokenCounter:
    """Counts the pre-tokens of documents, apart for each group of documents.

    Its memory is 64 to 256 bytes for each distinct (pre-token, group), and the bytes of those pre-tokens that have more than eight.
    """

    def __init__(self, cut: Cut) -> None:
        """An empty table.

        Args:
            cut: how text is cut; at most 65,535 bytes for a pre-token.
        """
        self._cut = cut
        self._rows = np.zeros((1 << 13, k.ROW_WIDTH), np.int64)
        self._arena = np.empty(max(1 << 16, 2 * cut[2]), np.uint8)
        self._used = self._filled = 0

    @property
    def used(self) -> int:
        """Distinct pre-tokens so far."""
        return self._used

    def add(
        self, data: NDArray[np.uint8], offsets: NDArray[np.int64], groups: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Count documents.

        Args:
            data: their bytes.
            offsets: document i is `data[offsets[i] : offsets[i + 1]]`.
            groups: the group of each document, from 0 to 2**47; of one below 0 nothing is counted.

        Returns:
            int64[documents, 4]: how many pre-tokens of each were too long to be counted, their bytes, and the length and the start of
            the longest (`_kernels_count.LEFT` and following).
        """
        notes = np.zeros((len(groups), k.NOTE_WIDTH), np.int64)
        place = np.array([0, offsets[0], self._used, self._filled])
        while True:
            k.count_pretokens((data, offsets, groups), self._cut, (self._rows, self._arena), place, notes)
            self._used, self._filled = int(place[2]), int(place[3])
            if place[0] >= len(groups):
                return notes
            self._grow()

    def _grow(self) -> None:
        if 2 * self._used >= len(self._rows):
            wider = np.zeros((4 * len(self._rows), k.ROW_WIDTH), np.int64)
            k.move_rows(self._rows, wider)
            self._rows = wider
        else:
            arena = np.empty(2 * len(self._arena), np.uint8)
            arena[: self._filled] = self._arena[: self._filled]
            self._arena = arena

    def take(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """What was counted, in no order, and begin anew: the strings end to end, their borders, groups and counts."""
        rows = self._rows[self._rows[:, k.META] != 0]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(rows[:, k.META] & 0xFFFF, out=offsets[1:])
        strings = np.empty(offsets[-1], np.uint8)
        k.gather_rows(rows, self._arena, offsets, strings)
        self._rows = np.zeros((1 << 13, k.ROW_WIDTH), np.int64)
        self._used = self._filled = 0
        return strings, offsets, rows[:, k.META] >> 16, rows[:, k.COUNT].copy()
