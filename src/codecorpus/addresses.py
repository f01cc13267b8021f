"""Addresses in object stores, such as `s3://bucket/prefix`, whose secrets are never part of a name.

Credentials come from the environment, as each store's own tools take them, or from the address itself:
`s3://KEY:SECRET@bucket/prefix?endpoint_override=HOST:PORT&scheme=http&region=REGION`. What stands before `@` and after `?` is an
`Access`; everything else that sees an address sees `s3://bucket/prefix` alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from codecorpus.errors import UsageError

_SCHEMES = {"s3": "s3", "gs": "gs", "gcs": "gs"}
_OPTIONS = {
    "s3": ("endpoint_override", "scheme", "region", "anonymous"),
    "gs": ("endpoint_override", "scheme", "project_id", "anonymous"),
}
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


def without_secrets(text: str, access: Access) -> str:
    """The first line of a message, with what opens the store blotted out.

    >>> without_secrets("no key abcdef here", Access(("abcdef", "x1234567")))
    'no key *** here'
    """
    secrets = [*access.user, *(os.environ.get(name, "") for name in _SECRET_VARIABLES)]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text.strip().partition("\n")[0]


def is_plain(path: str) -> bool:
    """Whether a key can be asked for: libraries resolve `..` and refuse empty segments, and would read another object.

    >>> [is_plain(path) for path in ("a/b", "a/../b", "a//b", "/a")]
    [True, False, False, False]
    """
    return not {"", ".", ".."} & set(path.split("/"))
