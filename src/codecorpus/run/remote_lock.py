"""One driver on a run in a store: an object that says who, and when last seen.

Stores have no lock that all of them share, so that this is write, wait, read again: of two that write at once the later one stays, and
the other one sees that it is not its own. The holder writes its time anew every half minute, and looks whether the object is still its
own. What has not been written for five minutes is taken over; what a process of this machine left that does not run any more, at once.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codecorpus.addresses import Address
from codecorpus.errors import OutputError, StorageError
from codecorpus.objects import delete_object, open_object, put_bytes

#: Seconds between signs of life, and after how many without one the lock counts as left behind.
BEAT, STALE = 30.0, 300.0
#: Seconds in which an object that another driver wrote at the same moment becomes visible to all.
_SETTLE = 1.0


@dataclass(slots=True)
class StoreLock:
    """A lock that is held.

    Attributes:
        address: of the run.
        token: what tells this holder from every other.
        lost: whether another driver has taken it over.
    """

    address: Address
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    lost: bool = False

    @property
    def place(self) -> Address:
        """Where the object is."""
        return self.address.below("work/lock.json")

    def check(self) -> None:
        """Look whether the lock is still held.

        Raises:
            OutputError: another driver has taken the run over.
        """
        if self.lost or (_read(self.place) or {}).get("token") != self.token:
            raise OutputError(
                f"{self.address.name}: another driver has taken over this run",
                "Nothing of it was published by this one. Wait for the other, or run the same command again.",
            )

    def write(self) -> None:
        """Say who holds it, and that it lives."""
        value = {**_who(), "time": time.time(), "token": self.token}
        put_bytes(json.dumps(value, sort_keys=True).encode(), self.place)


@contextmanager
def held_lock(address: Address) -> Iterator[StoreLock]:
    """Hold the lock of a run while the body runs.

    Raises:
        OutputError: another driver holds it, or was faster.
    """
    lock = StoreLock(address)
    found = _read(lock.place)
    if found is not None and not _left_behind(found):
        raise OutputError(
            f"{address.name}: another driver is working on this run "
            f"({found.get('host')}, process {found.get('pid')}, seen {_age(found):.0f} s ago)",
            f"Wait for it. One that has died is taken over {STALE:.0f} s after it was last seen.",
        )
    lock.write()
    time.sleep(_SETTLE)
    lock.check()
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(lock, over), daemon=True)
    beat.start()
    try:
        yield lock
    finally:
        over.set()
        beat.join(5)  # longer only where the store is silent
        # A store that is gone keeps the lock; it is left behind then.
        with suppress(StorageError, OutputError):
            lock.check()
            delete_object(lock.place)


def _beat(lock: StoreLock, over: threading.Event) -> None:
    while not over.wait(BEAT):
        # A store that does not answer now may answer later; the run's own requests tell the user.
        with suppress(StorageError):
            try:
                lock.check()
            except OutputError:
                lock.lost = True
                return
            lock.write()


def _read(place: Address) -> dict[str, Any] | None:
    try:
        with open_object(place) as file:
            value = json.loads(file.read())
    except (FileNotFoundError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _age(found: dict[str, Any]) -> float:
    seen = found.get("time")
    return max(0.0, time.time() - seen) if isinstance(seen, (int, float)) else STALE


def _left_behind(found: dict[str, Any]) -> bool:
    """Whether its holder has not been seen for long, or was a process of this machine that has ended."""
    if _age(found) >= STALE:
        return True
    mine = _who()
    if (found.get("host"), found.get("boot")) != (mine["host"], mine["boot"]):
        return False
    pid = found.get("pid")
    return (
        not (isinstance(pid, int) and pid > 0 and Path(f"/proc/{pid}").exists())
        and Path("/proc/self").exists()
    )


def _who() -> dict[str, Any]:
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return {"host": socket.gethostname(), "boot": boot, "pid": os.getpid()}
