"""A worker process: reads units from its connection, says that it begins, answers with the outcome, ends when the connection closes.

Started by `codecorpus.run.executor` as `python -P -m codecorpus.run.worker FD PARENT`; not for people.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import pickle
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from codecorpus.errors import CodecorpusError
from codecorpus.run.deaths import NO_MEMORY
from codecorpus.run.memory import give_back_memory
from codecorpus.run.unit import Outcome, Unit, run_unit

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve units until the driver hangs up."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    # Ctrl-C goes to the whole process group; the driver decides what it means for a worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(parent)
    _die_first()
    _use_one_thread()
    with Connection(descriptor) as connection:
        while True:
            try:
                unit = connection.recv()
            except EOFError:
                return
            _import(unit)
            connection.send("begun")
            connection.send(_outcome(unit))


def _import(unit: Unit) -> None:
    """Load the code of a unit, which is no part of its time; what is wrong with it is found again, and said, when the unit is run."""
    with suppress(Exception):
        importlib.import_module(unit.task.partition(":")[0])


def _outcome(unit: Unit) -> Outcome:
    try:
        return run_unit(unit)
    except MemoryError:
        # Of what is left nobody knows whether it is whole; the supervisor counts it as a death, like that of a worker it had to kill.
        os._exit(NO_MEMORY)
    except Exception as error:
        return Outcome(unit, _portable(error, unit))
    finally:
        give_back_memory()


def _portable(error: Exception, unit: Unit) -> BaseException:
    """The error itself where it survives pickling, else one that says the same."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        restored = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own object, in our own memory
    except Exception:
        return CodecorpusError(f"stage {unit.stage}: {type(error).__name__}: {error}", traceback.format_exc())
    return error if type(restored) is type(error) else CodecorpusError(str(error))


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the driver dies, so that a killed run leaves nothing running (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)


def _die_first() -> None:
    """Where memory runs out faster than anybody looks, the system is to end a worker and not the driver (Linux only)."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def _use_one_thread() -> None:
    """A worker is one core; Arrow's pools would make it as many as the machine has."""
    import pyarrow as pa

    pa.set_cpu_count(1)


if __name__ == "__main__":
    main()
