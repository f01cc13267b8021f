"""Which 8-bit or multi-byte encoding bytes are in: what the file declares, else what Firefox's detector says, if plausible.

A detector (chardetng) always answers; an answer counts only where what comes out looks like text: words in one script, capitals where
capitals stand, the common characters of the language rather than any. Only the lines that are not ASCII are evidence, and 32 kB of
them at the most: in code they are comments and strings, and the rest only waters them down. Measured against charset-normalizer and
chardet in docs/languages.md.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import islice

from chardetng_py import EncodingDetector

_EVIDENCE_BYTES = 32_768
_MAX_CONTEXT = 2048
_DECLARATION_BYTES = 4096
#: Share of the letters and signs that have to look right, and how many have to, by what kind of encoding is claimed. Latin-1 is what a
#: lone letter or sign between ASCII is in practice; the others have to earn it. Chosen on half of the re-encoded files (docs/languages.md).
_PLAUSIBLE = 0.9
_MIN_GOOD = {"western": 1, "latin": 3, "alphabet": 4, "cjk": 4}
#: Where lone letters and signs are all there is, the lines they stand on are code, and not noise, if so much of them is ASCII.
_ASCII_SHARE = 0.9
#: Words of Latin letters are mostly ASCII: Vietnamese in windows-1258 to two thirds, everything else to more.
_LATIN_ASCII_SHARE = 0.6
#: Of fewer bytes, chance makes text too often: of 2,800 random strings of up to 12 bytes, 6 % would pass; of those of 32 and more, none.
_MIN_BYTES = 16
_DECLARED_PLAUSIBLE = 0.5
_MAX_JUDGED = 4000

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ASCII = re.compile(rb"[\t\r\n\x20-\x7e]")
_CONTROL = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd\ufffe\uffff]")
_WORD = re.compile(r"[^\W\d_]+")
_SIGN = re.compile(r"(?s)(?<=(.))?([^\x00-\x7f])(?<![^\W\d_])(?=(.))?")
_ACCENTED_WORD = re.compile(r"[^\W\d_][^\W\d_\x00-\x7f]|[^\W\d_\x00-\x7f][^\W\d_]")
#: Stand before, between or behind words in Western text; anything else that is no letter speaks against the guess.
_SIGNS = frozenset("«»“”„‘’‚–—…•·©®™°§¶±×÷µ¿¡€£¥²³¼½¾†‡\u00a0\u00ad№ªº›‹¢←→↑↓─│┌┐└┘├┤")
_IN_WORDS = frozenset("’·\u00ad‘–—")

_DECLARATIONS = (
    # Python (PEP 263), Ruby, Emacs, and Vim's modeline; a line of code that assigns to `coding` does not begin with a comment.
    re.compile(
        rb"\A(?:[^\n]*\n)?[ \t\x0c]*(?:#|//|/\*|;|--|%|\")[^\n]*?\b(?:file)?(?:en)?coding[:=][ \t]*([-\w.]+)"
    ),
    re.compile(rb"\A\s*<\?xml\b[^>]{0,200}?\bencoding[ \t]*=[ \t]*[\"']([-\w.]+)"),
    re.compile(rb"<meta\b[^>]{0,200}?\bcharset[ \t]*=[ \t]*[\"']?([-\w.]+)", re.IGNORECASE),
    re.compile(rb"\A@charset[ \t]+\"([-\w.]+)\""),
    # Gettext catalogues.
    re.compile(rb"^\"Content-Type: text/plain; charset=([-\w.]+)\\n\"", re.MULTILINE),
    re.compile(rb"^=encoding[ \t]+([-\w.]+)", re.MULTILINE),
)

#: The detector's name (of the WHATWG Encoding Standard, where some names stand for a superset) → Python's codecs, the narrowest first.
#: The first that gives the same text is the one that is told.
_CODECS = {
    "windows-1252": ("ISO-8859-1", "windows-1252"),
    "windows-1254": ("ISO-8859-9", "windows-1254"),
    "cp874": ("TIS-620", "ISO-8859-11", "cp874"),
    "ISO-8859-8-I": ("ISO-8859-8",),
    "KOI8-U": ("KOI8-R", "KOI8-U"),
    "GBK": ("GBK", "GB18030"),
    "gb18030": ("GBK", "GB18030"),
    "Big5": ("Big5", "cp950", "Big5-HKSCS"),
    "EUC-KR": ("EUC-KR", "cp949"),
    "Shift_JIS": ("Shift_JIS", "cp932"),
    "EUC-JP": ("EUC-JP",),
}
_NOT_DECLARABLE = frozenset(("utf-7", "utf-8", "utf-8-sig", "idna", "punycode", "ascii", "mbcs", "oem"))


def guess_charset(raw: bytes) -> tuple[str, str] | str:
    r"""Text and encoding of bytes that are not UTF-8 and hold no control characters; or why there is no confident answer.

    Args:
        raw: the whole file. All of it is decoded, strictly.

    >>> guess_charset("# 这是一个用来测试的注释\n".encode("gbk"))
    ('# 这是一个用来测试的注释\n', 'GBK')
    >>> guess_charset(b"\xc3\x28")
    'too short to tell the encoding'
    """
    evidence = _evidence(raw)
    if _mostly_utf8(evidence):
        return "mostly UTF-8, with bytes that are not"
    declared = _declared(raw)
    if declared is not None:
        found = _decode_strictly(raw, declared)
        if found is not None:
            good, bad = _judge(evidence.decode(found[1], "ignore"))
            if good >= _DECLARED_PLAUSIBLE * (good + bad):
                return found[0], charset_name(declared)
    if len(raw) < _MIN_BYTES:
        return "too short to tell the encoding"
    detector = EncodingDetector()
    detector.feed(evidence, last=True)
    guess = detector.guess(tld=None, allow_utf8=False)
    for codec in _CODECS.get(guess, (guess,)):
        found = _decode_strictly(raw, codec)
        if found is not None and _is_plausible(evidence, codec, guess):
            # The same text by another name: one name for it, whatever the detector likes better.
            western = _western(raw)
            return western if western is not None and western[0] == found[0] else found
    return _lone_signs(raw, evidence) or "no confident guess"


def _evidence(raw: bytes) -> bytes:
    """The lines that are not ASCII, up to 32 kB; of a long line, what stands around the bytes that are not."""
    pieces, held, place = [], 0, 0
    while held < _EVIDENCE_BYTES and (found := _NOT_ASCII.search(raw, place)):
        start = max(raw.rfind(b"\n", place, found.start()) + 1, place, found.start() - _MAX_CONTEXT)
        end = raw.find(b"\n", found.start(), found.start() + _MAX_CONTEXT) + 1
        place = end or min(len(raw), found.start() + _MAX_CONTEXT)
        pieces.append(raw[start:place])
        held += place - start
    return b"".join(pieces)[:_EVIDENCE_BYTES]


def _mostly_utf8(evidence: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8: two encodings in one file, or a character cut in two."""
    # Half a surrogate pair is three bytes that are not UTF-8; those who write it mean UTF-8 all the same.
    text = re.sub(rb"\xed[\xa0-\xbf][\x80-\xbf]", "□".encode(), evidence).decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - wrong >= max(wrong, 1)


