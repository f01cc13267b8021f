"""Carrying out stages: which units are done, which are handed to the executor, what they took. It knows no stage by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from codecorpus.config import Config
from codecorpus.run import interrupts
from codecorpus.run.executor import Executor, Guarded, InProcess
from codecorpus.run.limits import NO_LIMITS, Limits
from codecorpus.run.progress import Progress
from codecorpus.run.remote import StoredRun
from codecorpus.run.store import write_json
from codecorpus.run.unit import Done, Outcome, Unit, read_done, unit_key


@dataclass(frozen=True, slots=True)
class Call:
    """One unit to be: the arguments of its task, what of them its key depends on, and how many bytes of input it stands for."""

    arguments: tuple[Any, ...]
    depends_on: tuple[Any, ...]
    size: int = 0


class Run:
    """Carries out stages: skips units that are done, hands the others to the executor, keeps the book of times.

    Args:
        work: the run's `work` folder.
        executor: runs the units.
        progress: told about every stage and unit.
        limits: time and memory of every unit.
        stored: the run in a store of which `work` is the folder on this machine.
    """

    def __init__(
        self,
        work: Path,
        executor: Executor,
        progress: Progress,
        limits: Limits = NO_LIMITS,
        stored: StoredRun | None = None,
    ) -> None:
        self.work = work
        self.stored = stored
        self.used: set[Path] = set()
        self._stages: dict[str, list[str]] = {}
        self._executor = executor
        self._progress = progress
        self._limits = limits

    def each(self, stage: str, task: str, calls: Sequence[Call], *, retries: int = 1) -> list[Done]:
        """Run one stage; returns its finished units in the order of `calls`.

        Raises:
            CodecorpusError: the first error that a unit met, after the other running units were given up.
        """
        units = [
            Unit(
                stage,
                f"codecorpus.run.{task}",
                call.arguments,
                unit_key(stage, *call.depends_on),
                self.work,
                call.size,
                stored=self.stored,
            )
            for call in calls
        ]
        self._sync(units)
        todo = {unit.key: unit for unit in units if read_done(unit) is None}
        before = sum(unit.size for unit in units if unit.key not in todo)
        self._progress.stage(stage, sum(unit.size for unit in units), before)
        limits = self._limits
        for outcome in self._executor.map(
            list(todo.values()), retries=retries, timeout=limits.timeout, memory=limits.memory
        ):
            if outcome.error is not None:
                raise outcome.error
            self._note(outcome)
            self._progress.advance(outcome.unit.size)
            interrupts.check()
        self.used |= {unit.folder for unit in units}
        self._stages[stage] = list(dict.fromkeys(unit.key for unit in units))
        if any(read_done(unit) is None for unit in todo.values()):
            self._sync(units)  # another machine's executor ran them
        done = [read_done(unit) for unit in units]
        return [unit for unit in done if unit is not None]

    def _sync(self, units: Sequence[Unit]) -> None:
        if self.stored and units:
            self.stored.sync(units[0].stage, [unit.folder for unit in units])

    def fetch(self, tables: Iterable[Sequence[tuple[Path, Done]]], folders: Iterable[Done]) -> None:
        """Have the files that are to be published here, where the run is one in a store."""
        if self.stored is None:
            return
        for path, done in chain.from_iterable(tables):
            self.stored.fetch_unit(done.folder, [path.name])
        for done in folders:
            self.stored.fetch_unit(done.folder)

    def one(self, stage: str, task: str, call: Call) -> Done:
        """Run a stage of a single unit, such as a reduce."""
        return self.each(stage, task, [call])[0]

    def warm_up(self, config: Config, stages: Callable[[Path, Path, Config], None]) -> None:
        """Have one worker compile all kernels before the others need them, by `stages` on a few files; once per run folder."""
        if isinstance(self._executor, InProcess | Guarded):
            return
        arguments = (config, stages)
        unit = Unit("warm", "codecorpus.run.warm:warm", arguments, unit_key("warm"), self.work)
        if read_done(unit) is None:
            for outcome in self._executor.map([unit]):
                if outcome.error is not None:
                    raise outcome.error
        self.used.add(unit.folder)

    def note_used(self) -> None:
        """Write down the units of this run, stage by stage: the book of times has those of earlier configurations as well."""
        write_json(self.work / "used.json", [[stage, keys] for stage, keys in self._stages.items()])

    def forget_unused(self) -> None:
        """Remove units of earlier configurations and inputs; what this run used stays, so that the next one finds it done."""
        for stage in self.work.iterdir():
            if stage.is_dir() and stage.name != "tmp":
                for folder in stage.iterdir():
                    if folder not in self.used:
                        shutil.rmtree(folder)
        if self.stored:
            self.stored.forget_unused(self.used)

    def _note(self, outcome: Outcome) -> None:
        row = {
            "stage": outcome.unit.stage,
            "key": outcome.unit.key,
            "bytes": outcome.unit.size,
            "seconds": round(outcome.seconds, 3),
            "cpu_seconds": round(outcome.cpu_seconds, 3),
            "peak_bytes": outcome.peak_bytes,
        }
        with (self.work / "timings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


class Stopped(Exception):
    """Raised by an executor that was asked not to go on."""
