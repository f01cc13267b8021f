"""Where units run: in this process, or in supervised worker processes. Stages never see the difference.

`Executor.map` is the only seam: units go in, outcomes come out as they finish, in any order. A unit names
an importable function and carries paths and options; no engine's object ever crosses it.

Worker processes are started afresh (`python -P -m codecorpus.run.worker`), not forked: a fork copies the
locks of the threads that Arrow and polars hold, and `multiprocessing` would import the user's script again.
`-P` keeps the current folder, which may be a hostile dump, off the import path. Each worker has one unit at
a time; if it dies, its unit goes to a fresh worker, and only the second death ends the run.
`ProcessPoolExecutor` loses the whole queue in that case, `multiprocessing.Pool` waits for ever.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Protocol

from codecorpus.errors import CodecorpusError, UsageError
from codecorpus.run.memory import give_back_memory
from codecorpus.run.unit import Outcome, Unit, run_unit

#: Stages whose units run code that hostile input can crash.
MAY_CRASH = frozenset({"parse"})


class Executor(Protocol):
    """Runs units and hands back their outcomes as they finish."""

    def map(self, units: Sequence[Unit], *, retries: int = 1) -> Iterator[Outcome]:
        """Run all `units`; a unit whose worker dies is tried `retries` times more."""
        ...

    def close(self) -> None:
        """Let go of what the executor holds."""
        ...


class InProcess:
    """Runs units one after the other, here. Best for small input and for debugging."""

    def map(self, units: Sequence[Unit], *, retries: int = 1) -> Iterator[Outcome]:
        """Run all units in order. An exception is an outcome; `retries` has no meaning without a process to lose."""
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


class _Worker:
    """One child process and the connection to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        environment = dict(
            os.environ, POLARS_MAX_THREADS="1", TOKENIZERS_PARALLELISM="false", OMP_NUM_THREADS="1"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "codecorpus.run.worker", str(theirs.fileno()), str(os.getpid())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env=environment,
        )
        theirs.close()
        self.connection = Connection(ours.detach())
        self.unit: Unit | None = None

    def give(self, unit: Unit) -> None:
        self.unit = unit
        self.connection.send(unit)

    def take(self) -> Outcome | None:
        """The outcome of the unit in hand, or None if the worker died over it."""
        try:
            outcome = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.unit = None
        return outcome if isinstance(outcome, Outcome) else None

    def stop(self) -> int:
        """End the process, whatever it is doing; returns its exit status (negative: the signal)."""
        self.connection.close()
        self.process.kill() if self.unit is not None else None
        return self.process.wait()


class Processes:
    """Runs units in `workers` supervised processes.

    Args:
        workers: how many; each holds at most one unit at a time.
    """

    def __init__(self, workers: int) -> None:
        self._limit = workers
        self._workers: list[_Worker] = []

    def map(self, units: Sequence[Unit], *, retries: int = 1) -> Iterator[Outcome]:
        """Run all units, largest first so that the last ones to finish are small; outcomes come as they finish."""
        queue = deque(sorted(units, key=lambda unit: -unit.size))
        tries: dict[str, int] = {}
        waiting = len(queue)
        while waiting:
            self._start(len(queue))
            for worker in self._workers:
                if worker.unit is None and queue:
                    worker.give(queue.popleft())
            busy = {worker.connection: worker for worker in self._workers if worker.unit is not None}
            for ready in wait(list(busy)):
                worker = busy[ready]  # type: ignore[index]
                unit = worker.unit
                assert unit is not None
                outcome = worker.take()
                if outcome is None:
                    status = self._bury(worker)
                    tries[unit.key] = tries.get(unit.key, 0) + 1
                    if tries[unit.key] <= retries:
                        queue.append(unit)
                        continue
                    outcome = Outcome(unit, _died(unit, status, retries))
                waiting -= 1
                yield outcome

    def _start(self, queued: int) -> None:
        idle = sum(worker.unit is None for worker in self._workers)
        for _ in range(min(self._limit - len(self._workers), queued - idle)):
            self._workers.append(_Worker())

    def _bury(self, worker: _Worker) -> int:
        self._workers.remove(worker)
        return worker.stop()

    def close(self) -> None:
        """End all workers; a unit in hand is given up and leaves nothing under a final name."""
        for worker in self._workers:
            worker.stop()
        self._workers.clear()


class Guarded:
    """Runs units here, but for those that may take the process with them: they get a worker.

    Grammars are C code that reads hostile input. Their units run in a supervised worker even where all else is too little to be worth
    one, so that a crash costs a document and not the run.
    """

    def __init__(self) -> None:
        self._here, self._worker = InProcess(), Processes(1)

    def map(self, units: Sequence[Unit], *, retries: int = 1) -> Iterator[Outcome]:
        """Run all units in order; those of a stage in `MAY_CRASH` as `Processes` does."""
        risky = [unit for unit in units if unit.stage in MAY_CRASH]
        yield from self._worker.map(risky, retries=retries)
        yield from self._here.map([unit for unit in units if unit.stage not in MAY_CRASH], retries=retries)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()


def _died(unit: Unit, status: int, retries: int) -> CodecorpusError:
    how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    return CodecorpusError(
        f"stage {unit.stage}: the worker process died ({how}) {retries + 1} times on the same shard {unit.key}",
        "Memory may have run out: try fewer --workers. The same command continues where this one stopped.",
    )


def make_executor(name: str | None, workers: int, input_bytes: int) -> Executor:
    """The executor of this name; by default processes where they pay.

    Starting a worker costs about a second of imports, so that little input, or one worker, stays in this process, but for parsing, which
    may crash. By name, `in-process` keeps all of it here, for a debugger. The result is the same.

    Raises:
        UsageError: for an unknown name, or one whose extra is not installed.
    """
    if name is None:
        return Processes(workers) if workers > 1 and input_bytes > 8_000_000 else Guarded()
    if name == "in-process":
        return InProcess()
    if name == "processes":
        return Processes(workers)
    raise UsageError(f"no executor {name!r}", "Choose one of: in-process, processes.")
