"""Files opened so that they cannot block or lead elsewhere, and decompressed streams that cannot swell without bound."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import tarfile
import zlib
from collections.abc import Callable
from typing import IO, Any, BinaryIO, Protocol

import pyarrow as pa

from codecorpus.addresses import Access, address_of
from codecorpus.objects import ObjectFile, open_object

#: What a broken compressed stream or archive raises, over all formats read here.
DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    RecursionError,
    MemoryError,
    LookupError,
    # Offsets over 64 bits; a zip archive that asks for a newer version.
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    pa.ArrowException,
)

#: Bytes that a container may decompress to: this many times its own bytes, and this many more. Source code compresses 3 to 10 times;
#: a bomb compresses 1,000 times and more.
BOMB_FACTOR = 100
BOMB_ALLOWANCE = 1_000_000_000

_STEP = 1 << 18
_SMALL_STEP = 1 << 14

_COMPRESSION = {".gz": "gz", ".tgz": "gz", ".bz2": "bz2", ".tbz2": "bz2", ".xz": "xz", ".txz": "xz"}
_COMPRESSION |= {".zst": "zst", ".tzst": "zst"}


class ByteStream(Protocol):
    """All that the readers ask of a stream."""

    def read(self, size: int = ..., /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


class NotRegularError(OSError):
    """The entry is a fifo, socket, device or folder where a file is expected."""


def open_regular(path: str) -> BinaryIO:
    """Open a regular file for reading, unbuffered; never follows a link in the last place, never waits for a fifo.

    Raises:
        NotRegularError: it is something else than a regular file.
        OSError: it cannot be opened; `ELOOP` where it is a symbolic link.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError("not a regular file")
        return os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def open_place(location: str, access: Access | None) -> BinaryIO:
    """Open a file on the disk as `open_regular` does, or an object of a store where there is an access.

    Raises:
        OSError: it cannot be opened.
        StorageError: the store does not answer, or refuses; this is no damage of the file.
    """
    return open_regular(location) if access is None else open_object(address_of(location, access))


def size_of(raw: BinaryIO) -> int:
    """Bytes of what `open_place` opened, without moving in it."""
    held: Any = getattr(raw, "raw", None)
    return int(held.size) if isinstance(held, ObjectFile) else os.fstat(raw.fileno()).st_size


def decompress(raw: BinaryIO, name: str) -> ByteStream:
    """The decompressed bytes of `raw`, by the last extension of `name`; `raw` itself where that names no compression.

    All members of a file of many are read. A broken or cut stream first gives what stands before the damage (as far as the format can:
    bz2 and zstd decode whole blocks), then raises one of `DAMAGE`.
    """
    kind = _COMPRESSION.get(os.path.splitext(name)[1].lower())
    # read1 and not read: a read that meets the damage would take the good bytes before it along.
    if kind == "gz":
        return _Steps(gzip.GzipFile(fileobj=raw, mode="rb").read1, _STEP)
    if kind == "bz2":
        return _Steps(bz2.BZ2File(raw, "rb").read1, _STEP)
    if kind == "xz":
        return _Steps(lzma.LZMAFile(raw, "rb").read1, _STEP)
    if kind == "zst":
        # Arrow's decoder refuses windows over 128 MiB, so a hostile header cannot ask for gigabytes.
        return _Steps(pa.input_stream(raw, compression="zstd").read, _SMALL_STEP)
    return raw


class _Steps:
    """A stream that is read in steps of limited size."""

    def __init__(self, read: Callable[[int], bytes], step: int) -> None:
        self._read = read
        self._step = step

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, and no more than one step."""
        return self._read(min(size, self._step) if size >= 0 else self._step)


class ForwardStream:
    """A stream that is read once, forwards, within a budget: what `tarfile` needs of a file, and no more.

    Seeking forwards reads and forgets. A single read over `max_read` bytes is refused: headers of a tar archive can ask for any
    amount of memory.

    Args:
        stream: the decompressed bytes.
        budget: bytes that may come out of it in all.
        max_read: bytes that one call may ask for.
    """

    _SKIP = 1 << 20

    def __init__(self, stream: ByteStream, *, budget: int, max_read: int) -> None:
        self._stream = stream
        self._position = 0
        self._budget = budget
        self._max_read = max_read
        #: The last bytes that came out, at most one block of a tar archive.
        self.tail = b""

    def read(self, size: int = -1, /) -> bytes:
        """Exactly `size` bytes, or what is left of the stream."""
        if not 0 <= size <= self._max_read:
            raise OSError(f"a header asks for {size:,} bytes at once")
        blocks = []
        wanted = size
        while wanted:
            block = self._stream.read(wanted)
            if not block:
                break
            blocks.append(block)
            wanted -= len(block)
        self._position += size - wanted
        if self._position > self._budget:
            raise OSError(f"more than {self._budget:,} bytes decompressed: taken for a bomb")
        data = blocks[0] if len(blocks) == 1 else b"".join(blocks)
        self.tail = data[-tarfile.BLOCKSIZE :]
        return data

    def seek(self, position: int, whence: int = os.SEEK_SET, /) -> int:
        """Move forwards to `position`; short of it where the stream ends."""
        if whence != os.SEEK_SET or position < self._position:
            raise OSError("this archive asks to go back")
        while self._position < position:
            if not self.read(min(self._SKIP, position - self._position)):
                break
        return self._position

    def tell(self) -> int:
        """Bytes that have come out so far."""
        return self._position


def bomb_budget(compressed: int) -> int:
    """Bytes that a container of `compressed` bytes may decompress to."""
    return BOMB_FACTOR * compressed + BOMB_ALLOWANCE


def as_file(stream: ForwardStream) -> IO[bytes]:
    """The stream under the type that `tarfile` is annotated with; it calls `read`, `seek` and `tell` alone."""
    file: Any = stream
    return file  # type: ignore[no-any-return]
