"""An index of what is looked for of benchmarks, and where it stands in documents.

Everything that is looked for has a *place*: first the word n-grams, then the signatures, then the runs of code. A *text* is one field of a
problem in one of these three ways; a document holds a text as far as it holds its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from codecorpus.buffers import text_chunks
from codecorpus.dedup import _kernels_match as kernels
from codecorpus.dedup import _kernels_renamed as code_kernels
from codecorpus.dedup.code_words import word_lookup
from codecorpus.dedup.contamination_options import SHIPPED, ContaminationOptions
from codecorpus.dedup.index_data import RUN, IndexData, hash_problems, join_data, select_benchmarks
from codecorpus.dedup.index_file import read_shipped
from codecorpus.dedup.lookup import Lookup, filter_of, lookup_of
from codecorpus.dedup.problems import Benchmarks, read_problems
from codecorpus.dedup.sets import Hashes, Ints
from codecorpus.errors import DataError, UsageError
from codecorpus.fragments import show_fields

_HITS = 1 << 16

#: Columns of hits: row of the document, place, first byte, the byte after the last one, number of the last token (-1: not code).
HITS = pa.schema([(name, pa.int64()) for name in ("row", "place", "begin", "end", "token")])


@dataclass(frozen=True, slots=True, eq=False)
class NgramIndex:
    """What is looked for, ready for the kernels.

    Attributes:
        ngram: words in one n-gram.
        problems: one row per problem: `benchmark`, `problem`, `family`.
        fields: `text`, `problem`, `field`, `kind`, as `IndexData` has them.
        pairs: each place with each text that holds it: `place`, `text`; by place.
        places: how many places there are.
        kinds: the kind of each text: `text`, `kind`.
        code_sizes: the texts that are looked for by their code, with the number of their places: `text`, `size`.
    """

    ngram: int
    problems: pl.DataFrame
    fields: pl.DataFrame
    pairs: pl.DataFrame
    places: int
    kinds: pl.DataFrame
    code_sizes: pl.DataFrame
    _words: Lookup
    _names: Lookup
    _signatures: tuple[Ints, Ints, Hashes]
    _blind: Hashes
    _code: Lookup

    _repr_html_ = show_fields

    def find(self, contents: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Every place in these documents where something of the index stands.

        Args:
            contents: text of the documents.

        Returns:
            `HITS`; by row, and by begin within n-grams and signatures, and within code.
        """
        parts = [np.empty((5, 0), np.int64)]
        first = 0
        before_code = len(self._words.hashes) + len(self._signatures[1]) - 1
        for data, offsets in text_chunks(contents):
            words = self._find_words(data, offsets)
            code = self._find_code(data, offsets)
            code[1] += before_code
            found = np.concatenate([words, code], axis=1)
            found = found[:, np.argsort(found[0], kind="stable")]
            found[0] += first
            first += len(offsets) - 1
            parts.append(found)
        return pa.table(list(np.concatenate(parts, axis=1)), schema=HITS)

    def _find_words(self, data: np.ndarray, offsets: Ints) -> Ints:
        """int64[5, hits] of one chunk; the second try has room for all, and it is rarely needed."""
        out = np.empty((4, _HITS), np.int64)
        for _ in range(2):
            total = kernels.find_hits(
                data, offsets, self.ngram, self._words, self._names, self._signatures, out
            )
            if total <= out.shape[1]:
                break
            out = np.empty((4, total), np.int64)
        return np.concatenate([out[:, :total], np.full((1, total), -1)])

    def _find_code(self, data: np.ndarray, offsets: Ints) -> Ints:
        if not len(self._code.hashes):
            return np.empty((5, 0), np.int64)
        out = np.empty((5, _HITS), np.int64)
        for _ in range(2):
            total = code_kernels.find_code(data, offsets, word_lookup(), RUN, self._blind, self._code, out)
            if total <= out.shape[1]:
                break
            out = np.empty((5, total), np.int64)
        return out[:, :total].copy()


def index_benchmarks(
    benchmarks: Benchmarks | None = None, options: ContaminationOptions | None = None
) -> NgramIndex:
    """An index of benchmarks.

    Args:
        benchmarks: names of benchmarks that come with the package, files (JSONL, also `.gz` and `.zst`, or Parquet) or folders of
            them; by default those of the options.
        options: `ngram`, `min_names`, `max_problems`, `signatures` and `min_code_matches` count here.

    Raises:
        UsageError: nothing was named, or hashes that come with the package were made with other settings.
        DataError: a file is missing or damaged, or there is nothing in all of them to look for.
    """
    options = options or ContaminationOptions()
    return make_index(
        read_benchmarks(options.benchmarks if benchmarks is None else benchmarks, options), options
    )


def read_benchmarks(benchmarks: Benchmarks, options: ContaminationOptions) -> IndexData:
    """What is looked for of these benchmarks; see `index_benchmarks`."""
    named = [benchmarks] if isinstance(benchmarks, str | Path) else list(benchmarks)
    names = [name for name in named if isinstance(name, str) and name in SHIPPED]
    files = [name for name in named if name not in names]
    if not named:
        raise UsageError(
            "no benchmark named", f"Name some of {', '.join(SHIPPED)}, or files or folders of problems."
        )
    parts = [select_benchmarks(read_shipped(options), names)] if names else []
    if files:
        parts.append(hash_problems(read_problems(files), options))
    return join_data(parts)


def make_index(data: IndexData, options: ContaminationOptions) -> NgramIndex:
    """The index of hashed problems.

    Raises:
        DataError: there is nothing to look for.
    """
    words, word_pairs = _places(data.words)
    signatures = data.signatures if options.signatures else data.signatures.clear()
    signatures = signatures.sort("name", "text")
    enough = data.code.group_by("text").len().filter(pl.col("len") >= options.min_code_matches)
    searched = data.code.join(enough, on="text", how="semi")
    code, code_pairs = _places(searched)
    signed = signatures.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("place"), "text")
    pairs = pl.concat(
        [
            word_pairs,
            signed.with_columns(pl.col("place") + len(words)),
            code_pairs.with_columns(pl.col("place") + len(words) + signed.height),
        ]
    )
    if not len(word_pairs) and not len(signed) and not len(code_pairs):
        raise DataError(
            f"no text of {data.problems.height:,} problems holds {options.ngram} words to look for",
            "Check that the files hold text under keys such as prompt, or lower ngram and min_names.",
        )
    names = signatures["name"].unique().sort().to_numpy()
    lengths = signatures["parameters"].list.len().to_numpy()
    return NgramIndex(
        options.ngram,
        data.problems,
        data.fields,
        pairs,
        len(words) + signed.height + len(code),
        data.fields.select("text", "kind").unique(),
        enough.rename({"len": "size"}),
        lookup_of(words),
        lookup_of(names),
        (
            np.append(np.searchsorted(signatures["name"].to_numpy(), names), signed.height).astype(np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            signatures["parameters"].explode().drop_nulls().to_numpy(),
        ),
        filter_of(searched["blind"].to_numpy()),
        lookup_of(code),
    )


def _places(pairs: pl.DataFrame) -> tuple[Hashes, pl.DataFrame]:
    """The distinct hashes, ascending, and each pair with the row of its hash there: `place`, `text`."""
    hashes, places = np.unique(pairs["hash"].to_numpy(), return_inverse=True)
    rows = pl.DataFrame({"place": places.astype(np.int64), "text": pairs["text"]})
    return hashes, rows.sort("place", "text")
