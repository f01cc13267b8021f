"""What decides how kept documents become rows, and what a format has to know of them; `build` and `pack` share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codecorpus.fim.options import FimOptions
from codecorpus.fim.packing_options import PackingOptions
from codecorpus.fim.sentinels import Family, SentinelIds
from codecorpus.formats.names import Facts

if TYPE_CHECKING:
    from codecorpus.tokenize import Encoder


@dataclass(frozen=True, slots=True)
class Sequences:
    """Options of FIM and packing, the length of a row in tokens, and the seed."""

    fim: FimOptions
    packing: PackingOptions
    sequence_length: int
    seed: int


def facts_of(encoder: Encoder, row: Family, sentinels: SentinelIds, sequence_length: int) -> Facts:
    """What a format has to know of rows that were packed with this tokenizer for this family.

    Args:
        encoder: the tokenizer.
        row: the family.
        sentinels: its ids in the tokenizer.
        sequence_length: tokens in a row, at most.
    """
    return Facts(
        id_type=encoder.id_type,
        vocab_size=encoder.vocab_size,
        sequence_length=sequence_length,
        end_id=sentinels.end,
        pad_id=None if row.pad is None else encoder.token_id(row.pad),
    )
