"""Which IP addresses are those of a machine on the public internet, and which are set aside, well known, or no addresses at all.

The ranges are those of the IANA registries of special-purpose addresses (RFC 6890 and what came after it), written down here because the
table in Python's `ipaddress` changes between its patch releases.
"""

from __future__ import annotations

import ipaddress
import re

_SET_ASIDE = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        "224.0.0.0/3",
    )
)
# Documentation (RFC 3849, RFC 9637), Teredo, ORCHID, 6to4, benchmarks: all of them inside 2000::/3.
_SET_ASIDE_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48"]
)
# Resolvers that stand in examples and settings by custom, and numbers that were never anybody's in particular. BigCode's list of
# resolvers (bigcode-dataset, pii/pii_redaction.py) and ours.
_WELL_KNOWN = frozenset(
    b"8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 1.2.3.4 4.3.2.1 4.4.4.4 2.2.2.2 3.3.3.3 5.6.7.8 76.76.19.19 76.223.122.150 149.112.112.112"
    b" 208.67.222.222 208.67.220.220 8.26.56.26 8.20.247.20 94.140.14.14 94.140.15.15 4.2.2.1 4.2.2.2 114.114.114.114 223.5.5.5 223.6.6.6"
    b" 12.34.56.78 11.22.33.44 123.45.67.89 1.2.3.5 123.123.123.123 111.222.333.444 99.99.99.99".split()
)
_WELL_KNOWN_6 = (
    "2001:4860:4860:",
    "2606:4700:4700:",
    "2620:fe:",
    "2620:119:35:",
    "2620:119:53:",
    "2001:4860:a005:",
)
_ABOUT_ADDRESSES = re.compile(
    rb"(?:\b|_)(?:ip|addr|address|host|server|inet|dns|remote|client|peer|gateway)\w{0,12}\W{0,12}\Z|://\Z|@\Z",
    re.I,
)
# The number before it has a fraction: this is the path of a drawing, in which dots part numbers.
_AMONG_FRACTIONS = re.compile(rb"(?:\A|[^\d.])\d{0,4}\.\d{1,6}[ ,]\Z|\d[mlhvcsqtaz]-?\.?\d[^\"'=<>]*\Z", re.I)
_ABOUT_VERSIONS = re.compile(
    rb"(?:\b(?:version|ver|release|revision|build|section|chapter|[a-z_]*oid|chrome|safari|gecko)|[a-z]/)\W{0,6}\w{0,12}\W{0,6}\Z"
    rb"|\b(?:upgrad|updat|patch|bump|downgrad)\w*\b[^\r\n]{0,30}\Z|\bv8\W{1,3}\Z",
    re.I,
)
# A network and not a machine; the name of a zone.
_NOT_A_MACHINE = re.compile(rb"/\d{1,2}(?!\d)|\.in-addr", re.I)


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
    if address in _WELL_KNOWN or _ABOUT_VERSIONS.search(line) or _AMONG_FRACTIONS.search(line):
        return False
    if _NOT_A_MACHINE.match(after) and not line.endswith(b"://"):
        return False
    octets = [int(octet) for octet in address.split(b".")]
    if len(set(octets)) == 1 or octets[3] in (0, 255):
        return False  # 40.40.40.40: made up; 81.2.69.0: a network
    if sum(octet >= 32 for octet in octets) < 2 and not _ABOUT_ADDRESSES.search(line):
        return False  # small numbers are a version, a section or a date; of random addresses 1 in 140 is lost
    parsed = ipaddress.IPv4Address(bytes(octets))
    return not any(parsed in network for network in _SET_ASIDE)


def is_public_ipv6(address: bytes) -> bool:
    """Whether groups of hexadecimal digits are the IPv6 address of a machine on the public internet.

    >>> is_public_ipv6(b"2a00:1450:4001:81b::200e"), is_public_ipv6(b"2001:db8::1"), is_public_ipv6(b"2024:11:30")
    (True, False, False)
    """
    text = address.decode("ascii")
    try:
        parsed = ipaddress.IPv6Address(text)
    except ipaddress.AddressValueError:
        return False
    if text.lower().startswith(_WELL_KNOWN_6) or int(parsed) & 0xFFFF_FFFF_FFFF_FFFF == 0:
        return False
    return not any(parsed in network for network in _SET_ASIDE_6)
