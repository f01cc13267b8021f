"""Problems in, an index of their word n-grams out; and where its n-grams stand in documents.

An n-gram is `ngram` words in a row, whatever stands between them. So layout, quotes, brackets, operators and the marks of comments
do not matter, and a docstring is found behind `//` as well. Measured: n-grams of ten tokens, punctuation included, "found" HumanEval and
its kin in 10 % of 5,028 files that hold none of them (`for (int i = 0; i`); ten words with four names among them, in 1 file.

A text with fewer words has no n-gram and is not looked for: the shorter a phrase, the more innocent files hold it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from codecorpus.buffers import text_buffers, text_chunks
from codecorpus.dedup import _kernels_match as kernels
from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.problems import Benchmarks, Problems, read_problems
from codecorpus.dedup.sets import Hashes, Ints
from codecorpus.errors import DataError

# Bits of the filter for each n-gram. Nearly every n-gram of a corpus is in no benchmark, and 15 of 16 of them stop at
# one bit, in a filter that fits the second-level cache.
_FILTER_BITS = 16

_HITS = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class NgramIndex:
    """The n-grams of some benchmarks that count, and the texts they are from.

    Attributes:
        ngram: words in one n-gram.
        hashes: uint64, ascending, one for each distinct n-gram; its row is its *place*.
        places: int32, place of each pair of n-gram and text, ascending.
        texts: int32, text of each pair: a row of `problems.texts`.
        problems: the problems, and which texts are whose.
    """

    ngram: int
    hashes: Hashes
    places: npt.NDArray[np.int32]
    texts: npt.NDArray[np.int32]
    problems: Problems
    _bits: Hashes
    _slots: Ints

    def pairs(self) -> pl.DataFrame:
        """Each n-gram with each text that holds it: `place`, `text`."""
        return pl.DataFrame({"place": self.places, "text": self.texts})

    def find(self, contents: pa.Array | pa.ChunkedArray) -> pl.DataFrame:
        """Every place in these documents where an n-gram of the index stands.

        Args:
            contents: text of the documents.

        Returns:
            `row` of the document, `place` of the n-gram, `begin` and `end` in bytes of the document; by row and begin.
        """
        parts = [np.empty((4, 0), np.int64)]
        first = 0
        for data, offsets in text_chunks(contents):
            hits = self._hits(data, offsets)
            hits[0] += first
            first += len(offsets) - 1
            parts.append(hits)
        found = np.concatenate(parts, axis=1)
        schema = {"row": pl.Int64, "place": pl.Int32, "begin": pl.Int64, "end": pl.Int64}
        return pl.DataFrame(dict(zip(schema, found, strict=True))).cast(schema)  # type: ignore[arg-type]

    def _hits(self, data: npt.NDArray[np.uint8], offsets: Ints) -> Ints:
        """int64[4, hits] of one chunk; the second try has room for all, and it is rarely needed."""
        out = np.empty((4, _HITS), np.int64)
        for _ in range(2):
            total = kernels.find_hits(data, offsets, self.ngram, self.hashes, self._bits, self._slots, out)
            if total <= out.shape[1]:
                break
            out = np.empty((4, total), np.int64)
        return out[:, :total].copy()


def index_benchmarks(benchmarks: Benchmarks, options: ContaminationOptions) -> NgramIndex:
    """Read benchmark files and index their n-grams.

    Args:
        benchmarks: files (JSONL, also `.gz` and `.zst`, or Parquet) or folders of them.
        options: `ngram`, `min_names` and `max_problems` count here.

    Raises:
        UsageError: nothing was named.
        DataError: a file is missing or damaged, or there is nothing in all of them to look for.
    """
    problems = read_problems(benchmarks)
    hashes, texts = _ngrams(problems.texts, options)
    distinct, places = np.unique(hashes, return_inverse=True)
    pairs = pl.DataFrame({"place": places.astype(np.int32), "text": texts}).unique()
    common = _boilerplate(pairs, problems, options.max_problems)
    keeps = np.ones(len(distinct), np.bool_)
    keeps[common["place"].to_numpy()] = False
    pairs = pairs.filter(pl.col("place").is_in(common["place"].implode()).not_()).sort("place", "text")
    if not len(pairs):
        raise DataError(
            f"no text of {problems.problems.height:,} problems holds {options.ngram} words to look for",
            "Check that the files hold text under keys such as prompt, or lower ngram and min_names.",
        )
    new_places = np.cumsum(keeps) - 1
    bits, slots = _table(distinct[keeps])
    return NgramIndex(
        options.ngram,
        distinct[keeps],
        new_places[pairs["place"].to_numpy()].astype(np.int32),
        pairs["text"].to_numpy(),
        problems,
        bits,
        slots,
    )


def _ngrams(texts: pa.Array, options: ContaminationOptions) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """Hash and text of every n-gram with enough names, repeats included."""
    data, offsets = text_buffers(texts)
    room = (offsets[-1] - offsets[0]) // 2 + len(texts) + 1
    words, names, starts = (
        np.empty(room, np.uint64),
        np.empty(room, np.bool_),
        np.empty(len(offsets), np.int64),
    )
    count = kernels.hash_words(data, offsets, starts, words, names)
    hashes, owners = np.empty(count, np.uint64), np.empty(count, np.int32)
    found = kernels.hash_ngrams(words, names, starts, options.ngram, options.min_names, hashes, owners)
    return hashes[:found], owners[:found]


def _boilerplate(pairs: pl.DataFrame, problems: Problems, max_problems: int) -> pl.DataFrame:
    """The column `place` of the n-grams that too many problems of one benchmark share, counted by family."""
    families = problems.problems.select("benchmark", "family").with_row_index("problem")
    owners = (
        problems.fields.select("text", pl.col("problem").cast(pl.UInt32))
        .join(families, on="problem")
        .select("text", "benchmark", "family")
        .unique()
    )
    return (
        pairs.join(owners, on="text")
        .group_by("place", "benchmark")
        .agg(pl.col("family").n_unique())
        .filter(pl.col("family") > max_problems)
        .select("place")
        .unique()
    )


def _table(hashes: Hashes) -> tuple[Hashes, Ints]:
    """A filter, and a hash table that is half full at most."""
    bits = np.zeros(_power_of_two(len(hashes) * _FILTER_BITS // 64), np.uint64)
    slots = np.full(_power_of_two(2 * len(hashes)), -1, np.int64)
    kernels.fill_table(hashes, bits, slots)
    return bits, slots


def _power_of_two(least: int) -> int:
    return 1 << max(1, least - 1).bit_length()
