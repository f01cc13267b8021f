"""Count tables: how often each pre-token occurs, by language and repository. Documents go in, tables come out that add up.

A count table is all that training needs. `count(A)` and `count(B)` merged are `count(A + B)`, row for row and byte for byte, whatever
the shards and their order. So a corpus is counted where it lies, the tables are kept, and a tokenizer is trained again in seconds: of
another size, with other weights, with another cap.

Repositories stay in the table as long as a pre-token is known from a few only (`MOST_REPOSITORIES`); of one that is known from more,
the repositories are forgotten for good and their rows become one. This is exact whatever the order, costs a tenth more rows
than no repositories at all, and is what `cap_counts` needs: names such as `_lora_rank` occur in one repository only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codecorpus.buffers import text_chunks
from codecorpus.errors import DataError, UsageError
from codecorpus.tokenize import _kernels_count as k
from codecorpus.tokenize.count_rows import COUNTS, add_up, merge_counts, mode_of, stamped
from codecorpus.tokenize.pretoken import MAX_PRETOKEN_BYTES, binary_array, cut_of
