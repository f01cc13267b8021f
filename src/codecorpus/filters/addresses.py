"""Which e-mail and IP addresses are somebody's, and which only look like one or are set aside for examples."""

from __future__ import annotations

import ipaddress
import re

# RFC 2606 and RFC 6761 names, and hosts that stand in examples by custom.
_EXAMPLE_HOST = re.compile(
    rb"(?:\A|\.)(?:example|test|invalid|localhost|local|localdomain|internal|lan)\Z"
    rb"|(?:\A|\.)example\.|\A(?:domain|yourdomain|mydomain|foo|bar|baz|foobar|acme|test|a|b|x|host|hostname|server|email|mail|site)\.[a-z]{2,3}\Z"
)
# What stands before the @ of an address that is nobody's.
_ROLE = re.compile(
    rb"(?:git|hg|svn|root|no-?reply|do-?not-?reply|user(?:name)?\d?|me|you|your[._]?(?:name|email)?|foo|bar|baz|name|email|test\d?"
    rb"|someone|somebody|nobody|anonymous|example|john\.?doe|jane\.?doe|alice|bob|joe|a|b|c|x)\Z"
)
_VERSION = re.compile(rb"v?\d+\.\d")
# Ends of file names (`icon@2x.png`) and of code (`x@y.map`) that have the form of a top-level domain.
_NOT_A_DOMAIN = frozenset(
    b"png jpg jpeg gif svg webp ico css scss less js mjs cjs jsx ts tsx json html htm xml yml yaml toml py pyc rb go rs java"
    b" class cpp hpp cc hh cs php pl pm lua md txt rst zip tar gz bz xz whl jar map lock log conf cfg ini service target socket"
    b" sql out in sh exe dll so"
    b" length size value name type id key data get set call apply bind prototype tostring format join push then map filter".split()
)


def is_personal_address(address: bytes, *, before: bytes = b"", after: bytes = b"") -> bool:
    """Whether an e-mail address, in small letters, may reach somebody.

    Args:
        address: as `find_emails` found it.
        before: up to three bytes that stand before it.
        after: the byte that stands after it, if any.

    >>> is_personal_address(b"ada@lovelace.org"), is_personal_address(b"icon@2x.png"), is_personal_address(b"git@github.com", after=b":")
    (True, False, False)
    """
    local, _, host = address.partition(b"@")
    if before.endswith(b"//") or after in (
        b"(",
        b"/",
        b"@",
    ):  # the user of a URL; code; a path in a repository
        return False
    if after == b":" and local == b"git":
        return False
    if _VERSION.match(host):  # `package@v1.2.sql`
        return False
    if host.rpartition(b".")[2] in _NOT_A_DOMAIN or _EXAMPLE_HOST.search(host):
        return False
    return (
        not _ROLE.match(local)
        and not local.endswith((b"users.noreply", b".noreply"))
        and b"noreply" not in host
    )


# Resolvers that stand in examples and settings by custom, and are nobody's in particular.
_WELL_KNOWN = frozenset(
    (
        b"8.8.8.8",
        b"8.8.4.4",
        b"1.1.1.1",
        b"1.0.0.1",
        b"9.9.9.9",
        b"1.2.3.4",
        b"4.3.2.1",
        b"4.4.4.4",
        b"2.2.2.2",
        b"3.3.3.3",
        b"5.6.7.8",
    )
)
_ABOUT_ADDRESSES = re.compile(
    rb"(?:\b|_)(?:ip|addr|address|host|server|inet|dns|remote|client|peer|gateway)\w{0,12}\W{0,12}\Z|://\Z",
    re.I,
)
# The number before it has a fraction: this is the path of a drawing, in which dots part numbers.
_AMONG_FRACTIONS = re.compile(rb"(?:\A|[^\d.])\d{0,4}\.\d{1,6}[ ,]\Z")
_ABOUT_VERSIONS = re.compile(
    rb"(?:\b(?:version|ver|release|revision|build|section|chapter|oid|chrome|safari|gecko)|[a-z]/)\W{0,6}\w{0,12}\W{0,6}\Z",
    re.I,
)


def is_public_ip(address: bytes, *, before: bytes = b"", after: bytes = b"") -> bool:
    """Whether a dotted quad is the address of a machine on the public internet.

    Args:
        address: as `find_quads` found it.
        before: up to 40 bytes that stand before it; only their last line is read.
        after: up to 16 bytes that stand after it.

    >>> is_public_ip(b"81.2.69.160"), is_public_ip(b"192.168.0.1"), is_public_ip(b"2.0.3.1", before=b"version ")
    (True, False, False)
    """
    line = re.split(rb"[\r\n]", before)[-1]
    if (
        address in _WELL_KNOWN or _ABOUT_VERSIONS.search(line) or after[:1] == b"/"
    ):  # a network, not a machine
        return False
    if _AMONG_FRACTIONS.search(line):
        return False
    octets = [int(octet) for octet in address.split(b".")]
    if len(set(octets)) == 1:
        return False  # 40.40.40.40: made up
    if max(octets) < 32 and not _ABOUT_ADDRESSES.search(line):
        return False  # four small numbers are a version, a section or a date
    parsed = ipaddress.IPv4Address(bytes(octets))
    return parsed.is_global and not parsed.is_multicast and octets[0] < 224 and octets[3] not in (0, 255)
