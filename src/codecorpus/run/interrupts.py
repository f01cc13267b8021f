"""An interrupt that was asked for is not lost.

Python raises `KeyboardInterrupt` wherever it happens to be, and where that is a callback of a library (a compiler's, a finalizer), the
library prints it and goes on. So the command line's handler writes down that it was asked, and whoever waits for units looks.
"""

from __future__ import annotations

_requested = False


def request() -> None:
    """Somebody asked the process to stop."""
    global _requested
    _requested = True


def forget() -> None:
    """A new command begins."""
    global _requested
    _requested = False


def check() -> None:
    """Stop here if somebody asked.

    Raises:
        KeyboardInterrupt: once for each request.
    """
    global _requested
    if _requested:
        _requested = False
        raise KeyboardInterrupt
