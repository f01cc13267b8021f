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
    from codecorpus.tokenize.encode import Encoder as Encoder
    from codecorpus.tokenize.encode import encoder_of as encoder_of
    from codecorpus.tokenize.encode import load_encoder as load_encoder
    from codecorpus.tokenize.export import save as save
    from codecorpus.tokenize.exports import export_tokenizer as export_tokenizer
    from codecorpus.tokenize.pretoken import PATTERNS as PATTERNS
    from codecorpus.tokenize.pretoken import count_pretokens as count_pretokens
    from codecorpus.tokenize.pretoken import merge_counts as merge_counts
    from codecorpus.tokenize.trained import TrainedTokenizer as TrainedTokenizer
    from codecorpus.tokenize.trained import train as train

_HOME = {
    "PATTERNS": "pretoken",
    "Bpe": "bpe",
    "Encoder": "encode",
    "TokenizerComparison": "comparison",
    "TrainedTokenizer": "trained",
    "compare": "comparison",
    "count_pretokens": "pretoken",
    "encoder_of": "encode",
    "export_tokenizer": "exports",
    "load_encoder": "encode",
    "merge_counts": "pretoken",
    "save": "export",
    "train": "trained",
    "train_bpe": "bpe",
}

__all__ = [
    "PATTERNS",
    "Bpe",
    "Encoder",
    "TokenizerComparison",
    "TokenizerOptions",
    "TrainedTokenizer",
    "compare",
    "count_pretokens",
    "encoder_of",
    "export_tokenizer",
    "load_encoder",
    "merge_counts",
    "save",
    "train",
    "train_bpe",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
