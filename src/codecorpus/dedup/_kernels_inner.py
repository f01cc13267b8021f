"""The decorators of kernels that only kernels call, and what makes compiling cheaper."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit
from numba.core import event

_Function = TypeVar("_Function", bound=Callable[..., Any])


def inner(function: _Function) -> _Function:
    """`njit` without what Python would need to call the kernel: the lexer compiles in 11.0 s of CPU instead of 13.1.

    Nor are references counted, which every use of an array would have to be compiled for: such a kernel makes no array.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    compiled: _Function = njit(cache=True, nogil=True, **options)(function)
    return compiled


def folded(function: _Function) -> _Function:
    """`njit` of a kernel that is called in one place, and is written there before anything is compiled.

    LLVM otherwise goes over a kernel again in each one above it, and makes machine code of it each time. But numba's own passes grow
    faster than a function does: with everything in one, the lexer took 26 s instead of 6.
    """
    options: dict[str, Any] = {"inline": "always"}
    compiled: _Function = njit(cache=True, nogil=True, **options)(function)
    return compiled


class _Pause(event.Listener):
    """No garbage collection while a kernel of ours is compiled: numba makes millions of objects, of which next to none are garbage.

    A first deduplication takes 7 % less with it. numba calls this with its compiler lock held.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._was_on = False

    def on_start(self, event: event.Event) -> None:
        """The outermost kernel decides, and those that it calls belong to it."""
        if self._depth or event.data["dispatcher"].py_func.__module__.startswith("codecorpus."):
            if not self._depth:
                self._was_on = gc.isenabled()
                gc.disable()
            self._depth += 1

    def on_end(self, event: event.Event) -> None:
        """As it was before."""
        if self._depth:
            self._depth -= 1
            if not self._depth and self._was_on:
                gc.enable()


event.register("numba:compile", _Pause())  # type: ignore[no-untyped-call]
