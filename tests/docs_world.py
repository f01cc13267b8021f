"""The files that the examples of README and docs speak of, so that every block can be run as it stands.

`make_world` writes them once. A page's commands run in a copy of it, one after the other, as a reader types them; its Python blocks run in
another copy, in one namespace. `~` and `/home/me` are the copy's own home.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import codecorpus as cc
from conftest import python_module

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "repos"

#: A fence with what it says of itself, and the mark before it, if there is one.
_BLOCK = re.compile(r"(?ms)^(?:<!-- not run: ([^\n]*?) -->\n+)?```(\w*)\n(.*?)^```$")


@dataclass(frozen=True)
class Block:
    """One fenced block: its page, language, text, and why it is not run, if it is not."""

    page: str
    language: str
    text: str
    reason: str | None


def read_blocks(page: Path) -> list[Block]:
    name = page.relative_to(ROOT).as_posix()
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(name, language, text, reason or None) for reason, language, text in found]


def make_world(folder: Path) -> Path:
    """Every file that a page takes for given, in `folder`."""
    src = folder / "home" / "src"
    shutil.copytree(EXAMPLES, src)
    _write(src / "calculator" / "src" / "parser.py", python_module("parse", 12))
    _write(folder / "opt-outs.txt", "# asked for by mail\nann/*\nbob/site:docs/*\n")
    shutil.copytree(src, folder / "repos")
    shutil.copytree(src / "event-bus", folder / "held-out" / "event-bus")
    shutil.copytree(src / "shelf", folder / "held-out" / "shelf")
    for month, repositories in {
        "may": ("csvtool", "wordfreq"),
        "june": ("wordfreq-fork", "ledger"),
        "july": ("csvtool", "shelf"),
    }.items():
        for name in repositories:
            shutil.copytree(src / name, folder / month / name)
    _write_tables(folder)
    _write_archives(folder)
    run = cc.build(src, out=folder / "corpus", progress=False)
    run_command("dedup corpus --out unique", folder)
    tokenizer = cc.tokenize.train(run.documents(), vocab_size=600, mode="plain")
    tokenizer.save(folder / "theirs")
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_tables(folder: Path) -> None:
    rows = [
        {"content": python_module(name, 6), "repo_name": f"ann/{name}", "path": f"{name}.py"}
        for name in ("sum", "product", "mode")
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "stack.parquet")
    named = [{"text": row["content"], "file": row["path"]} for row in rows]
    pq.write_table(pa.Table.from_pylist(named), folder / "data.parquet")
    with gzip.open(folder / "issues.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    problem = {
        "task_id": "ours/1",
        "prompt": python_module("median", 1),
        "canonical_solution": "    return 1\n",
    }
    with gzip.open(folder / "ours.jsonl.gz", "wt") as file:
        file.write(json.dumps(problem) + "\n")


def _write_archives(folder: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        archive.add(EXAMPLES / "ringbuf", "linux/ringbuf")
    (folder / "linux.tar.zst").write_bytes(pa.Codec("zstd").compress(plain.getvalue(), asbytes=True))
    work = folder / "home" / "flask"
    shutil.copytree(EXAMPLES / "inventory", work)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=work, check=True, capture_output=True)
    (folder / "mirror").mkdir()
    subprocess.run(
        [*git, "clone", "-q", "--bare", str(work), str(folder / "mirror" / "flask.git")],
        check=True,
        capture_output=True,
    )


def run_command(words: str | list[str], folder: Path) -> str:
    """Run one `codecorpus …` in `folder`, without its first word; what it printed."""
    import contextlib

    from click.testing import CliRunner

    from codecorpus.cli import cli

    given = words.split() if isinstance(words, str) else words
    with contextlib.chdir(folder):
        result = CliRunner().invoke(cli, given)
    assert result.exit_code == 0, f"codecorpus {' '.join(given)}\n{result.output}\n{result.exception!r}"
    return result.output


def extras() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["optional-dependencies"])


def make_targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
