"""Units on a Ray cluster: a task of Ray supervises one worker of ours, on whatever machine it lands.

Ray carries units and outcomes and knows nothing of what is in them. Inside of its task a unit runs as it
does on one machine (`codecorpus.run.processes`): the same clock, the same memory limit, the same narrowing
to one document. So a parser that crashes never takes a process of Ray with it, and what Ray loses is lost for
reasons that lie in no document: a process of its own, a machine. Such a unit is sent again, by us; Ray's own retries are off, and
its object store holds nothing but outcomes. All data goes through the run's folder, which every machine has to see under the same path.

Nothing of Ray is imported before somebody asks for it. Its usage statistics stay off unless the user has set
RAY_USAGE_STATS_ENABLED.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import chdir, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from codecorpus.errors import CodecorpusError, ExtraMissingError, UsageError
from codecorpus.run import interrupts
from codecorpus.run.processes import Processes
from codecorpus.run.unit import Outcome, Unit

#: So often may a unit be lost together with its machine or its process of Ray.
MOST_LOSSES = 5
# Tasks handed to Ray beyond those that can run: enough that no core waits, few enough that a cluster's head holds no million of them.
_AHEAD = 2
_SEE = "See that the cluster runs, and has this Python, this Ray and codecorpus."

# The worker of this process, if it is one of Ray's: kept between tasks, for a start costs a second or two.
_kept: list[Processes] = []


def run_supervised(
    unit: Unit, folder: str, retries: int, timeout: float | None, memory: int | None, share: int
) -> Outcome:
    """Run a unit in a worker of this process; what a task of Ray does.

    Args:
        unit: what to run.
        folder: the driver's current folder, for paths may be relative to it.
        retries: as of `Executor.map`.
        timeout: as of `Executor.map`.
        memory: as of `Executor.map`.
        share: how many such tasks this machine runs at once; memory is divided by it.
    """
    from codecorpus.run.limits import memory_share

    try:
        os.chdir(folder)
    except OSError as error:
        where = f"{folder}: {error.strerror}, on a machine of the Ray cluster"
        return Outcome(
            unit,
            CodecorpusError(where, "All machines have to see the run and its sources under the same paths."),
        )
    if not _kept:
        _kept.append(Processes(1))
    limit = memory or memory_share(share)
    (outcome,) = _kept[0].map([unit], retries=retries, timeout=timeout, memory=limit)
    return outcome


class RayTasks:
    """Runs units as tasks of a Ray cluster.

    Args:
        workers: CPUs of a cluster of our own on this machine, where no address is given.
        address: a running cluster, as `ray.init` takes it.

    Raises:
        ExtraMissingError: the extra `ray` is not installed.
        UsageError: there is no cluster at this address.
    """

    def __init__(self, workers: int, address: str | None = None) -> None:
        self._ray = _import_ray(is_alone=address is None)
        self._is_ours = not self._ray.is_initialized()
        self._workers = workers if address is None else None
        if self._is_ours:
            _start(self._ray, workers, address)
        # Retries of its own are off: a unit that is lost is counted, here.
        self._task = self._ray.remote(num_cpus=1, max_retries=0)(run_supervised)
        self._running: dict[Any, Unit] = {}

    def map(
        self,
        units: Sequence[Unit],
        *,
        retries: int = 1,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> Iterator[Outcome]:
        """Run all units, largest first; outcomes come as they finish.

        A unit whose worker dies is tried again where it is, `retries` times; one that is lost with its machine goes to another one, up to
        `MOST_LOSSES` times.
        """
        queue = deque(sorted(units, key=lambda unit: -unit.size))
        cpus, share = self._room(len(queue))
        losses: Counter[str] = Counter()
        while queue or self._running:
            while queue and len(self._running) < _AHEAD * cpus:
                unit = queue.popleft()
                sent = self._task.remote(unit, os.getcwd(), retries, timeout, memory, share)
                self._running[sent] = unit
            interrupts.check()
            ready, _ = self._ray.wait(list(self._running), num_returns=1, timeout=1.0)
            if not ready:
                cpus, _ = self._room(len(queue))  # machines come and go
            for one in ready:
                unit = self._running.pop(one)
                try:
                    outcome = self._ray.get(one)
                except self._ray.exceptions.RayError as error:
                    losses[unit.key] += 1
                    if losses[unit.key] < MOST_LOSSES:
                        queue.append(unit)
                        continue
                    outcome = Outcome(unit, _lost(unit, error))
                yield outcome

    def _room(self, units: int) -> tuple[int, int]:
        """How many tasks the cluster runs at once, and how many of so many units one machine of it."""
        cpus = int(self._ray.cluster_resources().get("CPU", 1)) or 1
        nodes = [int(node["Resources"].get("CPU", 0)) for node in self._ray.nodes() if node["Alive"]]
        return cpus, max(1, min(units, self._workers or max(nodes, default=1)))

    def close(self) -> None:
        """Give up what runs, and end the cluster if it is our own; from one that was there before we only part."""
        if not self._ray.is_initialized():
            return
        for one in self._running:
            with suppress(Exception):
                self._ray.cancel(one, force=True)
        self._running.clear()
        if self._is_ours:
            self._ray.shutdown()
            self._is_ours = False


def _import_ray(*, is_alone: bool) -> ModuleType:
    # All of this is read when Ray is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if is_alone and "ray" not in sys.modules and "RAY_AUTH_MODE" not in os.environ:
        # Ray listens on every network of the machine, and whoever reaches it may run code; before 2.52 it knows no token.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    try:
        import ray
    except ImportError:
        raise ExtraMissingError("executor ray", "ray") from None
    found: ModuleType = ray
    return found


def _start(ray: ModuleType, workers: int, address: str | None) -> None:
    """Join a cluster, or start one of this machine alone, without dashboard."""
    # "local", for without it Ray would join whatever cluster it finds.
    alone = {"address": "local", "num_cpus": workers, "include_dashboard": False}
    asked: dict[str, Any] = alone if address is None else {"address": address}
    # Ray puts the driver's current folder on the import path of its workers, and that folder may be a hostile dump.
    if "PYTHONPATH" in os.environ:
        os.environ["PYTHONPATH"] = os.pathsep.join(
            map(os.path.abspath, os.environ["PYTHONPATH"].split(os.pathsep))
        )
    if address is not None:
        knock(address)
    before = signal.getsignal(signal.SIGTERM)
    with chdir(Path(__file__).parents[2]):
        try:
            ray.init(**asked, log_to_driver=False, logging_level="ERROR")
        except Exception as error:  # Ray raises Exception itself where a process of its own does not start.
            what = f"no Ray cluster at {address}" if address else "Ray does not start"
            raise UsageError(f"{what}: {error}", _SEE) from None
    # Ray has put its own in place, and the command would end with its exit code and not with ours.
    with suppress(ValueError, TypeError):
        signal.signal(signal.SIGTERM, before)


def knock(address: str) -> None:
    """Refuse an address at which nobody listens; Ray itself tries for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return  # `auto`, or what else Ray knows
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"no Ray cluster at {address}: {error}", _SEE) from None


def _lost(unit: Unit, error: Exception) -> CodecorpusError:
    said = str(error).strip().splitlines()
    return CodecorpusError(
        f"stage {unit.stage}: Ray lost the shard {unit.key} {MOST_LOSSES} times ({type(error).__name__}: {said[0] if said else ''})",
        "See the logs of the cluster. The same command continues where this one stopped, with any executor.",
    )
