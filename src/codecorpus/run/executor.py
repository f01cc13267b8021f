"""Where units run: in this process, in supervised worker processes, or on a Ray cluster. Stages never see the difference.

`Executor.map` is the only seam: units go in, outcomes come out as they finish, in any order. A unit names
an importable function and carries paths and options; no engine's object ever crosses it.

A unit whose worker dies, takes too long or takes too much memory is tried again; how often, how long and how
much is the caller's. None of it is part of a unit's key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from codecorpus.errors import UsageError
from codecorpus.run.limits import NO_LIMITS, Limits
from codecorpus.run.memory import give_back_memory
from codecorpus.run.processes import Processes
from codecorpus.run.unit import Outcome, Unit, run_unit

EXECUTORS = ("in-process", "processes", "ray")

#: Stages whose units run code that hostile input can crash.
MAY_CRASH = frozenset({"parse"})


class Executor(Protocol):
    """Runs units and hands back their outcomes as they finish."""

    def map(
        self,
        units: Sequence[Unit],
        *,
        retries: int = 1,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> Iterator[Outcome]:
        """Run all `units`; a unit whose worker dies or is killed is tried `retries` times more.

        Args:
            units: what to run.
            retries: how often a unit is tried again.
            timeout: seconds that a unit may take; None: by its size, see `codecorpus.run.limits`.
            memory: bytes that a worker may hold; None: its share of what is free.
        """
        ...

    def close(self) -> None:
        """Let go of what the executor holds."""
        ...


class InProcess:
    """Runs units one after the other, here. Best for small input and for debugging."""

    def map(
        self,
        units: Sequence[Unit],
        *,
        retries: int = 1,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> Iterator[Outcome]:
        """Run all units in order. An exception is an outcome; the limits have no meaning without a process to lose."""
        for unit in units:
            try:
                outcome = run_unit(unit)
            except Exception as error:
                outcome = Outcome(unit, error)
            # Syntax trees take up to 87 times their source. What other units leave free is what the next one takes; to give it back and
            # have it zeroed again cost 0.9 s of 11 where 530 MB of text were deduplicated.
            if unit.stage in MAY_CRASH:
                give_back_memory()
            yield outcome
        give_back_memory()

    def close(self) -> None:
        """Nothing is held."""


class Guarded:
    """Runs units here, but for those that may take the process with them: they get a worker.

    Grammars are C code that reads hostile input. Their units run in a supervised worker even where all else is too little to be worth
    one, so that a crash costs a document and not the run.
    """

    def __init__(self) -> None:
        self._here, self._worker = InProcess(), Processes(1)

    def map(
        self,
        units: Sequence[Unit],
        *,
        retries: int = 1,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> Iterator[Outcome]:
        """Run all units in order; those of a stage in `MAY_CRASH` as `Processes` does."""
        risky = [unit for unit in units if unit.stage in MAY_CRASH]
        yield from self._worker.map(risky, retries=retries, timeout=timeout, memory=memory)
        yield from self._here.map([unit for unit in units if unit.stage not in MAY_CRASH], retries=retries)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()


@dataclass(frozen=True, slots=True)
class Machines:
    """Where a job runs and with what; no part of it is in a result.

    Attributes:
        executor: `in-process`, `processes` or `ray`; None: whichever pays on this machine.
        workers: processes, on a local cluster of Ray too; None: all cores.
        ray_address: a running cluster; None: one of our own on this machine.
        limits: of each unit.
    """

    executor: str | None = None
    workers: int | None = None
    ray_address: str | None = None
    limits: Limits = NO_LIMITS


def make_executor(
    name: str | None, workers: int, input_bytes: int, ray_address: str | None = None
) -> Executor:
    """The executor of this name; by default processes where they pay.

    Starting a worker costs about a second of imports, so that little input, or one worker, stays in this process, but for parsing, which
    may crash. By name, `in-process` keeps all of it here, for a debugger. The result is the same.

    Raises:
        UsageError: for an unknown name, or one whose extra is not installed.
    """
    if ray_address is not None and name != "ray":
        raise UsageError(
            f"a Ray cluster ({ray_address}) is named, and executor {name!r}", "Add --executor ray."
        )
    if name is None:
        return Processes(workers) if workers > 1 and input_bytes > 8_000_000 else Guarded()
    if name == "in-process":
        return InProcess()
    if name == "processes":
        return Processes(workers)
    if name == "ray":
        from codecorpus.run.ray_executor import RayTasks

        return RayTasks(workers, ray_address)
    raise UsageError(f"no executor {name!r}", f"Choose one of: {', '.join(EXECUTORS)}.")
