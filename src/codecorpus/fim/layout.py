"""The four layouts as data: in which order prefix, suffix and middle stand, and which sentinel stands before each.

`psm`        PRE prefix SUF suffix MID middle
`spm-v1`     SUF suffix PRE prefix MID middle
`spm-v2`     PRE SUF suffix MID prefix middle       (Bavarian et al. 2022, arXiv 2207.14255: prefix and middle abut, unmarked)
`codestral`  SUF suffix PRE prefix middle           (the middle follows the prefix, unmarked)

A name `spm` alone does not exist here: StarCoder means variant 2 by it, OLMo means variant 1, and a model trained on one does not
read the other. Variant 2 is the joint format of Bavarian et al.: read as PSM it is a transformed text with an empty prefix.
"""

from __future__ import annotations

import numpy as np

from codecorpus.fim.sentinels import Family

#: Layouts by code, the number stored in the `layout` column.
LAYOUTS = ("none", "psm", "spm-v1", "spm-v2", "codestral")
NONE, PSM, SPM_V1, SPM_V2, CODESTRAL = range(5)

_PRE, _MID, _SUF, _PREFIX, _MIDDLE, _SUFFIX, _NOTHING = 0, 1, 2, 3, 4, 5, -1

#: int8[layout, step]: what to write, in order: 0-2 a sentinel (prefix, middle, suffix), 3-5 a piece (prefix, middle, suffix), -1 nothing.
STEPS = np.array(
    [
        [_NOTHING] * 6,
        [_PRE, _PREFIX, _SUF, _SUFFIX, _MID, _MIDDLE],
        [_SUF, _SUFFIX, _PRE, _PREFIX, _MID, _MIDDLE],
        [_PRE, _SUF, _SUFFIX, _MID, _PREFIX, _MIDDLE],
        [_SUF, _SUFFIX, _PRE, _PREFIX, _MIDDLE, _NOTHING],
    ],
    dtype=np.int8,
)

#: Sentinels that each layout inserts.
SENTINELS_IN = tuple(int(((steps >= 0) & (steps <= 2)).sum()) for steps in STEPS)


def overhead(family: Family, layout: int) -> int:
    """Tokens that a part of this layout needs beyond its own, at most: begin token, sentinels, end token.

    >>> from codecorpus.fim.sentinels import family
    >>> overhead(family("qwen2.5-coder"), PSM), overhead(family("codestral"), CODESTRAL)
    (4, 4)
    """
    return SENTINELS_IN[layout] + 1 + (family.begin is not None)
