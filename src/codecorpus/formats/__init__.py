"""Files for trainers: packed sequences as Parquet, written, read again and verified, and the same rows in the formats of trainers."""

from codecorpus.formats.names import FORMATS, Facts, check_format
from codecorpus.formats.parquet import (
    Written,
    iter_sequences,
    read_row,
    read_sequences,
    sequence_files,
    write_sequences,
)
from codecorpus.formats.rows import derive_position_ids, hidden_borders
from codecorpus.formats.verify import verify_sequences
from codecorpus.formats.write import write_format

__all__ = [
    "FORMATS",
    "Facts",
    "Written",
    "check_format",
    "derive_position_ids",
    "hidden_borders",
    "iter_sequences",
    "read_row",
    "read_sequences",
    "sequence_files",
    "verify_sequences",
    "write_format",
    "write_sequences",
]
