"""Code-aware tokenizers: text into pre-tokens, their counts into merges, merges into files that load everywhere; and encoding.

A run calls `count_pretokens` per shard, `merge_counts`, `train_bpe` and `save` once, and `load_encoder(…).encode` per shard;
`train` does the first half on one table.

Names are loaded when first used, so that reading the options does not import numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codecorpus.tokenize.options import TokenizerOptions as TokenizerOptions

if TYPE_CHECKING:
    from codecorpus.tokenize.bpe import Bpe as Bpe
    from codecorpus.tokenize.bpe import train_bpe as train_bpe
    from codecorpus.tokenize.comparison import TokenizerComparison as TokenizerComparison
    from codecorpus.tokenize.comparison import compare as compare
    from codecorpus.tokenize.count_rows import cap_counts as cap_counts
    from codecorpus.tokenize.counts import Counting as Counting
    from codecorpus.tokenize.counts import PretokenCounts as PretokenCounts
    from codecorpus.tokenize.counts import count as count
    from codecorpus.tokenize.counts import read_counts as read_counts
    from codecorpus.tokenize.counts import write_counts as write_counts
    from codecorpus.tokenize.encode import Encoder as Encoder
    from codecorpus.tokenize.encode import encoder_of as encoder_of
    from codecorpus.tokenize.encode import load_encoder as load_encoder
    from codecorpus.tokenize.export import save as save
    from codecorpus.tokenize.pretoken import PATTERNS as PATTERNS
    from codecorpus.tokenize.pretoken import count_pretokens as count_pretokens
    from codecorpus.tokenize.pretoken import merge_counts as merge_counts
    from codecorpus.tokenize.trained import TrainedTokenizer as TrainedTokenizer
    from codecorpus.tokenize.trained import train as train

_HOME = {
    "PATTERNS": "pretoken",
    "Bpe": "bpe",
    "Counting": "counts",
    "Encoder": "encode",
    "PretokenCounts": "counts",
    "TokenizerComparison": "comparison",
    "TrainedTokenizer": "trained",
    "cap_counts": "count_rows",
    "compare": "comparison",
    "count": "counts",
    "count_pretokens": "pretoken",
    "encoder_of": "encode",
    "load_encoder": "encode",
    "merge_counts": "pretoken",
    "read_counts": "counts",
    "save": "export",
    "train": "trained",
    "train_bpe": "bpe",
    "write_counts": "counts",
}

__all__ = [
    "PATTERNS",
    "Bpe",
    "Counting",
    "Encoder",
    "PretokenCounts",
    "TokenizerComparison",
    "TokenizerOptions",
    "TrainedTokenizer",
    "cap_counts",
    "compare",
    "count",
    "count_pretokens",
    "encoder_of",
    "load_encoder",
    "merge_counts",
    "read_counts",
    "save",
    "train",
    "train_bpe",
    "write_counts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