def _declared(raw: bytes) -> str | None:
    """Python's name of the encoding that the file itself declares; None where there is none, or none that is an encoding of text."""
    head = raw[:_DECLARATION_BYTES]
    for pattern in _DECLARATIONS:
        found = pattern.search(head)
        if found is not None:
            return _codec_name(found[1].decode("ascii").lower().removesuffix("-unix").removesuffix("-dos"))
    return None


@cache
def charset_name(codec: str) -> str:
    """IANA's name of a codec of Python, where there is one; always one that Python takes.

    >>> charset_name("iso8859-15"), charset_name("cp1252"), charset_name("euc_jp"), charset_name("cp850")
    ('ISO-8859-15', 'windows-1252', 'EUC-JP', 'IBM850')
    """
    known = {codecs.lookup(name).name: name for names in _CODECS.values() for name in names}
    name = re.sub(
        r"^iso8859-",
        "ISO-8859-",
        re.sub(r"^cp(125\d)$", r"windows-\1", re.sub(r"^cp([48]\d\d)$", r"IBM\1", codec)),
    )
    return known.get(codec, name if name != codec else codec.upper().replace("_", "-"))


@cache
def _codec_name(name: str) -> str | None:
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return None
    # Python counts `rot13` and `base64` among its codecs; those are not of text, and say so.
    usable = codec._is_text_encoding and codec.name not in _NOT_DECLARABLE and "escape" not in codec.name
    return codec.name if usable and not codec.name.startswith(("utf-16", "utf-32")) else None


def _decode_strictly(raw: bytes, codec: str) -> tuple[str, str] | None:
    try:
        text = raw.decode(codec)
    except (UnicodeError, LookupError):
        return None
    return None if _CONTROL.search(text) else (text, codec)


def _is_plausible(evidence: bytes, codec: str, guess: str) -> bool:
    text = evidence.decode(codec, "ignore")
    good, bad = _judge(text)
    common, rare = _judge_cjk(text, guess)
    if common + rare:
        return common >= _MIN_GOOD["cjk"] and common + good >= _PLAUSIBLE * (common + rare + good + bad)
    # Between the encodings of Latin letters there is little to choose from, unless they agree.
    western = guess == "windows-1252" or evidence.decode("cp1252", "ignore") == text
    kind = "western" if western else "latin" if _is_latin(text) else "alphabet"
    if kind != "alphabet" and _ascii_share(evidence) < _LATIN_ASCII_SHARE:
        return False
    return good >= _MIN_GOOD[kind] and good >= _PLAUSIBLE * (good + bad)


