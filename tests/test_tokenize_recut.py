"""The ids of a text's three pieces, worked out around the cuts alone, against encoding each piece."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import codecorpus.tokenize as tokenize
import naive_fim
from codecorpus.buffers import CutTexts, text_buffers
from codecorpus.tokenize import _kernels_recut as kernels
from codecorpus.tokenize.pretoken import count_pretokens, cut_of
from codecorpus.tokenize.stock import stock_encoder
from codecorpus.tokenize.trained import train_counts
from codecorpus.tokenize.vocabulary import read_vocabulary

SAMPLE = [
    'def getHTTPResponse(self, url: str):\n    """It\'s here."""\n\treturn  self._x[1234]  # ok\r\n\r\n' * 3,
    "if (a && b) {\n        x += 1;\n\n\n        y = f(x, 12345);\n    }\n} else {\n" * 3,
    "變數 = '值'\n" * 9 + "emoji = '👩\u200d👩'  # é e\u0301\u00a0\u00a0x\n" * 4,
    "a" * 700 + "\n" + " " * 600 + "x\n" + "\n" * 600 + "b",
]
MODES = ("plain", "code", "superword")
ALPHABET = st.sampled_from(
    [
        *"aB1_'srd.{};\"= \t\n\r",
        "\r\n",
        "\n\n",
        "    ",
        "é",
        "值",
        "\u0301",
        "\u00a0",
        "\u2028",
        "👩",
        "'re",
        "ABc",
    ]
)
hostile = st.lists(ALPHABET, max_size=60).map("".join)


@pytest.fixture(scope="module")
def encoders():
    return {mode: _trained(mode) for mode in MODES}


def _trained(mode):
    options = tokenize.TokenizerOptions(mode=mode, vocab_size=700)
    counts = count_pretokens(pa.array(SAMPLE), mode=mode)
    return tokenize.encoder_of(train_counts(counts, options, special_tokens=("<e>",)))


def cut_texts(encoder, texts, cuts):
    contents = pa.array(texts, pa.large_string())
    data, offsets = text_buffers(contents)
    ids, borders = encoder.encode(contents)
    return CutTexts(
        data=data,
        texts=np.stack([offsets[:-1], offsets[1:]], axis=1),
        ids=ids,
        tokens=np.stack([borders[:-1], borders[1:]], axis=1),
        cuts=np.array(cuts, np.int64).reshape(-1, 2) + offsets[:-1, None],
        contexts=offsets[:-1].copy(),
    )


def byte_cut(text, characters):
    return [len(text[:count].encode()) for count in sorted(characters)]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(hostile, st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=4),
    st.sampled_from(MODES),
)
@example([("a    b", 0.5, 0.5)], "plain")
@example([("x\n    \n  y", 0.3, 0.9)], "code")
@example([("f('re\n", 0.5, 0.7), ("", 0, 0)], "plain")
def test_pieces_have_the_ids_of_their_text(encoders, rows, mode):
    encoder = encoders[mode]
    texts = [text for text, _, _ in rows]
    cuts = [byte_cut(text, (round(a * len(text)), round(b * len(text)))) for text, a, b in rows]
    given_texts = cut_texts(encoder, texts, cuts)
    ids, counts = encoder.recut(given_texts)
    wanted, sizes = naive_fim.recut_from_text(encoder, given_texts)
    assert counts.tolist() == sizes.tolist()
    assert ids.tolist() == wanted.tolist()


@pytest.mark.parametrize("mode", MODES)
def test_every_cut_of_long_runs(encoders, mode):
    """Lines and blanks longer than what a superword may hold: the cut moves every border after it."""
    text = SAMPLE[3]
    encoder = encoders[mode]
    places = [*range(0, len(text), 37), 511, 512, 513, 699, 700, 701, 702, 1300, 1301, 1302, len(text)]
    pairs = [(a, min(len(text), a + 5)) for a in places] + [(a, a) for a in places]
    given_texts = cut_texts(encoder, [text] * len(pairs), pairs)
    ids, counts = encoder.recut(given_texts)
    wanted, sizes = naive_fim.recut_from_text(encoder, given_texts)
    assert counts.tolist() == sizes.tolist()
    assert ids.tolist() == wanted.tolist()


