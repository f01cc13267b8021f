"""Writes a tokenizer for tiktoken: ranks, and a small file that makes an `Encoding` of them.

* `ranks.tiktoken`: one token a line, its bytes in base64, a space, its rank: what tiktoken's `load_tiktoken_bpe` reads.
* `encoding.json`: the regex and the special tokens.
* `tiktoken_encoding.py`: ten lines that put both together: `from tiktoken_encoding import encoding`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Final

from codecorpus.tokenize.pretoken import PATTERNS
from codecorpus.tokenize.ranks import read_ranked

# It does not call `load_tiktoken_bpe`, which keeps a copy of what it read by the path's name and gives it again when the file is another.
_LOADER: Final = '''"""This tokenizer for tiktoken: `from tiktoken_encoding import encoding`. Written by `codecorpus tokenizer export`."""

import base64
import json
from pathlib import Path

import tiktoken

_HERE = Path(__file__).parent
_LINES = (_HERE / "ranks.tiktoken").read_bytes().splitlines()
_SETTINGS = json.loads((_HERE / "encoding.json").read_text("utf-8"))

encoding = tiktoken.Encoding(
    mergeable_ranks={base64.b64decode(token): int(rank) for token, rank in (line.split() for line in _LINES)},
    **_SETTINGS,
)
'''


def write_tiktoken(path: str, folder: Path) -> None:
    """Write the three files into a folder that exists.

    Raises:
        DataError: the file is no tokenizer, or tiktoken would give other ids; the message says why.
    """
    found = read_ranked(path, "tiktoken")
    settings = {
        "name": "codecorpus",
        "pat_str": PATTERNS[found.bpe.mode],
        "special_tokens": dict(found.vocabulary.specials),
    }
    lines = [b64encode(token) + b" %d\n" % rank for token, rank in found.ranks().items()]
    (folder / "ranks.tiktoken").write_bytes(b"".join(lines))
    (folder / "encoding.json").write_bytes(
        json.dumps(settings, indent=1, ensure_ascii=False).encode() + b"\n"
    )
    (folder / "tiktoken_encoding.py").write_bytes(_LOADER.encode())
