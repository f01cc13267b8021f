"""From encoded documents to parts: cut to fit a sequence, transformed or not, each with its own middle.

What comes in: `Texts` of a shard. What goes out: flat ids and `Parts`.

* A document that fits a sequence is never cut. A longer one is cut at ends of lines, across as few subtrees as possible.
* Every part, transformed and with everything around it, fits the sequence length: no triple is ever truncated.
* Every byte is in exactly one part. A document without tokens has no part.
* Prefix, middle and suffix have the ids of their text by itself: only around the two cuts anything is encoded again, and what meets the ids
  of the whole is copied. A middle between tokens is the exception: it keeps them.
* A part's decision is a hash of (seed, epoch, document, part): the same for any order of documents and any number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.buffers import CutTexts
from codecorpus.errors import UsageError
from codecorpus.fim import _kernels_cuts as kernels
from codecorpus.fim import draws, layout
from codecorpus.fim._kernels import copy_to
from codecorpus.fim.options import FimOptions, minimum_sequence_length, overheads, spm_code
from codecorpus.fim.parts import Parts
from codecorpus.fim.sentinels import SentinelIds, family
from codecorpus.fim.spans import SPANS, TOKEN, byte_limits, can_be_cut, choose_cuts, choose_kinds
from codecorpus.fim.texts import Encoder, Ids, Ints, Texts
from codecorpus.fragments import show_fields

# Tokens that a part of a long document has to spare: encoded again around two cuts it grows by about two.
_SPARE = 4


@dataclass(frozen=True, slots=True)
class Cutting:
    """What decides how documents are cut.

    Attributes:
        options: the `[fim]` options.
        sequence_length: tokens in a packed row, at most.
        sentinels: ids of the control tokens; of `repo` and `file` those that are written.
        seed: the run's seed.
    """

    options: FimOptions
    sequence_length: int
    sentinels: SentinelIds
    seed: int = 0

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class _Recut:
    """Parts that were encoded again.

    Attributes:
        ids: of all of them, one after the other.
        rows: int64[n], which parts they are.
        counts: int64[n, 3], ids of prefix, middle and suffix of each.
    """

    ids: Ids
    rows: Ints
    counts: Ints


def cut_documents(texts: Texts, encoder: Encoder | None, cutting: Cutting) -> tuple[Ids, Parts]:
    """Cut documents into parts, choose each part's layout and middle, and encode again what was cut.

    Args:
        texts: the documents.
        encoder: the tokenizer that gave the ids; None where only ids are known: middles then lie between tokens.
        cutting: what decides.

    Returns:
        The ids of all parts, one after the other (name, path, text), and the parts.

    Raises:
        UsageError: the sequence length is below what a part needs around it; the message says the minimum.
    """
    extra = _extra(texts, cutting.sentinels)
    lengths = _lengths(texts, encoder)
    pieces = _split(texts, encoder, lengths, extra, cutting)
    document, part = pieces[:, 0], pieces[:, 1]
    hashes = draws.part_draws(
        texts.keys[document], part, seed=cutting.seed, epoch=cutting.options.epoch + texts.copy[document]
    )
    room = cutting.sequence_length - extra[document]
    codes = _choose_layouts(hashes, pieces[:, 3], room, cutting.options)
    kinds = choose_kinds(hashes, cutting.options)
    kinds[codes == layout.NONE] = TOKEN
    cuts = np.zeros((len(pieces), 2), np.int64)
    if encoder is None:
        kinds[:] = TOKEN
        recut = _Recut(texts.ids[:0], np.zeros(0, np.int64), np.zeros((0, 3), np.int64))
    else:
        is_known = len(lengths) > 0
        recut = _cut_bytes(texts, encoder, pieces, (hashes, kinds, codes, room), is_known, cutting.options)
    between = (kinds == TOKEN) & (codes != layout.NONE)
    cuts[between] = choose_cuts(pieces[between, 3], hashes[between], cutting.options)
    counts = np.stack([cuts[:, 0], cuts[:, 1] - cuts[:, 0], pieces[:, 3] - cuts[:, 1]], axis=1)
    counts[recut.rows] = recut.counts
    return _assemble(texts, pieces, (codes, kinds), counts, recut)


def _extra(texts: Texts, sentinels: SentinelIds) -> Ints:
    """int64[n]: tokens for name and path of each document, with what stands before them."""
    names, paths = np.diff(texts.names)[:, 0], np.diff(texts.paths)[:, 0]
    control = (names > 0) * int(sentinels.repo is not None) + (paths > 0) * int(sentinels.file is not None)
    return np.asarray(names + paths + control, np.int64)


def _split(
    texts: Texts,
    encoder: Encoder | None,
    lengths: npt.NDArray[np.uint32],
    extra: Ints,
    cutting: Cutting,
) -> Ints:
    """int64[parts, 7]: document, part, first token, tokens, 1 for the last part of a document, first byte, byte after the last."""
    plain, transformed = overheads(cutting.options)
    length, minimum = cutting.sequence_length, minimum_sequence_length(cutting.options)
    longest = int(extra.max(initial=0))
    if length < minimum + longest:
        around = max(plain, transformed) + longest
        raise UsageError(
            f"sequence_length = {length} is too short for the parts of family {cutting.options.family!r}",
            f"It needs {minimum + longest} tokens at least: {around} around a part, the rest for the part (fim.min_middle).",
        )
    budget = length - max(plain, transformed) - extra
    spare = np.where(budget >= 16 * _SPARE, _SPARE, 0) if encoder is not None else 0
    limits = np.stack([length - plain - extra, budget - spare], axis=1)
    line_ends = (
        np.zeros(int(texts.ids.max(initial=0)) + 1, np.bool_) if encoder is None else encoder.line_ends()
    )
    out = np.empty((_most_parts(np.diff(texts.tokens)[:, 0], limits), 7), np.int64)
    count = kernels.split_documents(
        texts.data,
        texts.texts,
        texts.ids,
        texts.tokens,
        line_ends,
        lengths,
        limits,
        texts.trees,
        texts.tree_ranges,
        out,
    )
    return out[:count]


def _lengths(texts: Texts, encoder: Encoder | None) -> npt.NDArray[np.uint32]:
    """uint32[vocabulary]: bytes of each id; none where the ids do not spell the texts, as some tokenizers change text first."""
    nothing = np.empty(0, np.uint32)
    if encoder is None:
        return nothing
    lengths = encoder.lengths()
    return lengths if kernels.spells(texts.ids, texts.tokens, texts.texts, lengths) else nothing


def _most_parts(sizes: Ints, limits: Ints) -> int:
    """Parts that `split_documents` may write, at most: each but the last has half of what it may."""
    whole, budget = limits[:, 0], limits[:, 1]
    return int(np.where(sizes <= whole, sizes > 0, -(-sizes // np.maximum(budget // 2, 1)) + 1).sum())


def _choose_layouts(
    hashes: draws.Draws, tokens: Ints, room: Ints, options: FimOptions
) -> npt.NDArray[np.int8]:
    is_transformed = (draws.uniform(hashes, draws.IS_TRANSFORMED) < options.rate) & can_be_cut(
        tokens, options
    )
    is_suffix_first = draws.uniform(hashes, draws.IS_SUFFIX_FIRST) < options.spm_rate
    codes = np.where(is_suffix_first, spm_code(options), layout.PSM)
    # A document that only just fits stays whole and untransformed: cutting it to make room for sentinels would be the worse harm.
    return np.where(is_transformed & (tokens + _needed(options)[codes] <= room), codes, layout.NONE).astype(
        np.int8
    )


def _needed(options: FimOptions) -> Ints:
    """int64[layouts]: tokens that a part of each layout needs beyond its own."""
    row = family(options.family)
    return np.array([layout.overhead(row, code) for code in range(len(layout.LAYOUTS))], np.int64)


def _cut_bytes(
    texts: Texts,
    encoder: Encoder,
    pieces: Ints,
    decided: tuple[draws.Draws, npt.NDArray[np.int8], npt.NDArray[np.int8], Ints],
    is_known: bool,
    options: FimOptions,
) -> _Recut:
    """Middles of characters, lines and subtrees.

    `kinds` is rewritten: a part that has no such middle, or one that does not fit, is cut between tokens.
    """
    hashes, kinds, codes, room = decided
    rows = np.flatnonzero(kinds != TOKEN)
    if not is_known:
        # Where parts begin and end in the text is known only of whole documents.
        is_whole = (pieces[rows, 1] == 0) & (pieces[rows, 4] == 1)
        kinds[rows[~is_whole]] = TOKEN
        rows = rows[is_whole]
        pieces[rows, 5:7] = texts.texts[pieces[rows, 0]]
    document = pieces[rows, 0]
    spans, cuts, found = pieces[rows, 5:7], np.zeros((len(rows), 2), np.int64), kinds[rows]
    limits = byte_limits(np.diff(spans)[:, 0], pieces[rows, 3], options)
    kernels.choose_byte_cuts(
        texts.data,
        spans,
        found,
        draws.drawn(hashes[rows], draws.CUTS),
        limits,
        texts.texts[document, 0],
        texts.trees,
        texts.tree_ranges[document],
        cuts,
    )
    kinds[rows] = found
    rows, cuts = rows[found != TOKEN], cuts[found != TOKEN]
    ids, sizes = encoder.recut(_cut_texts(texts, pieces[rows], cuts))
    fits = _fits(sizes, codes[rows], room[rows], options)
    kinds[rows[~fits]] = TOKEN
    kept = np.repeat(fits, sizes.sum(axis=1))
    return _Recut(ids[kept], rows[fits], sizes[fits])


def _cut_texts(texts: Texts, pieces: Ints, cuts: Ints) -> CutTexts:
    return CutTexts(
        data=texts.data,
        texts=pieces[:, 5:7].copy(),
        ids=texts.ids,
        tokens=np.stack([pieces[:, 2], pieces[:, 2] + pieces[:, 3]], axis=1),
        cuts=cuts,
        contexts=texts.texts[pieces[:, 0], 0].copy(),
    )


def _fits(sizes: Ints, codes: npt.NDArray[np.int8], room: Ints, options: FimOptions) -> npt.NDArray[np.bool_]:
    """bool[n]: whether the parts fit a sequence, and their middles the limits, as they are encoded now."""
    middle = sizes[:, 1]
    most = np.iinfo(np.int64).max if options.max_middle is None else options.max_middle
    is_middle = (middle >= options.min_middle) & (middle <= most)
    return np.asarray(is_middle & (sizes.sum(axis=1) + _needed(options)[codes] <= room))


def _assemble(
    texts: Texts,
    pieces: Ints,
    codes: tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]],
    counts: Ints,
    recut: _Recut,
) -> tuple[Ids, Parts]:
    """One stretch of ids for each part: name, path, text."""
    layouts, kinds = codes
    document, tokens = pieces[:, 0], counts.sum(axis=1)
    is_recut = np.zeros(len(pieces), np.bool_)
    is_recut[recut.rows] = True
    firsts = pieces[:, 2].copy()
    firsts[recut.rows] = np.cumsum(tokens[recut.rows]) - tokens[recut.rows]
    names, paths = texts.names[document], texts.paths[document]
    sizes = np.stack([np.diff(names)[:, 0], np.diff(paths)[:, 0], tokens], axis=1)
    borders = np.concatenate([[0], np.cumsum(sizes)])
    begins, ends = borders[:-1].reshape(-1, 3), borders[1:].reshape(-1, 3)
    flat = np.empty(int(borders[-1]), texts.ids.dtype)
    copy_to(texts.heads, names[:, 0], begins[:, 0], ends[:, 0], flat)
    copy_to(texts.heads, paths[:, 0], begins[:, 1], ends[:, 1], flat)
    for values, some in ((texts.ids, ~is_recut), (recut.ids, is_recut)):
        copy_to(values, firsts[some], begins[some, 2], ends[some, 2], flat)
    stored = sizes.sum(axis=1)
    is_cut = layouts != layout.NONE
    return flat, Parts.from_columns(
        document=texts.document[document],
        copy=texts.copy[document],
        part=pieces[:, 1],
        start=np.cumsum(stored) - stored,
        name=sizes[:, 0],
        path=sizes[:, 1],
        tokens=tokens,
        layout=layouts,
        span=kinds,
        prefix=np.where(is_cut, counts[:, 0], 0),
        middle=np.where(is_cut, counts[:, 1], 0),
        is_last=pieces[:, 4],
    )


def layouts_of(parts: Parts) -> dict[str, int]:
    """Parts by layout."""
    return _by_name(parts.layout, layout.LAYOUTS)


def _by_name(codes: npt.NDArray[Any], names: tuple[str, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}


def spans_of(parts: Parts) -> dict[str, int]:
    """Transformed parts by the kind of their span."""
    return _by_name(parts.span[parts.layout != layout.NONE], SPANS)
