"""Memory that the allocators keep: given back between units, or the stages of a run would add up to more than any one of them needs."""

from __future__ import annotations

import ctypes


def give_back_memory() -> None:
    """Return what Arrow's pool and the C library hold free; a few milliseconds."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    # The C library keeps what syntax trees took, up to 87 times their source, for the next one (glibc alone has a call for it).
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
