"""Objects of a store, listed, read, written and removed; the errors of a store are no errors of files.

What goes wrong in a store is a `StorageError` and no `OSError`: the readers take an `OSError` for damage of one file, and a store that does
not answer must not look like it. Only an object that is not there is a `FileNotFoundError`, as on a disk.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.fs as pafs

from codecorpus.addresses import Access, Address, without_secrets
from codecorpus.errors import StorageError

#: Bytes asked for at once. A store is taken to need tens of milliseconds for an answer (not measured here).
_READ_AHEAD = 1 << 22
#: Seconds, and how often a request is made in all. A server that is gone is given up within seconds.
_CONNECT, _ANSWER, _TRIES = 10, 60, 4


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing: its path below what was listed, bytes, and the store's time of its last change."""

    path: str
    size: int
    mtime_ns: int


@cache
def file_system(scheme: str, bucket: str, access: Access) -> pafs.FileSystem:
    """The file system of a store; one for each access in a process.

    Args:
        scheme: `s3` or `gs`.
        bucket: decides on the region where nothing else says it.
        access: credentials and options.
    """
    options: dict[str, Any] = dict(access.options)
    options["anonymous"] = options.get("anonymous", "").lower() in ("1", "true", "yes")
    if scheme == "gs":
        return pafs.GcsFileSystem(**options)
    way, host = s3_endpoint(access)
    user = dict(zip(("access_key", "secret_key"), access.user, strict=False))
    region = options.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region and not host:
        region = pafs.resolve_s3_region(bucket)
    options |= {"region": region or "us-east-1", "scheme": way, "endpoint_override": host or None}
    return pafs.S3FileSystem(
        **options,
        **user,
        connect_timeout=_CONNECT,
        request_timeout=_ANSWER,
        retry_strategy=pafs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
    )


def s3_endpoint(access: Access) -> tuple[str, str]:
    """Scheme and host of the server, by the address or else by the environment; no host is the store's own.

    Arrow does not look at `AWS_ENDPOINT_URL`, which other tools of S3 heed.
    """
    options = dict(access.options)
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    way, _, host = options.get("endpoint_override", named).rpartition("://")
    return options.get("scheme") or way or "https", host.rstrip("/")


def system_of(address: Address) -> pafs.FileSystem:
    """The file system that an address lies in.

    Raises:
        StorageError: the region of the bucket cannot be found out.
    """
    with store_errors(address):
        return file_system(address.scheme, address.bucket, address.access)


@contextmanager
def store_errors(address: Address) -> Iterator[None]:
    """Turn an error of the store into a `StorageError` that names the place and no secret; `FileNotFoundError` stays."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(f"{address.name}: there is no such object") from None
    except (OSError, pa.ArrowException) as error:
        raise StorageError(
            f"{address.name}: the store says: {without_secrets(str(error), address.access)}",
            "Check the address, the credentials and the connection; the same command then continues.",
        ) from None


def look_up(address: Address) -> Listed | None:
    """Size and time of an object; None where there is none, which may still be a prefix of others.

    Raises:
        StorageError: the store does not answer, or refuses.
    """
    if not address.key:
        return None
    system = system_of(address)
    with store_errors(address):
        info = system.get_file_info(address.path)
    return Listed(address.last, info.size, info.mtime_ns or 0) if info.type == pafs.FileType.File else None


def list_objects(address: Address) -> list[Listed]:
    """All objects below an address, sorted by the bytes of their paths; marks of empty folders are none.

    Raises:
        StorageError: the store does not answer, or refuses.
    """
    selector = pafs.FileSelector(address.path, allow_not_found=True, recursive=True)
    system = system_of(address)
    with store_errors(address):
        infos = system.get_file_info(selector)
    start = len(address.path) + 1
    found = [
        Listed(info.path[start:], info.size, info.mtime_ns or 0)
        for info in infos
        if info.type == pafs.FileType.File and not info.path.endswith("/")
    ]
    return sorted(found, key=lambda one: one.path.encode("utf-8", "surrogateescape"))


def open_object(address: Address) -> BinaryIO:
    """Open an object for reading, from its start or anywhere; a few megabytes are held.

    Raises:
        FileNotFoundError: there is no such object.
        StorageError: the store does not answer, or refuses; so does every later read.
    """
    file: Any = io.BufferedReader(ObjectFile(address), _READ_AHEAD)
    return file  # type: ignore[no-any-return]


class ObjectFile(io.RawIOBase):
    """An object as a raw file of Python, whose errors are `StorageError`s."""

    def __init__(self, address: Address) -> None:
        self._address = address
        system = system_of(address)
        with store_errors(address):
            self._file = system.open_input_file(address.path)
            self.size = int(self._file.size())

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as there are bytes."""
        with self._errors():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; nothing is asked of the store."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError("before the start of the object")
        return int(self._file.seek(min(start + offset, self.size)))

    def tell(self) -> int:
        """Where the next read begins."""
        return int(self._file.tell())

    def close(self) -> None:
        """Let go of the object."""
        if not self.closed:
            self._file.close()
        super().close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """An object that goes away while it is read is an error of the store, too."""
        try:
            with store_errors(self._address):
                yield
        except FileNotFoundError as error:
            raise StorageError(
                str(error), "It went away while it was read; run the same command again."
            ) from None


def upload_object(path: Path, address: Address) -> None:
    """Upload a finished file, over whatever is there. An upload that is killed may leave a part of it: only a marker tells.

    Raises:
        StorageError: the store does not answer, or refuses.
        OSError: the file cannot be read.
    """
    with path.open("rb") as source:
        _write(source, address)


def put_bytes(data: bytes, address: Address) -> None:
    """Write a small object.

    Raises:
        StorageError: the store does not answer, or refuses.
    """
    _write(io.BytesIO(data), address)


def _write(source: BinaryIO, address: Address) -> None:
    system = system_of(address)
    # By default the name decides on compression, and what ends in .gz would be compressed once more.
    with store_errors(address), system.open_output_stream(address.path, compression=None) as stream:
        while block := source.read(_READ_AHEAD):
            stream.write(block)


def delete_object(address: Address) -> None:
    """Remove an object; it is no error if there is none.

    Raises:
        StorageError: the store does not answer, or refuses.
    """
    system = system_of(address)
    with suppress(FileNotFoundError), store_errors(address):
        system.delete_file(address.path)
