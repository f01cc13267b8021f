"""How long a unit may take and how much memory its worker, where nobody said; and what a process has of it now.

Neither is part of a unit's key: a limit decides whether a unit ends, never what it makes.
"""

from __future__ import annotations

import math
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from codecorpus.errors import UsageError

# A megabyte takes 0.35 s in all stages together on one core of a small machine. A hundredfold, and five minutes for a cold start.
_SECONDS, _SECONDS_PER_MB = 300.0, 30.0
# A worker that has done nothing yet holds 0.2 to 0.3 GB of code and kernels; a limit near that would end every unit.
_LEAST_BYTES = 1_000_000_000
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Limits:
    """What the user asked for; None leaves it to the size of the unit and of the machine.

    Attributes:
        timeout: seconds of wall time of a unit.
        memory: bytes that a worker may hold.
    """

    timeout: float | None = None
    memory: int | None = None


NO_LIMITS = Limits()


def unit_seconds(size: int, timeout: float | None) -> float:
    """Seconds that a unit over `size` bytes of input may take; a unit over the whole corpus has no limit unless one was given.

    >>> unit_seconds(8_000_000, None), unit_seconds(8_000_000, 60.0), unit_seconds(0, None)
    (540.0, 60.0, inf)
    """
    if timeout is not None:
        return timeout
    return _SECONDS + _SECONDS_PER_MB * size / 1e6 if size else math.inf


def memory_share(workers: int, held: int = 0) -> int:
    """Bytes that each of `workers` may hold: of nine tenths of what is free, `held` of the workers themselves included; 1 GB at least."""
    free = _free_memory()
    return max(_LEAST_BYTES, int(_SHARE * (free + held) / max(1, workers))) if free else 2**62


def own_memory(pid: int) -> int:
    """Bytes that a process has for itself, without the pages of files that it maps; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        numbers = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        return (int(numbers[1]) - int(numbers[2])) * os.sysconf("SC_PAGE_SIZE")
    return 0


def parse_bytes(text: str) -> int:
    """A size as people write it.

    Raises:
        UsageError: it is none.

    >>> parse_bytes("4GB"), parse_bytes("1.5 G"), parse_bytes("512MB"), parse_bytes("1000")
    (4000000000, 1500000000, 512000000, 1000)
    """
    number = text.strip().upper().removesuffix("B").strip()
    factor = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}.get(number[-1:], 1)
    with suppress(ValueError, OverflowError):
        size = int(float(number if factor == 1 else number[:-1]) * factor)
        if size > 0:
            return size
    raise UsageError(f"{text!r} is no size", "Write bytes, or a number with KB, MB, GB or TB, such as 4GB.")


def _free_memory() -> int:
    """Bytes that could be had now: of the machine, and of the control group that a container or a batch job is in; 0 if unknown."""
    known = []
    with suppress(OSError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                known.append(int(line.split()[1]) * 1024)
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            known.append(int(Path(name).read_text(encoding="ascii")))
    return min(known, default=0)
