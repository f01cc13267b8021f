"""What the kernels of `codecorpus.tokenize` do, in the plainest form: the regex itself, a Counter, and the trainer that we equal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import Split, WhitespaceSplit
from tokenizers.trainers import BpeTrainer

from codecorpus.tokenize.alphabet import CHARACTERS, to_bytes, to_text
from codecorpus.tokenize.pretoken import PATTERNS

#: Text that meets every border of both regexes: identifiers, contractions, line breaks of all kinds, marks, title case, digits of other
#: scripts, white space that is no blank, astral letters, emoji, unassigned and private code points.
PIECES = (
    *("a", "b", "foo", "Bar", "HTTP", "X", "getHTTPResponse2xx", "__init__", "1", "22", "4444"),
    *("'", "'s", "'S", "'ll", "'Ll", "'re", "'vE", "'d", "'ſ", "'''", "{", "};", "):", "//", "#", "--"),
    *(
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\t",
        " ",
        "  ",
        "    ",
        "\f",
        "\v",
        "\x1c",
        "\x85",
        "\xa0",
        "\u2028",
        "\u3000",
    ),
    *("é", "ß", "Ǆ", "ǅ", "ǆ", "\u0345", "e\u0301", "\u0301", "Ж", "ж", "中", "あ", "ʰ"),
    *(
        "²",
        "½",
        "٣",
        "Ⅷ",
        "\U00010400",
        "\U00010428",
        "\U0001d7d8",
        "\U0001f600",
        "\U0001f469\u200d\U0001f4bb",
    ),
    *("\u0378", "\ue000", "\ufffd", "\u200b", "\0", "\x7f", "<|endoftext|>", "<|fim_prefix|>"),
)

NASTY = st.lists(
    st.one_of(st.sampled_from(PIECES), st.characters(exclude_categories=["Cs"])), max_size=40
).map("".join)

#: Words that make many ties, overlaps and merges of equal strings.
WORDS = st.dictionaries(
    st.text("ab", min_size=1, max_size=24).map(str.encode) | st.binary(min_size=1, max_size=8),
    st.integers(1, 9),
    min_size=1,
    max_size=40,
)


def split(text: str, mode: str) -> list[bytes]:
    """The pre-tokens of a text, by the regex that `tokenizer.json` carries."""
    pieces = Split(Regex(PATTERNS[mode]), "isolated").pre_tokenize_str(text)
    return [piece.encode() for piece, _ in pieces]


def count(texts: Iterable[str], mode: str) -> dict[bytes, int]:
    """How often each pre-token occurs, in the order of the bytes."""
    counter = Counter(piece for text in texts for piece in split(text, mode))
    return dict(sorted(counter.items()))


def count_table(words: Mapping[bytes, int]) -> pa.Table:
    return pa.table(
        {
            "pretoken": pa.array(list(words), pa.large_binary()),
            "count": pa.array(list(words.values()), pa.int64()),
        }
    )


def hugging_face(
    words: Mapping[bytes, int], size: int, min_frequency: int
) -> tuple[list[tuple[bytes, bytes]], dict[bytes, int]]:
    """Merges and vocabulary of `BpeTrainer` on these pre-tokens."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = WhitespaceSplit()  # no byte is written as white space, so a word stays a word
    trainer = BpeTrainer(
        vocab_size=size, min_frequency=min_frequency, show_progress=False, initial_alphabet=list(CHARACTERS)
    )
    tokenizer.train_from_iterator(
        (to_text(word) for word, times in words.items() for _ in range(times)), trainer
    )
    model = json.loads(tokenizer.to_str())["model"]
    merges = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    vocab = {to_bytes(token): number for token, number in model["vocab"].items()}
    return [(to_bytes(left), to_bytes(right)) for left, right in merges], vocab


def count_rows(rows: Iterable[tuple[str, str | None, str | None]], mode: str, most: int) -> list[tuple]:
    """Rows of a count table for (content, language, repository): none of a pre-token that an unknown or more than `most` have."""
    rows = [(text, language or None, repository or None) for text, language, repository in rows]
    owners: dict[bytes, set[str | None]] = {}
    for text, _, repository in rows:
        for piece in split(text, mode):
            owners.setdefault(piece, set()).add(repository)
    counter: Counter[tuple] = Counter()
    for text, language, repository in rows:
        for piece in split(text, mode):
            own = len(owners[piece]) <= most and None not in owners[piece]
            counter[piece, language, repository if own else None] += 1
    order = sorted(
        counter, key=lambda row: (row[0], row[1] is None, row[1] or "", row[2] is None, row[2] or "")
    )
    return [(*row, counter[row]) for row in order]


def split_bytes(data: bytes, mode: str) -> list[bytes]:
    """The pre-tokens of any bytes: what Python finds to be no UTF-8 stands as one private character each, which is cut like punctuation."""
    text = "".join(
        chr(0xF0000 + ord(c)) if "\udc80" <= c <= "\udcff" else c
        for c in data.decode(errors="surrogateescape")
    )
    return [_restored(piece.decode()) for piece in split(text, mode)]


def _restored(text: str) -> bytes:
    escaped = "".join(chr(ord(c) - 0xF0000) if 0xFDC80 <= ord(c) <= 0xFDCFF else c for c in text)
    return escaped.encode(errors="surrogateescape")


#: Bytes that are nearly UTF-8: cut off, overlong, surrogates, beyond the last character, a first byte before ASCII; and UTF-8 between them.
NASTY_BYTES = st.lists(
    st.one_of(
        st.sampled_from(PIECES).map(str.encode),
        st.sampled_from(
            (
                *(
                    b"\xc3",
                    b"\xc3(",
                    b"\xe4\xb8",
                    b"\xe4\xb8(",
                    b"\xe4 x",
                    b"\xf0\x9f\x98",
                    b"\xf0\x9f\x98\n",
                ),
                *(
                    b"\xc0\xaf",
                    b"\xc1\xa1",
                    b"\xe0\x80\xaf",
                    b"\xe0\x9f\xbf",
                    b"\xf0\x80\x80\xaf",
                    b"\xf0\x8f\xbf\xbf",
                ),
                *(b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xf4\x8f\xbf\xbf"),
                *(
                    b"\xf4\x90\x80\x80",
                    b"\xf5\x80\x80\x80",
                    b"\xff",
                    b"\xfe",
                    b"\x80",
                    b"\xbf\xbf",
                    b"\xe0\xa0\x80",
                ),
            )
        ),
        st.binary(max_size=8),
    ),
    max_size=30,
).map(b"".join)
