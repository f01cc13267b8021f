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
    from codecorpus.tokenize.exports import export_tokenizer as export_tokenizer
    from codecorpus.tokenize.extension import ExtendedTokenizer as ExtendedTokenizer
    from codecorpus.tokenize.extension import count_for as count_for
    from codecorpus.tokenize.extension import extend as extend
    from codecorpus.tokenize.extension import read_tokenizer as read_tokenizer
    from codecorpus.tokenize.pretoken import PATTERNS as PATTERNS
    from codecorpus.tokenize.pretoken import count_pretokens as count_pretokens
    from codecorpus.tokenize.pretoken import merge_counts as merge_counts
    from codecorpus.tokenize.superword import train_superword as train_superword
    from codecorpus.tokenize.trained import TrainedTokenizer as TrainedTokenizer
    from codecorpus.tokenize.trained import count_documents as count_documents
    from codecorpus.tokenize.trained import count_languages as count_languages
    from codecorpus.tokenize.trained import train as train
    from codecorpus.tokenize.trained import train_counts as train_counts
    from codecorpus.tokenize.trained import with_encoder as with_encoder

_HOME = {
    "Bpe": "bpe",
    "Counting": "counts",
    "Encoder": "encode",
    "ExtendedTokenizer": "extension",
    "PATTERNS": "pretoken",
    "PretokenCounts": "counts",
    "TokenizerComparison": "comparison",
    "TrainedTokenizer": "trained",
    "cap_counts": "count_rows",
    "compare": "comparison",
    "count": "counts",
    "count_documents": "trained",
    "count_for": "extension",
    "count_languages": "trained",
    "count_pretokens": "pretoken",
    "encoder_of": "encode",
    "extend": "extension",
    "export_tokenizer": "exports",
    "load_encoder": "encode",
    "merge_counts": "pretoken",
    "read_counts": "counts",
    "read_tokenizer": "extension",
    "save": "export",
    "train": "trained",
    "train_bpe": "bpe",
    "train_counts": "trained",
    "train_superword": "superword",
    "with_encoder": "trained",
    "write_counts": "counts",
}

__all__ = [
    "PATTERNS",
    "Bpe",
    "Counting",
    "Encoder",
    "ExtendedTokenizer",
    "PretokenCounts",
    "TokenizerComparison",
    "TokenizerOptions",
    "TrainedTokenizer",
    "cap_counts",
    "compare",
    "count",
    "count_documents",
    "count_for",
    "count_languages",
    "count_pretokens",
    "encoder_of",
    "export_tokenizer",
    "extend",
    "load_encoder",
    "merge_counts",
    "read_counts",
    "read_tokenizer",
    "save",
    "train",
    "train_bpe",
    "train_counts",
    "train_superword",
    "with_encoder",
    "write_counts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
