"""Gather the input of `make demo`: this interpreter's standard library and a few of the packages just installed.

They are copied, not read in place, because the standard library's own tests (more text than all the rest) and compiled
files would make a demonstration long without making it better.

    python examples/demo_input.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

PACKAGES = (
    "click",
    "identify",
    "jinja2",
    "markupsafe",
    "numpy",
    "polars",
    "pydantic",
    "pygments",
    "rich",
    "tomli_w",
)

_LEFT_OUT = shutil.ignore_patterns(
    "test", "tests", "idlelib", "ensurepip", "lib2to3", "site-packages", "dist-packages", "config-*",
    "__pycache__", "*.so", "*.so.*", "*.a", "*.pyc", "*.exe",
)  # fmt: skip


def copy(source: Path, target: Path) -> int:
    """Copy a folder without what is left out; returns the bytes copied."""
    shutil.copytree(source, target, ignore=_LEFT_OUT, symlinks=True, dirs_exist_ok=True)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file() and not path.is_symlink())


def main(folder: Path) -> None:
    """Write `folder/stdlib` and `folder/site-packages`."""
    shutil.rmtree(folder, ignore_errors=True)
    size = copy(Path(sysconfig.get_path("stdlib")), folder / "stdlib")
    installed = Path(sysconfig.get_path("purelib"))
    for name in PACKAGES:
        if (installed / name).is_dir():
            size += copy(installed / name, folder / "site-packages" / name)
    print(f"gathered {size / 1e6:.0f} MB of source files in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
