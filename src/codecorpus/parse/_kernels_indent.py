"""How deep a YAML document is indented, before its grammar is asked. numpy and numba only.

The grammar keeps its stack of columns in a buffer of fixed size and does not look at its end: the process dies at 254 levels.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_SPACE, _LF, _CR, _TAB = 32, 10, 13, 9


@njit(cache=True, nogil=True)
def indent_depth(data: NDArray[np.uint8], most: int) -> int:
    """The most columns open at once: of first words of lines, and of what follows `- `, `? ` and `: ` at the start of one.

    No less than the levels of YAML, and more where a text of several lines is indented.

    Args:
        data: uint8, the document.
        most: where counting stops; the answer is then `most + 1`.
    """
    columns = np.empty(most + 1, np.int64)
    depth = deepest = 0
    start = 0  # of the line
    at_start = True
    at = 0
    while at < len(data):
        byte = data[at]
        if byte in (_LF, _CR):
            start, at_start = at + 1, True
        elif at_start and byte != _SPACE and byte != _TAB:
            column = at - start
            while depth > 0 and columns[depth - 1] >= column:
                depth -= 1
            columns[depth] = column
            depth += 1
            deepest = max(deepest, depth)
            if depth > most:
                return depth
            is_mark = byte == 45 or byte == 63 or byte == 58
            after = data[at + 1] if at + 1 < len(data) else np.uint8(_LF)
            at_start = is_mark and (after in (_SPACE, _TAB))
        at += 1
    return deepest
