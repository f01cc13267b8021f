"""Files for trainers: packed sequences, written, read again and verified. Parquet now; the rows are the same in every format."""

from codecorpus.formats.parquet import (
    Written,
    iter_sequences,
    read_row,
    read_sequences,
    sequence_files,
    write_sequences,
)
from codecorpus.formats.verify import verify_sequences

__all__ = [
    "Written",
    "iter_sequences",
    "read_row",
    "read_sequences",
    "sequence_files",
    "verify_sequences",
    "write_sequences",
]
