"""A unit: one stage on one shard, named by what it depends on; and how one is carried out.

The key of a unit is a hash of its stage, this package's code, the options that the stage reads, and the
*digests* of its inputs. A unit whose folder exists is done. Inputs are named by digest, not by key: a
change that leaves a stage's output as it was stops there.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from codecorpus.run.remote import StoredRun
from codecorpus.run.store import commit_folder, sha256_file, write_json

#: What a task returns: counters, as plain JSON values.
Counters = dict[str, Any]
Task = Callable[..., Counters]


@dataclass(frozen=True, slots=True)
class Unit:
    """One stage on one shard.

    Attributes:
        stage: name of the stage, as in the manifest and the decisions.
        task: importable name, `module:function`; called as `function(out_folder, *arguments)`.
        arguments: paths and options, picklable.
        key: hex, names everything the output depends on.
        work: the run's `work` folder.
        size: bytes of input text that this unit stands for; progress counts in them.
        stored: the run in a store that it belongs to, if any: where inputs come from that are not here, and where the output goes.
    """

    stage: str
    task: str
    arguments: tuple[Any, ...]
    key: str
    work: Path
    size: int = 0
    stored: StoredRun | None = None

    @property
    def folder(self) -> Path:
        """Where the output is, once the unit is done."""
        return self.work / self.stage / self.key


@dataclass(frozen=True, slots=True)
class Done:
    """A finished unit.

    Attributes:
        folder: its output.
        digest: hex hash of the output's bytes; what later units depend on.
        counters: what the task counted.
        files: name → SHA-256 of each file.
    """

    folder: Path
    digest: str
    counters: Mapping[str, Any]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a unit, and what it took. Times never reach a published file."""

    unit: Unit
    error: BaseException | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(slots=True)
class Inputs:
    """The finished units that a unit reads, as folders for its task and digests for its key."""

    done: Sequence[Done] = field(default_factory=list)

    def folders(self) -> list[Path]:
        """Their folders, in the order given."""
        return [unit.folder for unit in self.done]

    def digests(self) -> list[str]:
        """Their digests, in the order given."""
        return [unit.digest for unit in self.done]


@cache
def code_hash() -> str:
    """Hash of this package's source and data files: another version of the code never reuses what an older one wrote."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(
        p for p in root.rglob("*") if p.suffix in {".py", ".toml", ".scm", ".json", ".npz", ".j2", ".xz"}
    ):
        digest.update(
            str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()


def unit_key(stage: str, *depends_on: Any) -> str:
    """Key of a unit: 32 hex digits over the stage, the code and all it depends on (plain JSON values)."""
    text = json.dumps([stage, code_hash(), *depends_on], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_done(unit: Unit) -> Done | None:
    """What the unit left behind, or None if it is not done."""
    try:
        record = json.loads((unit.folder / "unit.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Done(
        folder=unit.folder, digest=record["digest"], counters=record["counters"], files=record["files"]
    )


def run_unit(unit: Unit) -> Outcome:
    """Carry out a unit: call its task in a temporary folder, add the record, give the folder its final name."""
    started, cpu = time.monotonic(), time.process_time()
    module, _, function = unit.task.partition(":")
    task: Task = getattr(importlib.import_module(module), function)
    # Not the process's number: two machines of a cluster have the same ones.
    temporary = unit.work / "tmp" / f"{unit.stage}-{unit.key}-{os.urandom(6).hex()}"
    temporary.mkdir(parents=True)
    if unit.stored is not None:
        unit.stored.fetch_inputs(unit.arguments)
    counters = task(temporary, *unit.arguments)
    found = sorted(path for path in temporary.rglob("*") if path.is_file())
    files = {path.relative_to(temporary).as_posix(): sha256_file(path) for path in found}
    digest = hashlib.sha256(json.dumps([files, counters], sort_keys=True).encode()).hexdigest()
    write_json(temporary / "unit.json", {"counters": counters, "digest": digest, "files": files})
    commit_folder(temporary, unit.folder)
    if unit.stored is not None:
        unit.stored.push_unit(unit.folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Outcome(unit, None, time.monotonic() - started, time.process_time() - cpu, peak)
