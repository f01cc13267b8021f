"""The formats of trainers as data: what each one writes, which token ids fit it, what it has a place for, who reads it.

A format either keeps rows as they are and says in a column where their samples end, or knows nothing but one long run of token ids,
which its reader cuts every `sequence_length` tokens. In the second kind rows have to be padded, or every row after the first would be
cut elsewhere; where its samples end is then told by the end token, or by an index beside the ids.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import numpy as np

from codecorpus.errors import UsageError
from codecorpus.fragments import show_fields


@dataclass(frozen=True, slots=True)
class Facts:
    """What a writer has to know of the sequences beside their rows.

    Args:
        id_type: uint16 or uint32, as in the tables.
        vocab_size: every token id is below it.
        sequence_length: tokens in a row, at most.
        end_id: the token that ends a sample.
        pad_id: the token that fills rows up, where the vocabulary has one; without it the end token does.
    """

    id_type: np.dtype[Any]
    vocab_size: int
    sequence_length: int
    end_id: int | None
    pad_id: int | None = None

    _repr_html_ = show_fields


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        files: what stands in the folder.
        reader: what opens it.
        narrow: type of a token id where the vocabulary has at most 65,536.
        wide: type of a token id above that.
        is_padded: rows are filled up to the sequence length.
        borders: how its reader finds where a sample ends: `seq_lengths`, `index` or `end token`.
        has_loss_mask: there is a place for a loss mask.
    """

    files: str
    reader: str
    narrow: str
    wide: str
    is_padded: bool
    borders: str
    has_loss_mask: bool


#: Every format by its name. Megatron and litdata have no code for uint32.
FORMATS: dict[str, Format] = {
    "parquet": Format(
        "part-*.parquet", "polars, pyarrow, datasets", "uint16", "uint32", False, "seq_lengths", True
    ),
    "megatron": Format(
        "sequences.bin, sequences.idx",
        "megatron.core IndexedDataset, GPTDataset",
        "uint16",
        "int32",
        True,
        "end token",
        False,
    ),
    "numpy": Format(
        "tokens/part-*.npy, label_mask/part-*.npy",
        "olmo_core NumpyFSLDataset",
        "uint16",
        "uint32",
        True,
        "end token",
        True,
    ),
    "datatrove": Format(
        "part-*.ds, part-*.ds.index, part-*.ds.loss",
        "datatrove DatatroveFolderDataset, nanotron",
        "uint16",
        "uint32",
        True,
        "index",
        True,
    ),
    "mds": Format(
        "index.json, shard.*.mds",
        "streaming StreamingDataset, llm-foundry",
        "uint16",
        "uint32",
        False,
        "seq_lengths",
        True,
    ),
    "litdata": Format(
        "index.json, chunk-0-*.bin",
        "litdata StreamingDataset with TokensLoader",
        "uint16",
        "int32",
        True,
        "end token",
        False,
    ),
    "webdataset": Format(
        "part-*.tar", "webdataset WebDataset", "uint16", "uint32", False, "seq_lengths", True
    ),
    "datasets": Format(
        "data-*.arrow, dataset_info.json, state.json",
        "datasets load_from_disk, transformers, trl",
        "uint16",
        "uint32",
        False,
        "seq_lengths",
        True,
    ),
}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none; the nearest name, or all of them.

    >>> format_named("megatron").wide
    'int32'
    """
    if name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"there is no format {name}", f"{hint}Formats: {', '.join(FORMATS)}.")
    return FORMATS[name]


def check_format(name: str, facts: Facts, *, loss_mask: bool = False) -> np.dtype[Any]:
    """See that sequences fit a format, before anything is written.

    Args:
        name: a key of FORMATS.
        facts: of the sequences.
        loss_mask: the sequences have a loss mask.

    Returns:
        The type of a token id in the format, of the machine's byte order.

    Raises:
        UsageError: an unknown format, or a vocabulary, a padding token or a loss mask that the format has no place for.

    >>> check_format("litdata", Facts(np.dtype(np.uint32), 100_000, 4096, end_id=0))
    dtype('int32')
    """
    kind = format_named(name)
    id_type = np.dtype(kind.narrow if facts.vocab_size <= 1 << 16 else kind.wide)
    largest = int(np.iinfo(id_type).max) + 1
    if facts.vocab_size > largest:
        raise UsageError(
            f"format {name}: a vocabulary of {facts.vocab_size:,} tokens is too large",
            f"Its token ids are {id_type}, which has room for {largest:,}. Choose {_others(kind, 'wide')}.",
        )
    if kind.is_padded and padding_id(facts) is None:
        raise UsageError(
            f"format {name}: rows have to be filled up to {facts.sequence_length} tokens, and there is no token for it",
            f"Choose {_others(kind, 'is_padded')}, or a tokenizer with an end token or a padding token.",
        )
    if loss_mask and not kind.has_loss_mask:
        raise UsageError(
            f"format {name}: there is no place for a loss mask",
            f"Choose {_others(kind, 'has_loss_mask')}, or leave the loss mask out.",
        )
    _check_ids(name, facts)
    return id_type


def padding_id(facts: Facts) -> int | None:
    """The token that fills rows up: the padding token, else the end token, else none."""
    return facts.pad_id if facts.pad_id is not None else facts.end_id


def _check_ids(name: str, facts: Facts) -> None:
    for what, value in (("end", facts.end_id), ("padding", facts.pad_id)):
        if value is not None and not 0 <= value < facts.vocab_size:
            raise UsageError(
                f"format {name}: the {what} token has id {value}, outside of the vocabulary of {facts.vocab_size:,} tokens"
            )


def _others(kind: Format, field: str) -> str:
    """The names of the formats that differ in this field, for a message."""
    names = [name for name, other in FORMATS.items() if getattr(other, field) != getattr(kind, field)]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
