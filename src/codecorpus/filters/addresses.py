"""Which e-mail addresses may reach somebody, and which only look like one or are set aside for examples."""

from __future__ import annotations

import re

# RFC 2606 and RFC 6761 names, and hosts that stand in examples by custom.
_EXAMPLE_HOST = re.compile(
    rb"(?:\A|\.)(?:example|test|invalid|localhost|local|localdomain|internal|lan)\Z"
    rb"|(?:\A|\.)example\.|\A(?:domain|yourdomain|mydomain|foo|bar|baz|foobar|acme|test|a|b|x|host|hostname|server|email|mail|site)\.[a-z]{2,3}\Z"
)
# What stands before the @ of an address that is nobody's.
_ROLE = re.compile(
    rb"(?:git|hg|svn|root|no-?reply|do-?not-?reply|user(?:name)?\d?|me|you|your[._]?(?:name|email)?|foo|bar|baz|name|email|test\d?"
    rb"|someone|somebody|nobody|anonymous|example|john\.?doe|jane\.?doe)\Z"
)
# People of examples: theirs is nobody's address at a host for examples or one that everybody may have an account at.
_EXAMPLE_PERSON = re.compile(rb"(?:alice|bob|joe|jane|john|carol|eve|a|b|c|x)\Z")
_ANY_HOST = re.compile(
    rb"(?:gmail|yahoo|hotmail|outlook|mail|email|company|corp|domain|host|server|site|[a-z]{1,3})\.[a-z]{2,3}\Z"
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
    if _EXAMPLE_PERSON.match(local) and _ANY_HOST.match(host):
        return False
    return (
        not _ROLE.match(local)
        and not local.endswith((b"users.noreply", b".noreply"))
        and b"noreply" not in host
    )
