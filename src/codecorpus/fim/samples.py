"""Samples: what attends to itself. One part, or, in repository context, parts of one repository in the order of their imports.

What comes in: the parts of a corpus, and what they need around them. What goes out: `Samples`, which rows are filled with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codecorpus.fim import _kernels_samples as kernels
from codecorpus.fim.layout import NONE, SENTINELS_IN
from codecorpus.fim.parts import Parts
from codecorpus.fim.sentinels import Family, SentinelIds
from codecorpus.fragments import show_fields

Ints = npt.NDArray[np.int64]

#: Tokens that stand around a file of a repository, about: its path and its sentinels. Which files fit together is decided with it before
#: any is cut; what does not fit in the end begins the next sample.
AROUND_A_FILE = 20


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples as lists of parts.

    Attributes:
        order: int64[parts], indexes of the parts: sample by sample, and in order within one.
        offsets: int64[samples + 1], where each sample begins in `order`.
        lengths: int32[samples], tokens of each, with everything that is put around and between its parts.
        cuttable: bool[samples], whether a row's end may lie within: it is one part that is not transformed.
    """

    order: Ints
    offsets: Ints
    lengths: npt.NDArray[np.int32]
    cuttable: npt.NDArray[np.bool_]

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around parts, in tokens; int64[n] each.

    Attributes:
        open: before a part that begins a sample.
        body: the part itself, in its layout, with its path.
        joint: after a part that its sample goes on behind.
        close: after the last part of a sample.
    """

    open: Ints
    body: Ints
    joint: Ints
    close: Ints

    _repr_html_ = show_fields


def around(parts: Parts, row: Family, sentinels: SentinelIds, *, repository: bool) -> Around:
    """What stands around each part.

    A begin token, where the family has one, stands before a sample that a document begins with, and before every transformed part; in
    repository context before every sample. The end token stands after the last part of a document, and after a transformed part, because a
    middle without an end teaches a model never to stop. Within a sample the next file's token ends what is before it; where the family
    has none, a middle gets its own end.
    """
    is_cut = parts.layout != NONE
    has_begin = (row.begin is not None) & (is_cut | (parts.part == 0) | repository)
    named = (parts.name > 0) * (parts.name.astype(np.int64) + int(sentinels.repo is not None))
    pathed = (parts.path > 0) * (parts.path.astype(np.int64) + int(sentinels.file is not None))
    inserted = np.array(SENTINELS_IN, np.int64)[parts.layout]
    return Around(
        open=np.asarray(has_begin + named, np.int64),
        body=np.asarray(pathed + parts.tokens + inserted, np.int64),
        joint=np.asarray(is_cut & (sentinels.file is None), np.int64),
        close=np.asarray(is_cut | parts.is_last, np.int64),
    )


def single_samples(parts: Parts, needed: Around) -> Samples:
    """Each part by itself."""
    count = len(parts)
    lengths = needed.open + needed.body + needed.close
    return Samples(
        np.arange(count, dtype=np.int64),
        np.arange(count + 1, dtype=np.int64),
        lengths.astype(np.int32),
        parts.layout == NONE,
    )


@dataclass(frozen=True, slots=True)
class Order:
    """Where each document stands among all, and with which others; int64[documents] each, from `repository_order`.

    Attributes:
        rank: place of a document in the order of the corpus.
        group: number of the part of its repository; documents of one group may share a sample.
    """

    rank: Ints
    group: Ints

    _repr_html_ = show_fields


def ordered_samples(
    parts: Parts, documents: Ints, order: Order, needed: Around, sequence_length: int
) -> Samples:
    """Samples of repositories; each copy of a document stands among the same copies of its neighbours.

    Args:
        parts: of the whole corpus.
        documents: int64[n], the document of each part, as `order` counts them.
        order: of the documents.
        needed: what stands around each part.
        sequence_length: tokens in a row, at most.
    """
    placed = np.lexsort((parts.part, order.rank[documents], parts.copy))
    groups = order.group[documents] + parts.copy.astype(np.int64) * (int(order.group.max(initial=0)) + 1)
    return repository_samples(needed, placed, groups, sequence_length)


def repository_samples(
    needed: Around, order: Ints, groups: npt.NDArray[Any], sequence_length: int
) -> Samples:
    """Parts of one group (a repository, or a connected part of one) together, as many as fit a sequence.

    Args:
        needed: what stands around each part.
        order: int64[n], the parts, group by group and in order within one.
        groups: integer[n], the group of each part, by part.
        sequence_length: tokens in a row, at most; no part by itself needs more.
    """
    begins = np.empty(len(order), np.bool_)
    lengths = np.empty(len(order), np.int32)
    count = kernels.fill_samples(
        order, groups, needed.open, needed.body, needed.joint, needed.close, sequence_length, begins, lengths
    )
    offsets = np.concatenate([np.flatnonzero(begins), [len(order)]])
    return Samples(order, offsets.astype(np.int64), lengths[:count].copy(), np.zeros(count, np.bool_))
