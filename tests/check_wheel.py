"""Build the wheel and check that every file of the package is in it, and that the command starts from it.

    python tests/check_wheel.py FOLDER

An installation with `-e` reads the checkout and cannot tell that a template, a table or a recipe was left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("codecorpus-*.whl")
    return wheel


def main(folder: Path) -> None:
    wheel = build(folder)
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        archive.extractall(folder / "package")
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "codecorpus").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".nbi", ".nbc"}
    }
    if missing := sorted(wanted - inside):
        sys.exit(f"error: not in {wheel.name}: {', '.join(missing)}")
    environment = {**os.environ, "PYTHONPATH": str(folder / "package")}
    code = "import codecorpus.cli as c; assert 'package' in c.__file__, c.__file__; c.main()"
    for arguments in (["config", "show"], ["rule", "CC402"]):
        subprocess.run(
            [sys.executable, "-c", code, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
        )
    sys.stdout.write(f"{wheel.name}: {len(wanted)} files, all there\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
