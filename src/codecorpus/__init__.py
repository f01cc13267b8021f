"""codecorpus: repository dumps into training data for code language models.

```python
import codecorpus as cc

corpus = cc.build("repos", out="corpus")     # the whole job; again to resume
corpus = cc.open("corpus")                   # a finished run
corpus.explain("src/parser.py")              # why was this file kept or dropped?
cc.dedup.near_duplicates(table)              # each part on its own, on polars or Arrow tables
```

Everything is imported when it is first used, so that `import codecorpus` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecorpus import dedup, filters, fim, formats, parse, sources, tokenize
    from codecorpus.config import Config, load_config
    from codecorpus.corpus import Corpus, build, comparison_page, diff
    from codecorpus.corpus import open_run as open
    from codecorpus.errors import CodecorpusError
    from codecorpus.inputs import read
    from codecorpus.rules import RULES

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "CodecorpusError",
    "Config",
    "Corpus",
    "build",
    "comparison_page",
    "dedup",
    "diff",
    "filters",
    "fim",
    "formats",
    "load_config",
    "open",
    "parse",
    "plan",
    "read",
    "sources",
    "tokenize",
]

_HOME = {
    "RULES": "rules",
    "CodecorpusError": "errors",
    "Config": "config",
    "Corpus": "corpus",
    "build": "corpus",
    "comparison_page": "corpus",
    "diff": "corpus",
    "load_config": "config",
    "open": "corpus:open_run",
    "plan": "corpus",
    "read": "inputs",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'codecorpus' has no attribute {name!r}")
    if name not in _HOME:
        return importlib.import_module(f"codecorpus.{name}")
    module, _, attribute = _HOME[name].partition(":")
    value = getattr(importlib.import_module(f"codecorpus.{module}"), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
