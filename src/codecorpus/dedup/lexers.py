"""What the code lexer knows of languages, as data: comments, strings, keywords → the plain arrays that its kernels read.

A language is a row of `lexer_rows.py`. Whoever adds one describes how its comments and literals open and close; the kernels know
only the few kinds of `Rule`. A language without a row has no comments, no strings and no structural level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Kind = Literal[
    "op", "line", "block", "string", "char", "raw", "cpp_raw", "long", "heredoc",
    "regex", "scalar", "quote", "tag_end", "rest", "tag",
]  # fmt: skip
#: Kinds of `Rule`, in the order of their numbers in the kernels.
KINDS: tuple[Kind, ...] = (
    "op", "line", "block", "string", "char", "raw", "cpp_raw", "long", "heredoc",
    "regex", "scalar", "quote", "tag_end", "rest", "tag",
)  # fmt: skip
Where = Literal["", "line", "blank", "shell", "free"]
#: Places where a rule may hold, in the order of their numbers in the kernels.
WHERES: tuple[Where, ...] = ("", "line", "blank", "shell", "free")
# Openings and closings travel as one integer; the sign bit stays free.
_LONGEST = 7


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of comment or literal begins and ends.

    Attributes:
        kind: `op` takes the opening as an operator, so that what it begins with opens nothing · `line` and `block` are comments ·
            `string` · `char` is a quote around one character, or no literal at all (lifetimes) · `raw` has `#` around its quotes ·
            `cpp_raw` · `long` is a bracket of Lua · `heredoc` · `regex` · `scalar` is a block of YAML · `quote` is an operator of Perl or
            Ruby with a delimiter of choice · `tag_end` leaves PHP · `rest` takes the remainder of the document · `tag`
            may stand before a header (`<?xml …?>`).
        opens: what it begins with, 7 bytes at most.
        closes: what it ends with, likewise.
        escape: the byte that takes the next one with it, or none.
        lines: it may go on beyond the line's end. For `regex`: it may stand at any line's beginning, where the last line was an expression.
        nested: inside it, `opens` opens another one.
        doubled: `closes` twice is no end.
        continued: a backslash at the line's end continues a line comment.
        comment: for `long` and `rest`: it is a comment, and not a literal.
        indented: the end of a heredoc may be indented.
        to_line_end: what follows `closes` on its line belongs to it.
        open_end: the document's end closes it. For `heredoc`: code may follow the end word.
        before_tag: a line comment ends before `?>`.
        parts: bodies of a `quote`: 1, or 2 as in `s/a/b/`.
        hole: opening of an expression inside a string; its last byte is the bracket that nests.
        where: at the line's start, after white space, after what separates words in a shell, or not right behind an operand.
    """

    kind: Kind
    opens: str
    closes: str = ""
    escape: str = ""
    lines: bool = False
    nested: bool = False
    doubled: bool = False
    continued: bool = False
    comment: bool = False
    indented: bool = False
    to_line_end: bool = False
    open_end: bool = False
    before_tag: bool = False
    parts: int = 1
    hole: str = ""
    where: Where = ""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language is lexed.

    Attributes:
        rules: tried longest opening first.
        keywords: words that stay as they are in structural tokens. Constants such as `true` and `None` are among them: they steer what
            happens, as keywords do.
        regex_after: words after which `/` begins a regular expression.
        word_bytes: bytes that begin and continue words, beside letters, digits, `_` and bytes outside ASCII.
        word_more: bytes that only continue words.
        folds_case: keywords count in either case.
        starts_in_text: the document is text until a `<?` (PHP).
        escapes: outside of literals too, a backslash takes the next byte with it (shells, make).
        quoted_numbers: `'` separates digits.
        is_structural: it has a structural level.
    """

    rules: tuple[Rule, ...] = ()
    keywords: frozenset[str] = frozenset()
    regex_after: frozenset[str] = frozenset()
    word_bytes: str = ""
    word_more: str = ""
    folds_case: bool = False
    starts_in_text: bool = False
    escapes: bool = False
    quoted_numbers: bool = False
    is_structural: bool = True


class Tables(NamedTuple):
    """All languages, as the kernels read them. Row 0 is the unknown language.

    Attributes:
        classes: uint8[languages, 256], bits of what a byte is.
        firsts: int32[languages, 256], the first rule that the byte may open, or -1.
        rules: int64[rules, 12], see `_rule_row`.
        folds: uint8[languages, 256], the byte that counts in a word.
        modes: int64[languages], bits of what holds for the language.
        joins: uint8[256, 256], whether the second byte continues an operator after the first.
        words: uint64[3, power of two], open addressing: hash of a word, 0 where free · the languages of which it is a keyword, a bit
            each · those where a regular expression may follow it.
    """

    classes: npt.NDArray[np.uint8]
    firsts: npt.NDArray[np.int32]
    rules: npt.NDArray[np.int64]
    folds: npt.NDArray[np.uint8]
    modes: npt.NDArray[np.int64]
    joins: npt.NDArray[np.uint8]
    words: npt.NDArray[np.uint64]


# Bits of a byte's class, of a rule, and of a language's mode; the kernels have the same numbers.
_SPACE, _WORD, _DIGIT, _MORE, _RULE, _ANY, _ENDS_OPERAND, _DELIMITER = 1, 2, 4, 8, 16, 32, 64, 128
_WORD_TABLE = 1 << 12  # about 1,100 words
_MASK = 2**64 - 1


def pack(text: str) -> int:
    """Up to 7 bytes as one integer, the first lowest.

    >>> hex(pack("/*"))
    '0x2a2f'
    """
    data = text.encode("latin-1")
    assert len(data) <= _LONGEST, text
    return int.from_bytes(data, "little")


def word_key(word: bytes) -> int:
    """The key of a word in `Tables.words`: FNV-1a of its bytes.

    >>> hex(word_key(b"if"))
    '0x8b73007b55c3e26'
    """
    value = 0xCBF29CE484222325
    for byte in word:
        value = (value ^ byte) * 0x100000001B3 & _MASK
    return value


def _rule_bits(rule: Rule) -> int:
    flags = (
        rule.lines, rule.nested, rule.doubled, rule.continued, rule.comment, rule.indented,
        rule.to_line_end, rule.open_end, rule.before_tag, rule.parts == 2,
    )  # fmt: skip
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)


def _rule_row(rule: Rule, local: int, has_next: bool) -> list[int]:
    """Kind, opening and its length, closing and its length, escape, bits, place, hole and its length, number in the language, next."""
    return [
        KINDS.index(rule.kind),
        pack(rule.opens),
        len(rule.opens),
        pack(rule.closes),
        len(rule.closes),
        ord(rule.escape) if rule.escape else -1,
        _rule_bits(rule),
        WHERES.index(rule.where),
        pack(rule.hole),
        len(rule.hole),
        local,
        int(has_next),
    ]


def _class_row(language: Language, openers: Iterable[int]) -> npt.NDArray[np.uint8]:
    row = np.zeros(256, np.uint8)
    row[[9, 10, 11, 12, 13, 32]] = _SPACE
    letters = b"_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(range(128, 256))
    row[list(letters + language.word_bytes.encode())] = _WORD | _MORE
    row[list(b"0123456789")] = _DIGIT | _MORE
    row[list(language.word_more.encode())] |= _MORE
    row[list(openers)] |= _RULE
    row[list(b")]}\"'$@%&")] |= _ENDS_OPERAND
    row[list(b"/{([<!|#~^")] |= _DELIMITER
    return row | np.uint8(_ANY)


def _joins() -> npt.NDArray[np.uint8]:
    """Which byte continues an operator after which: `==`, `+=`, `->`. Not `>>` and `>=`: in `a: List<List<b>>=c`, a bracket ends."""
    joins = np.zeros((256, 256), np.uint8)
    for byte in b"&|+-<=:.?":
        joins[byte, byte] = 1
    for byte in b"=!<+-*/%&|^~:?":
        joins[byte, ord("=")] = 1
    for pair in ("->", "=>", "?."):
        joins[ord(pair[0]), ord(pair[1])] = 1
    return joins


def _word_table(languages: Iterable[Language]) -> npt.NDArray[np.uint64]:
    table = np.zeros((3, _WORD_TABLE), np.uint64)
    for number, language in enumerate(languages):
        for row, words in ((1, language.keywords), (2, language.regex_after)):
            for word in sorted(words):
                key = word_key((word.lower() if language.folds_case else word).encode())
                slot = key & (_WORD_TABLE - 1)
                while table[0, slot] not in (0, key):
                    slot = (slot + 1) % _WORD_TABLE
                table[0, slot] = key
                table[row, slot] |= np.uint64(1 << number)
    assert np.count_nonzero(table[0]) < _WORD_TABLE // 2
    return table


def compile_tables(languages: Iterable[Language]) -> Tables:
    """The arrays of some languages, numbered from 1 in their order."""
    rows = [Language(is_structural=False), *languages]
    assert len(rows) <= 64, "a word's languages are bits of one number"
    classes, folds = [], []
    rules: list[list[int]] = []
    firsts = np.full((len(rows), 256), -1, np.int32)
    for number, language in enumerate(rows):
        by_byte: dict[int, list[Rule]] = {}
        for rule in sorted(language.rules, key=lambda rule: -len(rule.opens)):
            by_byte.setdefault(ord(rule.opens[0]), []).append(rule)
        local = 0
        for byte, group in sorted(by_byte.items()):
            firsts[number, byte] = len(rules)
            for index, rule in enumerate(group):
                rules.append(_rule_row(rule, local, index + 1 < len(group)))
                local += 1
        assert local <= 32
        classes.append(_class_row(language, by_byte))
        fold = bytes(range(256)).lower() if language.folds_case else bytes(range(256))
        folds.append(np.frombuffer(fold, np.uint8))
    modes = [
        language.starts_in_text
        | language.escapes << 1
        | language.quoted_numbers << 2
        | language.is_structural << 3
        for language in rows
    ]
    return Tables(
        np.stack(classes),
        firsts,
        np.array(rules, np.int64),
        np.stack(folds),
        np.array(modes, np.int64),
        _joins(),
        _word_table(rows),
    )


@cache
def tables() -> tuple[Tables, Mapping[str, int]]:
    """The arrays of all languages, and Linguist's name → row."""
    from codecorpus.dedup.lexer_rows import LANGUAGES

    distinct = list(dict.fromkeys(LANGUAGES.values()))
    return compile_tables(distinct), {name: 1 + distinct.index(row) for name, row in LANGUAGES.items()}