@settings(max_examples=200, deadline=None)
@given(hostile, hostile, hostile, st.sampled_from(MODES))
def test_certain_borders_are_borders_whatever_follows(encoders, text, follows, others, mode):
    """A place that is said to be certain begins a pre-token, with what follows the text and with anything else."""
    classes, number = cut_of(mode)
    raw = text.encode()
    for tail in (follows, others, ""):
        data = np.frombuffer(raw + tail.encode() + b" ", np.uint8)[:-1]
        border = int(kernels.certain_border(data, 0, len(raw), classes, number))
        starts, at = {0}, 0
        while at < len(data):
            at = int(kernels.pretoken_end(data, at, len(data), classes, number))
            starts.add(at)
        assert border in starts


@settings(max_examples=150, deadline=None)
@given(hostile, st.lists(st.floats(0, 1), min_size=3, max_size=3), st.sampled_from(MODES))
def test_part_of_a_document_keeps_the_end_it_had(encoders, text, shares, mode):
    """A part begins and ends between two tokens of its document: prefix and middle are as by themselves, bytes are all there."""
    encoder = encoders[mode]
    whole = cut_texts(encoder, [text], [(0, 0)])
    lengths = encoder.lengths()[whole.ids]
    borders = np.concatenate([[0], np.cumsum(lengths)])
    first, last = sorted(round(share * len(lengths)) for share in shares[:2])
    start, stop = int(borders[first]), int(borders[last])
    inner = [place for place in range(start, stop + 1) if place == stop or whole.data[place] & 0xC0 != 0x80]
    cut = inner[int(shares[2] * (len(inner) - 1))]
    given_texts = CutTexts(
        data=whole.data,
        texts=np.array([[start, stop]]),
        ids=whole.ids,
        tokens=np.array([[first, last]]),
        cuts=np.array([[cut, stop]]),
        contexts=np.array([0]),
    )
    ids, counts = encoder.recut(given_texts)
    assert encoder.decode(ids) == bytes(whole.data[start:stop])
    prefix, _ = encoder.encode(pa.array([bytes(whole.data[start:cut])], pa.large_binary()))
    # A cut at the end of the part is none: its ids stay those that it has in the document, unless it may begin within a pre-token.
    if cut < stop:
        assert ids[: counts[0, 0]].tolist() == prefix.tolist()


def test_stock_tokenizer_encodes_every_piece(encoders):
    native = encoders["plain"]
    given_texts = cut_texts(native, SAMPLE[:2], [(3, 40), (10, 11)])
    stock = stock_encoder(*_stock_file())
    ids, counts = stock.recut(given_texts)
    wanted, sizes = naive_fim.recut_from_text(stock, given_texts)
    assert counts.tolist() == sizes.tolist()
    assert ids.tolist() == wanted.tolist()


def test_space_before_a_text_stands_before_the_prefix_alone():
    """Llama's tokenizer begins every text with a space; a middle that had one of its own would not be the text that was cut out."""
    stock = stock_encoder(*_stock_file(prepend=True))
    given_texts = cut_texts(stock, ["def f(x):\n    return x"], [(4, 9)])
    ids, counts = stock.recut(given_texts)
    ends = np.cumsum(counts[0])
    pieces = [stock.decode(one) for one in np.split(ids, ends[:-1])]
    assert pieces == [b" def ", b"f(x):", b"\n    return x"]


def _stock_file(*, prepend=False):
    """A tokenizer of SentencePiece's kind, as Llama's file writes it: single characters, bytes for all others."""
    signs = sorted(set("".join(SAMPLE[:2]) + "\n").union("▁☺") - {" "})
    tokens = ["<unk>", "<s>", *(f"<0x{byte:02X}>" for byte in range(256)), *signs]
    space = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    before = [{"type": "Prepend", "prepend": "▁"}] if prepend else []
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [*before, space]},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {token: number for number, token in enumerate(dict.fromkeys(tokens))},
            "merges": [],
        },
    }
    return document, read_vocabulary(document)
