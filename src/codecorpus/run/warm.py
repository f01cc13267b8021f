"""Compile every kernel once, before several workers would each do it.

Numba compiles a kernel when it is first called and keeps the result on the disk. Two workers that start
with an empty cache compile everything twice. So before the first stage one worker builds a corpus of a few
small files, through the very same stages; with a warm cache that takes a fraction of a second.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from codecorpus.config import Config
from codecorpus.run.unit import Counters

_PYTHON = '''"""Sums of {name}."""

import math


def {name}(values, limit=10):
    """Return the sum of values below the limit."""
    return sum(value for value in values if value < limit)  # mail: someone@{name}.io
'''

#: Enough kinds of file to reach every kernel: several languages, a page, a table, a near-duplicate, other scripts.
_FILES = {
    "one.py": _PYTHON.format(name="alpha") * 3,
    "two.py": _PYTHON.format(name="alpha") * 3 + "# more\n",
    "three.go": 'package main\n\n// main is empty.\nfunc main() { println("\u4f60\u597d", 10.0) }\n',
    "page.html": "<html><body><p>" + "some visible text " * 12 + "</p></body></html>\n",
}


def warm(out: Path, config: Config, stages: Callable[[Path, Path, Config], None]) -> Counters:
    """Run `stages` on a few small files in `out`, and leave nothing there."""
    source = out / "warm-up"
    source.mkdir()
    for name, text in _FILES.items():
        (source / name).write_text(text, encoding="utf-8")
    stages(source, out / "stages", config)
    for folder in (source, out / "stages"):
        shutil.rmtree(folder)
    return {"files": len(_FILES)}
