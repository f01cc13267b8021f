"""From bytes to text: UTF-8 first, then byte order marks, then what the file declares, then the guess of a detector that can be held to it.

1. a byte order mark decides: UTF-8, UTF-16, UTF-32, without the mark;
2. valid UTF-8 is UTF-8, and ASCII with the escapes of ISO-2022-JP is that;
3. NUL bytes in every other place are UTF-16 or UTF-32 without a mark; other NUL bytes and control characters are CC004;
4. else `charsets` reads the file's own declaration or asks the detector; no confident answer is CC005.

Every decoding is strict and of the whole file; line ends stay as they are. `src_encoding` is a name that Python's `bytes.decode`
takes and gives the same text for (UTF-16 and UTF-32 after their mark, if they have one).
"""

from __future__ import annotations

import codecs
import re

from codecorpus.sources.charsets import guess_charset

# UTF-32 before UTF-16: the mark of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8-SIG", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32-LE", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "UTF-32-BE", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE", "utf-16-be"),
)
_MARK_STARTS = frozenset(mark[:1] for mark, _, _ in _MARKS)
#: What no text in an 8-bit encoding holds. Tab, line ends, form feed, backspace (man pages), escape (terminal colours) are left out.
_CONTROL = re.compile(rb"[\x00-\x07\x0e-\x19\x1c-\x1f\x7f]")
#: Bytes that may tell UTF-16 and UTF-32 without a mark. Even, as both count in twos.
_WIDE_HEAD = 4096
#: Of fewer bytes, chance makes UTF-16 too often.
_WIDE_MIN = 16
#: DOS wrote it at the end of a file.
_DOS_END = b"\x1a"


class UndecodableError(Exception):
    """A verdict on bytes, caught by the row builder. The bytes are not text; carries the rule code and the reason."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def decode_source(raw: bytes) -> tuple[bytes, str]:
    r"""Text as UTF-8 without a byte order mark, and the name of the encoding it was in.

    Args:
        raw: a file as it was read.

    Raises:
        UndecodableError: CC004 for NUL and other control characters, CC005 for anything that is not text in an encoding that can be told,
            CC010 for white space alone.

    >>> decode_source(b"\xff\xfea\x00")
    (b'a', 'UTF-16-LE')
    >>> decode_source("// größer als vorher, schöne Grüße".encode("latin-1"))[1]
    'ISO-8859-1'
    """
    text, encoding, content = _decode(raw)
    if b"\0" in raw and "\0" in text:
        raise UndecodableError("CC004", f"NUL character at {text.index(chr(0)):,}")
    if not text or text.isspace():
        raise UndecodableError("CC010", "no bytes" if not raw else "white space")
    return content if content is not None else text.encode("utf-8"), encoding


def _decode(raw: bytes) -> tuple[str, str, bytes | None]:
    """Text, encoding, and the text's UTF-8 bytes where they are at hand without encoding again."""
    for mark, encoding, codec in _MARKS if raw[:1] in _MARK_STARTS else ():
        if raw.startswith(mark):
            body = raw[len(mark) :]
            try:
                return body.decode(codec), encoding, body if codec == "utf-8" else None
            except UnicodeDecodeError as error:
                # A UTF-16-LE file may begin with a NUL; it is then judged as what it is.
                if encoding == "UTF-32-LE":
                    continue
                raise UndecodableError("CC005", f"marked {encoding}, {_where(error)}") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return *_decode_other(raw, error), None
    # One byte is found at the speed of memory, two are not.
    if b"\0" in raw or b"\x1b" in raw:
        return *(_decode_wide(raw) or _decode_escapes(raw) or (text, "UTF-8")), None
    return text, "UTF-8", raw


def _decode_other(raw: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    """Text and encoding of bytes that are not UTF-8."""
    wide = _decode_wide(raw)
    if wide is not None:
        return wide
    control = _CONTROL.search(raw)
    if control is not None:
        kind = "NUL byte" if control[0] == b"\0" else f"control character 0x{control[0][0]:02x}"
        raise UndecodableError("CC004", f"{kind} at {control.start():,}")
    if _DOS_END in raw[:-1]:
        raise UndecodableError("CC004", f"control character 0x1a at {raw.index(_DOS_END):,}")
    found = guess_charset(raw)
    if isinstance(found, str):
        raise UndecodableError("CC005", f"{_where(error)}; {found}")
    return found


def _decode_wide(raw: bytes) -> tuple[str, str] | None:
    """UTF-16 and UTF-32 without a mark: text in which the high half of most ASCII characters is a NUL in its place.

    Code is mostly ASCII in any language, so a third of the places is little to ask; a binary file has NULs on both sides.
    """
    head = raw[: min(_WIDE_HEAD, len(raw) // 4 * 4)]
    if len(head) < _WIDE_MIN or b"\0" not in head:
        return None
    zeros = [head[start::4].count(0) * 4 / len(head) for start in range(4)]
    if len(raw) % 4 == 0:
        # The highest byte is always NUL, the next one is but for emoji.
        if zeros[3] == 1 and zeros[2] > 0.9:
            return _strict(raw, "UTF-32-LE")
        if zeros[0] == 1 and zeros[1] > 0.9:
            return _strict(raw, "UTF-32-BE")
    if len(raw) % 2 == 0:
        even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
        if odd > 0.66 and even < 0.02:
            return _strict(raw, "UTF-16-LE")
        if even > 0.66 and odd < 0.02:
            return _strict(raw, "UTF-16-BE")
    return None


def _decode_escapes(raw: bytes) -> tuple[str, str] | None:
    r"""ISO-2022-JP, which is ASCII with escapes: `ESC $ B` … `ESC ( B`.

    >>> _decode_escapes("# 日本".encode("iso2022_jp"))
    ('# 日本', 'ISO-2022-JP')
    """
    if not (b"\x1b$B" in raw or b"\x1b$@" in raw) or not (b"\x1b(B" in raw or b"\x1b(J" in raw):
        return None
    return _strict(raw, "ISO-2022-JP")


def _strict(raw: bytes, encoding: str) -> tuple[str, str] | None:
    """The text, where all of the bytes decode and none of them is a control character; else None."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if re.search("[\0-\x07\x0e-\x19\x1c-\x1f\x7f-\x9f\ufffe\uffff]", text) else (text, encoding)


def _where(error: UnicodeDecodeError) -> str:
    return f"{error.reason} at byte {error.start:,}"
