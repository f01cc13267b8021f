"""Problems in, what is looked for of them out: hashes of word n-grams, of code without names, and of signatures. No text is left.

An n-gram is `ngram` words in a row, whatever stands between them. So layout, quotes, brackets, operators and the marks of comments
do not matter, and a docstring is found behind `//` as well. Measured: n-grams of ten tokens, punctuation included, "found" HumanEval and
its kin in 10 % of 5,028 files that hold none of them (`for (int i = 0; i`); ten words with four names among them, in 1 file.

A text with fewer words has no n-gram and is not looked for: the shorter a phrase, the more innocent files hold it. A signature is
shorter; it counts where the name has two parts or more, and these and the parameters of two letters or more are three together
(`docs/decontamination.md`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from codecorpus.buffers import text_buffers
from codecorpus.dedup import _kernels_match as kernels
from codecorpus.dedup import _kernels_renamed as code_kernels
from codecorpus.dedup.code_words import word_lookup
from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.lookup import hash_names
from codecorpus.dedup.problems import Problems
from codecorpus.dedup.sets import Hashes

#: Kinds of text: its word n-grams are looked for, its code without names, or a signature.
WORDS, CODE, SIGNATURE = 0, 1, 2

#: Tokens in one run of code.
RUN = 12
# Words or strings that a run must hold, so that punctuation and names alone are no evidence.
_RUN_WORDS = 1
# A solution of fewer runs is never looked for, nor one of fewer distinct words and strings: two nested loops are no solution.
_FEWEST_RUNS = 8
_FEWEST_WORDS = 4

# Fields that hold the solution, and not a test or a wrong answer.
_CODE_FIELDS = ("canonical_solution", "solution", "code", "program")
# Parts of a name: `nextPrime`, `next_prime` and `HTTPServer` have two.
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_LEAST_PARTS = 2
# So many parts of the name and parameters that are longer than a letter make a signature distinctive: `is_prime(n)` is not.
_LEAST_SIGNS = 3


@dataclass(frozen=True, slots=True, eq=False)
class IndexData:
    """What is looked for, as tables.

    Attributes:
        problems: one row per problem: `benchmark`, `problem`, `family`.
        fields: one row per place where a text stands: `text` (its number), `problem` (row of `problems`), `field`, `kind`. The
            solution that is looked for by words and the same by code are two texts.
        words: `hash` (uint64) of each n-gram, `text`.
        code: `blind` (uint64, of a run without its names), `hash` (the same with which names are equal), `text`.
        signatures: `name` (uint64), `parameters` (list of uint64), `text`.
    """

    problems: pl.DataFrame
    fields: pl.DataFrame
    words: pl.DataFrame
    code: pl.DataFrame
    signatures: pl.DataFrame

    @property
    def texts(self) -> int:
        """One more than the largest number of a text."""
        return int(self.fields["text"].max() or 0) + 1 if len(self.fields) else 0  # type: ignore[arg-type]


def hash_problems(problems: Problems, options: ContaminationOptions) -> IndexData:
    """Hash what is looked for of each problem.

    Args:
        problems: as read from files.
        options: `ngram`, `min_names` and `max_problems` count here.
    """
    texts = len(problems.texts)
    words = _words(problems.texts, options)
    code = _code(problems).with_columns(pl.col("text") + texts)
    signatures, signed = _signatures(problems, 2 * texts)
    fields = pl.concat(
        [
            problems.fields.with_columns(pl.lit(WORDS, pl.Int8).alias("kind")),
            problems.fields.filter(pl.col("field").is_in(_CODE_FIELDS)).with_columns(
                pl.col("text") + texts, pl.lit(CODE, pl.Int8).alias("kind")
            ),
            signed,
        ]
    )
    owners = (
        fields.join(_numbered(problems.problems), on="problem").select("text", "benchmark", "family").unique()
    )
    words, code = (
        pairs.join(
            _boilerplate(pairs, owners, options.max_problems), on="hash", how="anti", maintain_order="left"
        )
        for pairs in (words, code)
    )
    enough = code.group_by("text").len().filter(pl.col("len") >= _FEWEST_RUNS)
    code = code.join(enough, on="text", how="semi", maintain_order="left")
    return IndexData(problems.problems, fields, words, code, signatures)


def join_data(parts: Sequence[IndexData]) -> IndexData:
    """Several into one; the problems and texts of each are numbered after those of the ones before it."""
    problem, text = 0, 0
    moved = []
    for part in parts:
        by_text = pl.col("text") + text
        moved.append(
            IndexData(
                part.problems,
                part.fields.with_columns(by_text, pl.col("problem") + problem),
                part.words.with_columns(by_text),
                part.code.with_columns(by_text),
                part.signatures.with_columns(by_text),
            )
        )
        problem, text = problem + part.problems.height, text + part.texts
    return IndexData(
        *(
            pl.concat([getattr(part, name) for part in moved])
            for name in ("problems", "fields", "words", "code", "signatures")
        )
    )


def select_benchmarks(data: IndexData, benchmarks: Sequence[str]) -> IndexData:
    """What belongs to these benchmarks, in the order of the data."""
    rows = data.problems.with_row_index("problem_row").filter(pl.col("benchmark").is_in(list(benchmarks)))
    numbers = rows.select(pl.col("problem_row").cast(pl.Int32).alias("problem")).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("number")
    )
    fields = (
        data.fields.join(numbers, on="problem", maintain_order="left")
        .with_columns(pl.col("number").alias("problem"))
        .drop("number")
    )
    here = fields.select("text").unique()
    return IndexData(
        rows.drop("problem_row"),
        fields,
        *(
            table.join(here, on="text", how="semi", maintain_order="left")
            for table in (data.words, data.code, data.signatures)
        ),
    )


def _numbered(problems: pl.DataFrame) -> pl.DataFrame:
    """`problem` (row number), `benchmark`, `family`."""
    number = pl.int_range(pl.len(), dtype=pl.Int32).alias("problem")
    return problems.select("benchmark", "family").with_columns(number)


def _words(texts: pa.Array, options: ContaminationOptions) -> pl.DataFrame:
    """`hash`, `text` of every n-gram with enough names, once for each text."""
    data, offsets = text_buffers(texts)
    room = (offsets[-1] - offsets[0]) // 2 + len(texts) + 1
    words, names = np.empty(room, np.uint64), np.empty(room, np.bool_)
    starts = np.empty(len(offsets), np.int64)
    count = kernels.hash_words(data, offsets, starts, words, names)
    hashes, owners = np.empty(count, np.uint64), np.empty(count, np.int32)
    found = kernels.hash_ngrams(words, names, starts, options.ngram, options.min_names, hashes, owners)
    return _pairs(hashes[:found], owners[:found])


def _code(problems: Problems) -> pl.DataFrame:
    """`blind`, `hash`, `text` of every run of code that says enough, once for each text."""
    chosen = problems.fields.filter(pl.col("field").is_in(_CODE_FIELDS))["text"].unique().sort().to_numpy()
    data, offsets = text_buffers(problems.texts.take(pa.array(chosen)))
    room = int(offsets[-1] - offsets[0])
    blind, hashes = np.empty(room, np.uint64), np.empty(room, np.uint64)
    owners = np.empty(room, np.int32)
    found = code_kernels.hash_code(data, offsets, word_lookup(), RUN, _RUN_WORDS, (blind, hashes), owners)
    pairs = _pairs(hashes[:found], chosen[owners[:found]].astype(np.int32))
    both = pl.DataFrame({"hash": hashes[:found], "blind": blind[:found]}).unique("hash")
    told = code_kernels.known_tokens(data, offsets, word_lookup(), hashes, owners)
    words = _pairs(hashes[:told], chosen[owners[:told]].astype(np.int32)).group_by("text").len()
    enough = words.filter(pl.col("len") >= _FEWEST_WORDS)
    return (
        pairs.join(both, on="hash", maintain_order="left")
        .join(enough, on="text", how="semi", maintain_order="left")
        .select("blind", "hash", "text")
    )


def _pairs(hashes: Hashes, owners: npt.NDArray[np.int32]) -> pl.DataFrame:
    return pl.DataFrame({"hash": hashes, "text": owners}).unique(maintain_order=True)


def _signatures(problems: Problems, first: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The distinct signatures that are distinctive, numbered from `first`, and where they stand, as rows of `fields`."""
    chosen = [is_distinctive(name, parameters) for _, name, parameters in problems.signatures.iter_rows()]
    told = problems.signatures.filter(pl.Series(chosen, dtype=pl.Boolean))
    distinct = (
        told.select("name", "parameters")
        .unique(maintain_order=True)
        .with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int32).alias("text"))
    )
    fields = told.join(distinct, on=["name", "parameters"], maintain_order="left").select(
        "text", "problem", pl.lit("signature").alias("field"), pl.lit(SIGNATURE, pl.Int8).alias("kind")
    )
    hashed = {
        "name": hash_names(distinct["name"].to_list()),
        "parameters": [hash_names(names) for names in distinct["parameters"].to_list()],
        "text": distinct["text"],
    }
    return pl.DataFrame(
        hashed, schema={"name": pl.UInt64, "parameters": pl.List(pl.UInt64), "text": pl.Int32}
    ), fields


def is_distinctive(name: str, parameters: Sequence[str]) -> bool:
    """Whether a function's name with its parameters is rare enough to be looked for.

    >>> [is_distinctive(*one) for one in (("f", ["text"]), ("is_prime", ["n"]), ("isNested", ["string"]), ("main", ["argc", "argv"]))]
    [False, False, True, False]
    """
    parts = len(_PART.findall(name))
    return (
        parts >= _LEAST_PARTS
        and parts + sum(len(one) >= 2 for one in parameters) >= _LEAST_SIGNS
        and bool(parameters)
    )


def _boilerplate(pairs: pl.DataFrame, owners: pl.DataFrame, max_problems: int) -> pl.DataFrame:
    """The column `hash` of what too many problems of one benchmark share, counted by family."""
    return (
        pairs.select("hash", "text")
        .join(owners, on="text")
        .group_by("hash", "benchmark")
        .agg(pl.col("family").n_unique())
        .filter(pl.col("family") > max_problems)
        .select("hash")
        .unique()
    )
