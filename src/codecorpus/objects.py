"""Object stores: addresses such as `s3://bucket/prefix`, opened without their secrets ever becoming part of a name.

Credentials come from the environment, as each store's own tools take them, or from the address itself:
`s3://KEY:SECRET@bucket/prefix?endpoint_override=HOST:PORT&scheme=http&region=REGION`. What stands before `@` and after `?` is an
`Access`; everything else that sees an address sees `s3://bucket/prefix` alone. An error of the store is a `StorageError` and no
`OSError`: the readers take an `OSError` for damage of one file, and a store that does not answer must not look like it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, unquote

import pyarrow as pa
import pyarrow.fs as pafs

from codecorpus.errors import StorageError, UsageError

_SCHEMES = {"s3": "s3", "gs": "gs", "gcs": "gs"}
_OPTIONS = {
    "s3": ("endpoint_override", "scheme", "region", "anonymous"),
    "gs": ("endpoint_override", "scheme", "project_id", "anonymous"),
}
#: Bytes asked for at once; a store answers a request in some 20 ms, in which a disk reads as much.
_READ_AHEAD = 1 << 22
#: Seconds, and how often a request is made in all. A server that is gone is given up after 1 to 3 s.
_CONNECT, _ANSWER, _TRIES = 10, 60, 4
#: Variables of the environment that no message may repeat.
_SECRET_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class Access:
    """What opens a store, on top of the environment; in no key, no output and no message.

    Attributes:
        user: name and secret, empty where the environment has them.
        options: names and values of the address's query.
    """

    user: tuple[str, ...] = field(default=(), repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """A place in an object store.

    Attributes:
        scheme: `s3` or `gs`.
        bucket: its bucket.
        key: the rest, without slashes at its ends; empty for the whole bucket.
        access: what opens it.
    """

    scheme: str
    bucket: str
    key: str
    access: Access = field(default=Access(), repr=False)

    @property
    def name(self) -> str:
        """The address as it may be shown and written down."""
        return f"{self.scheme}://{self.path}"

    @property
    def path(self) -> str:
        """Bucket and key, as the file system takes them."""
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    @property
    def last(self) -> str:
        """The last segment: what a folder of this address would be called."""
        return self.path.rpartition("/")[2]

    def below(self, relative: str) -> Address:
        """The address of something in it."""
        return Address(self.scheme, self.bucket, f"{self.key}/{relative}".lstrip("/"), self.access)


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing: its path below what was listed, bytes, and the store's time of its last change."""

    path: str
    size: int
    mtime_ns: int


def is_address(text: object) -> bool:
    """Whether this names a place in an object store, and not a file.

    >>> is_address("s3://bucket/prefix"), is_address("s3/bucket"), is_address("/data")
    (True, False, False)
    """
    return isinstance(text, str) and text.partition("://")[0].lower() in _SCHEMES and "://" in text


def parse_address(text: str) -> Address:
    """Take an address apart; keys are taken as they stand, without `%` escapes.

    Raises:
        UsageError: there is no bucket, an option is unknown, or half of the credentials is missing.

    >>> parse_address("s3://me:secret@bucket/a/b/?scheme=http").name
    's3://bucket/a/b'
    >>> parse_address("s3://me:secret@bucket/a/b/?scheme=http")
    Address(scheme='s3', bucket='bucket', key='a/b')
    """
    scheme, _, rest = text.partition("://")
    scheme = _SCHEMES[scheme.lower()]
    place, _, query = rest.partition("?")
    user, at, host = place.partition("/")[0].rpartition("@")
    bucket, key = host, place[len(user) + len(at) + len(host) :].strip("/")
    named = Address(scheme, bucket, key)
    if not bucket:
        raise UsageError(f"{scheme}://: no bucket is named", f"Write {scheme}://BUCKET/PREFIX.")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    unknown = sorted({name for name, _ in options} - {*_OPTIONS[scheme]})
    if unknown:
        raise UsageError(
            f"{named.name}: the address has {len(unknown)} unknown option(s) after '?'",
            f"Known: {', '.join(_OPTIONS[scheme])}; credentials stand before '@' or in the environment.",
        )
    words = tuple(unquote(word) for word in user.split(":", 1)) if at else ()
    if words and (len(words) != 2 or scheme != "s3"):
        raise UsageError(
            f"{named.name}: credentials in an address are KEY:SECRET@, of s3:// only",
            "Leave them out, and set them in the environment.",
        )
    return Address(scheme, bucket, key, Access(words, options))


def address_of(name: str, access: Access) -> Address:
    """The address that shows itself as `name`, with what opens it; the inverse of `Address.name`.

    >>> address_of("s3://bucket/a?b", Access()).key
    'a?b'
    """
    scheme, _, path = name.partition("://")
    bucket, _, key = path.partition("/")
    return Address(scheme, bucket, key, access)


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
    user = dict(zip(("access_key", "secret_key"), access.user, strict=False))
    region = (
        options.pop("region", None) or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    )
    asked = options.get("endpoint_override") or any(
        name.startswith("AWS_ENDPOINT_URL") for name in os.environ
    )
    if region is None and not asked:
        region = pafs.resolve_s3_region(bucket)
    return pafs.S3FileSystem(
        **options,
        **user,
        region=region or "us-east-1",
        connect_timeout=_CONNECT,
        request_timeout=_ANSWER,
        retry_strategy=pafs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
    )


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


def without_secrets(text: str, access: Access) -> str:
    """The first line of a message, with what opens the store blotted out.

    >>> without_secrets("no key abcdef here", Access(("abcdef", "x1234567")))
    'no key *** here'
    """
    secrets = [*access.user, *(os.environ.get(name, "") for name in _SECRET_VARIABLES)]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text.strip().partition("\n")[0]


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


def is_plain(path: str) -> bool:
    """Whether a key can be asked for: libraries resolve `..` and refuse empty segments, and would read another object.

    >>> [is_plain(path) for path in ("a/b", "a/../b", "a//b", "/a")]
    [True, False, False, False]
    """
    return not {"", ".", ".."} & set(path.split("/"))


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
