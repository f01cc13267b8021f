"""Memory that the allocators keep: given back between units, or the stages of a run would add up to more than any one of them needs."""

from __future__ import annotations

import ctypes
import mmap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Often enough that a disk cannot fill much more than a gigabyte meanwhile, and rare enough to cost nothing.
_SECONDS_BETWEEN = 0.5


def give_back_memory() -> None:
    """Return what Arrow's pool and the C library hold free; a few milliseconds."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    # The C library keeps what syntax trees took, up to 87 times their source, for the next one (glibc alone has a call for it).
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@contextmanager
def mapped_briefly(arrays: Sequence[Any]) -> Iterator[None]:
    """While the body runs, let go of the pages of memory-mapped arrays again and again.

    Pages that were read count as memory of the process until the system needs them elsewhere; a limit on memory does not wait for that.
    They come back from the page cache when they are read again. Arrays that are no maps are left alone; maps must not be written to.
    """
    maps = [found for array in arrays if isinstance(found := getattr(array, "_mmap", None), mmap.mmap)]
    over = threading.Event()

    def let_go() -> None:
        while not over.wait(_SECONDS_BETWEEN):
            for one in maps:
                one.madvise(mmap.MADV_DONTNEED)

    watcher = threading.Thread(target=let_go, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
