"""Bytes in, nothing out but an error: what has to hold of every reader and of the parse walk, whatever the bytes are.

`TARGETS` maps a name to a function of bytes that raises where a promise is broken. The fuzzer (`run.py`) calls them with what it makes up,
the tests with the seeds and with what was found. A target writes below one temporary folder, in memory where the system has such a place.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import tree_sitter

from codecorpus.document import SOURCE_DOCUMENTS
from codecorpus.errors import SourceError
from codecorpus.parse import ParseOptions, find_grammar, languages, measure, walk
from codecorpus.sources import SourceOptions, group_parts, plan_sources, read_shard
from codecorpus.sources.encoding import UndecodableError, decode_source
from codecorpus.sources.notebook import NotebookError, script_of

#: Small limits, so that they are met.
_OPTIONS = SourceOptions(max_bytes=20_000)
_STREAMS = ("t.tar.gz", "t.tar.bz2", "t.tar.xz", "t.tar.zst", "j.jsonl.gz", "j.jsonl.zst")
#: Files of a bare repository that are replaced one at a time; `raw:` marks those that git keeps compressed.
GIT_FILES = (
    "config",
    "HEAD",
    "packed-refs",
    "refs/heads/main",
    "PACK",
    "INDEX",
    "raw:COMMIT",
    "raw:TREE",
    "raw:BLOB",
    "BLOB",
)


@cache
def _folder() -> Path:
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="codecorpus-fuzz-", dir=memory if os.access(memory, os.W_OK) else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def check_source(place: Path) -> int:
    """Plan and read a source; returns the number of rows. A source that is refused as a whole has none."""
    try:
        parts = plan_sources([place], _OPTIONS)
    except SourceError:
        return 0
    rows = 0
    for shard in group_parts(parts):
        for batch in read_shard(shard, _OPTIONS):
            batch.documents.validate(full=True)
            batch.decisions.validate(full=True)
            verdicts = batch.decisions["verdict"].to_pylist()
            if batch.seen != batch.documents.num_rows + verdicts.count("dropped"):
                raise AssertionError("an entry is neither a document nor a decision")
            rows += batch.seen
    return rows


def _as_file(name: str, data: bytes) -> None:
    place = _folder() / name
    place.write_bytes(data)
    check_source(place)


def tar(data: bytes) -> None:
    """A tar archive that is not compressed."""
    _as_file("t.tar", data)


def zip_archive(data: bytes) -> None:
    """A zip archive."""
    _as_file("z.zip", data)


def streams(data: bytes) -> None:
    """A compressed archive or table: the first byte chooses which, the others are the file."""
    _as_file(_STREAMS[data[0] % len(_STREAMS)] if data else _STREAMS[0], data[1:])


def parquet(data: bytes) -> None:
    """A Parquet file."""
    _as_file("p.parquet", data)


def jsonl(data: bytes) -> None:
    """A JSONL file."""
    _as_file("j.jsonl", data)


def notebook(data: bytes) -> None:
    """A notebook in any encoding."""
    try:
        content, _ = decode_source(data)
        script = script_of(content)
    except (UndecodableError, NotebookError):
        return
    script.text.encode()


@cache
def repository() -> tuple[Path, dict[str, Path]]:
    """A bare repository with a pack and three loose objects, and where each of `GIT_FILES` lies in it."""
    place = _folder() / "r.git"
    (work := _folder() / "work").mkdir()
    (work / "a.py").write_text("a = 1\n")
    _git("init", "-q", "-b", "main", cwd=work)
    _commit(work)
    _git("clone", "-q", "--bare", str(work), str(place), cwd=work)
    _git("gc", "-q", cwd=place)
    (work / "src").mkdir()
    (work / "src" / "b.c").write_text("int b;\n")
    _commit(work)
    _git("push", "-q", str(place), "main", cwd=work)
    places = {name: place / name for name in GIT_FILES[:4]}
    places |= {
        "PACK": next(place.glob("objects/pack/*.pack")),
        "INDEX": next(place.glob("objects/pack/*.idx")),
    }
    for name, revision in (("COMMIT", "HEAD"), ("TREE", "HEAD^{tree}"), ("BLOB", "HEAD:src/b.c")):
        oid = _git("rev-parse", revision, cwd=place)
        places[name] = places[f"raw:{name}"] = place / "objects" / oid[:2] / oid[2:]
    for path in set(places.values()):
        path.touch()
        path.chmod(0o644)
    return place, places


def git(data: bytes) -> None:
    """A bare repository with one file replaced: the first byte chooses which, the others are its content."""
    place, places = repository()
    name = GIT_FILES[data[0] % len(GIT_FILES)] if data else GIT_FILES[0]
    before = places[name].read_bytes()
    places[name].write_bytes(zlib.compress(data[1:], 1) if name.startswith("raw:") else data[1:])
    try:
        check_source(place)
    finally:
        places[name].write_bytes(before)


def parse(data: bytes) -> None:
    """A document: the first byte chooses its language. Measured, and walked by both routes."""
    language, source = languages()[(data[0] if data else 0) % len(languages())], data[1:]
    row = {
        "doc_id": bytes(16),
        "blob_id": "",
        "repo_name": "r",
        "path": "f",
        "src_encoding": "UTF-8",
        "extension": "",
    }
    row |= {"content": source.decode("utf-8", "replace"), "language": language, "length_bytes": len(source)}
    result = measure(pa.Table.from_pylist([row], schema=SOURCE_DOCUMENTS), ParseOptions(timeout_seconds=5))
    nodes = result.table["measures"].to_pylist()[0]["node_count"]
    if (nodes is None) == (result.decisions.num_rows == 0):
        raise AssertionError("a document is neither parsed nor flagged")
    grammar = find_grammar(language)
    if nodes is None or grammar is None:
        return
    tree = tree_sitter.Parser(grammar.language).parse(row["content"].encode())
    if walk.compiled_walk_is_safe() and not walk._same(tree, walk.flatten_by_cursor(tree)):
        raise AssertionError(f"the two walks of {language} differ")


def _git(*arguments: str, cwd: Path) -> str:
    names = {
        f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    dates = {f"GIT_{who}_DATE": "2020-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    settings = {"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, env=settings | names | dates, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def _commit(work: Path) -> None:
    _git("add", "-A", cwd=work)
    _git("commit", "-q", "-m", "one", cwd=work)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "tar": tar,
    "zip": zip_archive,
    "streams": streams,
    "parquet": parquet,
    "jsonl": jsonl,
    "notebook": notebook,
    "git": git,
    "parse": parse,
}
