"""Supervised worker processes: each unit has a worker, each worker one unit, and somebody looks at the clock and at the memory.

Worker processes are started afresh (`python -P -m codecorpus.run.worker`), not forked: a fork copies the
locks of the threads that Arrow and polars hold, and `multiprocessing` would import the user's script again.
`-P` keeps the current folder, which may be a hostile dump, off the import path. If a worker dies, is over its
time or over its memory, its unit goes to a fresh worker, and only the last death allowed ends the run.
`ProcessPoolExecutor` loses the whole queue in that case, `multiprocessing.Pool` waits for ever.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait

from codecorpus.run import interrupts
from codecorpus.run.deaths import Reason, death_error, note_death, reason_of
from codecorpus.run.limits import memory_share, own_memory, unit_seconds
from codecorpus.run.unit import Outcome, Unit

# So often is a worker's memory looked at; a look costs 20 microseconds.
_SECONDS_BETWEEN = 0.1
# Importing takes 1 to 3 s, and much longer from a slow network disk that a hundred workers read at once. It is no part of the unit's time.
_STARTUP_SECONDS = 300.0


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
        self.over: Reason | None = None
        self._deadline = 0.0

    def give(self, unit: Unit, seconds: float) -> None:
        """Hand over a unit, which may take so many seconds from the moment that the worker has imported its code."""
        self.unit, self._seconds = unit, seconds
        self._deadline = time.monotonic() + seconds + _STARTUP_SECONDS
        # A worker that died while it had nothing to do is found dead when it is waited for.
        with suppress(OSError):
            self.connection.send(unit)

    def take(self) -> Outcome | None:
        """The outcome of the unit in hand, or None: the worker has only begun, or died over it (`is_alive`)."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            self.process.wait()
            return None
        if not isinstance(message, Outcome):
            self._deadline = time.monotonic() + self._seconds
            return None
        self.unit = None
        return message

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def check(self, memory: int) -> None:
        """Kill the worker if it is over its time or its memory; what follows is the death of any worker."""
        if time.monotonic() > self._deadline:
            self.over = "time"
        elif own_memory(self.process.pid) > memory:
            self.over = "memory"
        if self.over:
            self.process.kill()

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

    def map(
        self,
        units: Sequence[Unit],
        *,
        retries: int = 1,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> Iterator[Outcome]:
        """Run all units, largest first so that the last ones to finish are small; outcomes come as they finish.

        Args:
            units: what to run.
            retries: how often a unit whose worker dies or is killed is tried again.
            timeout: seconds of a unit; by default by its size, see `codecorpus.run.limits`.
            memory: bytes of a worker, its own pages alone; by default its share of what is free.
        """
        queue = deque(sorted(units, key=lambda unit: -unit.size))
        held = sum(own_memory(worker.process.pid) for worker in self._workers)
        limit = memory or memory_share(min(self._limit, len(queue)), held)
        deaths: Counter[str] = Counter()
        waiting = len(queue)
        while waiting:
            interrupts.check()
            self._hand_out(queue, timeout)
            for worker in self._ready(limit):
                unit, outcome = worker.unit, worker.take()
                assert unit is not None
                if outcome is None and worker.is_alive:
                    continue
                if outcome is None or worker.over:
                    status, reason = self._bury(worker)
                if outcome is None:
                    note_death(unit, reason)
                    deaths[unit.key] += 1
                    if deaths[unit.key] <= retries:
                        queue.append(unit)
                        continue
                    seconds = unit_seconds(unit.size, timeout)
                    error = death_error(unit, reason, status, deaths[unit.key], seconds, limit)
                    outcome = Outcome(unit, error)
                waiting -= 1
                yield outcome

    def _hand_out(self, queue: deque[Unit], timeout: float | None) -> None:
        """A unit for every worker without one, as long as there are any; workers are started as they are needed."""
        idle = sum(worker.unit is None for worker in self._workers)
        for _ in range(min(self._limit - len(self._workers), len(queue) - idle)):
            self._workers.append(_Worker())
        for worker in self._workers:
            if worker.unit is None and queue:
                unit = queue.popleft()
                worker.give(unit, unit_seconds(unit.size, timeout))

    def _ready(self, memory: int) -> list[_Worker]:
        """The workers that have something to say, or died; after a look at the limits of all."""
        busy = {worker.connection: worker for worker in self._workers if worker.unit is not None}
        ready = [busy[one] for one in wait(list(busy), _SECONDS_BETWEEN)]  # type: ignore[index]
        for worker in busy.values():
            if worker not in ready:
                worker.check(memory)
        return ready

    def _bury(self, worker: _Worker) -> tuple[int, Reason]:
        self._workers.remove(worker)
        status = worker.stop()
        return status, worker.over or reason_of(status)

    def close(self) -> None:
        """End all workers; a unit in hand is given up and leaves nothing under a final name."""
        for worker in self._workers:
            worker.stop()
        self._workers.clear()