def _is_latin(text: str) -> bool:
    return any(_script(character) == "LATIN" for character in text if character > "\x7f")


def _western(raw: bytes) -> tuple[str, str] | None:
    return _decode_strictly(raw, "ISO-8859-1") or _decode_strictly(raw, "windows-1252")


def _ascii_share(evidence: bytes) -> float:
    return len(_ASCII.findall(evidence)) / len(evidence)


def _lone_signs(raw: bytes, evidence: bytes) -> tuple[str, str] | None:
    r"""Letters without a word and signs, such as `'\xe1'` or `\xa9`, are Western in practice, on lines that are ASCII but for them."""
    text = evidence.decode("cp1252", "ignore")
    if _ascii_share(evidence) < _ASCII_SHARE or _ACCENTED_WORD.search(text) or _judge(text)[1]:
        return None
    return _western(raw)


def _judge(text: str) -> tuple[int, int]:
    """How many characters beyond ASCII, CJK left out, stand where such a character stands in text; and how many do not."""
    good = bad = 0
    for word in islice((word for word in _WORD.findall(text) if not word.isascii()), _MAX_JUDGED):
        fitting, wrong = _judge_word(word)
        good, bad = good + fitting, bad + wrong
    for found in islice(_SIGN.finditer(text), _MAX_JUDGED):
        before, sign, after = found[1] or " ", found[2], found[3] or " "
        if _script(sign) in _CJK:
            continue
        inside = before.isalpha() and after.isalpha()
        fits = unicodedata.category(sign) == "Mn" or sign in (_IN_WORDS if inside else _SIGNS)
        good, bad = good + fits, bad + (not fits)
    return good, bad


def _judge_word(word: str) -> tuple[int, int]:
    """The same for the letters of one word; a letter alone says nothing."""
    scripts = {_script(letter) for letter in word}
    others = [place for place, letter in enumerate(word) if letter > "\x7f"]
    if len(word) == 1 or scripts & _CJK:
        return 0, 0
    # No Western word is made of accented letters alone; Cyrillic read as Latin-1 is.
    if len(scripts) > 1 or (scripts == {"LATIN"} and len(others) == len(word)):
        return 0, len(others)
    odd = sum(word[place].isupper() and word[place - 1 : place].islower() for place in others)
    return len(others) - odd, odd


_CJK = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH")
)


@cache
def _script(character: str) -> str:
    """First word of a character's Unicode name: `LATIN`, `CYRILLIC`, `CJK`."""
    return unicodedata.name(character, "?").partition(" ")[0]


_Rows = tuple[str, tuple[int, int], tuple[int, int]]
#: The codec in which the commonest characters stand together, and the rows (first bytes) where they do: level 1 of the standards.
_GB = ("gb2312", (0xA1, 0xA3), (0xB0, 0xD7))
_BIG5 = ("big5", (0xA1, 0xA3), (0xA4, 0xC6))
_JIS = ("euc_jp", (0xA1, 0xA5), (0xB0, 0xCF))
_COMMON_ROWS: Mapping[str, tuple[_Rows, ...]] = {
    "GBK": (_GB, _BIG5),  # Taiwan's characters are in GBK too, beyond level 1
    "gb18030": (_GB, _BIG5),
    "Big5": (_BIG5,),
    "EUC-KR": (("euc_kr", (0xA1, 0xA3), (0xB0, 0xC8)),),
    "EUC-JP": (_JIS,),
    "Shift_JIS": (_JIS,),
}


def _judge_cjk(text: str, guess: str) -> tuple[int, int]:
    """Chinese, Japanese and Korean characters: how many are of the common half of their standard, and how many are not.

    Bytes of another encoding come out as any of 20,000 characters, of which the common ones are a fifth.
    """
    if guess not in _COMMON_ROWS:
        return 0, 0
    standards = _COMMON_ROWS[guess]
    characters = [character for character in text[: 4 * _MAX_JUDGED] if _script(character) in _CJK]
    common = sum(any(_is_common(character, *rows) for rows in standards) for character in characters)
    return common, len(characters) - common


@cache
def _is_common(character: str, codec: str, signs: tuple[int, int], letters: tuple[int, int]) -> bool:
    try:
        first = character.encode(codec)[0]
    except UnicodeEncodeError:
        return False
    return signs[0] <= first <= signs[1] or letters[0] <= first <= letters[1]
