"""What decides how kept documents become rows: one value that the units of packing take."""

from __future__ import annotations

from dataclasses import dataclass

from codecorpus.fim.options import FimOptions
from codecorpus.fim.packing_options import PackingOptions


@dataclass(frozen=True, slots=True)
class Sequences:
    """Options of FIM and packing, the length of a row in tokens, and the seed."""

    fim: FimOptions
    packing: PackingOptions
    sequence_length: int
    seed: int
