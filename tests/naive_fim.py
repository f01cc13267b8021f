"""Obvious pure-Python twins of the kernels of `codecorpus.fim`, and a tokenizer small enough to see through."""

import itertools

import numpy as np
import pyarrow as pa

from codecorpus.fim.sentinels import SentinelIds, family, special_tokens

MASK = 2**64 - 1


def mixed(value):
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def part_draw(doc_key, part, *, seed, epoch):
    return mixed(mixed(mixed(mixed(seed) ^ epoch) ^ doc_key) ^ part)


def split(documents, line_ends, whole, budget):
    """(document, part, tokens, is_last) of each part; without bytes every line's end is as good, and the last one is taken."""
    parts = []
    for number, document in enumerate(documents):
        pieces = []
        rest = list(document)
        limit = whole if len(rest) <= whole else budget
        while len(rest) > limit:
            sizes = [size for size in range(limit // 2 + 1, limit + 1) if line_ends[rest[size - 1]]]
            cut = max(sizes, default=limit)
            pieces.append(rest[:cut])
            rest = rest[cut:]
        if rest:
            pieces.append(rest)
        parts += [(number, part, piece, part == len(pieces) - 1) for part, piece in enumerate(pieces)]
    return parts


def cut_rectangle(tokens, smallest, largest):
    """Every allowed middle twice, in the order in which draws count them."""
    cells = []
    for row in range(largest - smallest + 1):
        for size in (smallest + row, largest - row):
            cells += [(start, start + size) for start in range(tokens - size + 1)]
    return cells


def transformed(piece, cut, layout, ids):
    """One part as a list, without the tokens around it."""
    prefix, middle, suffix = piece[: cut[0]], piece[cut[0] : cut[1]], piece[cut[1] :]
    if layout == "none":
        return piece
    if layout == "psm":
        return [ids.prefix, *prefix, ids.suffix, *suffix, ids.middle, *middle]
    if layout == "spm-v1":
        return [ids.suffix, *suffix, ids.prefix, *prefix, ids.middle, *middle]
    if layout == "spm-v2":
        return [ids.prefix, ids.suffix, *suffix, ids.middle, *prefix, *middle]
    assert layout == "codestral"
    return [ids.suffix, *suffix, ids.prefix, *prefix, *middle]


def best_fit_decreasing(lengths, capacity):
    """Tokens in each row, ascending: what does not depend on how ties are broken."""
    space = []
    for length in sorted(lengths, reverse=True):
        fitting = [row for row, left in enumerate(space) if left >= length]
        if fitting:
            space[min(fitting, key=lambda row: space[row])] -= length
        else:
            space.append(capacity - length)
    return sorted(capacity - left for left in space)


class ByteEncoder:
    """One token per byte; the special tokens of a family above 255."""

    def __init__(self, name="qwen2.5-coder", id_type=np.uint16):
        self.id_type = np.dtype(id_type)
        self.special = {token: 256 + number for number, token in enumerate(special_tokens(family(name)))}
        self.vocab_size = 256 + len(self.special)

    def encode(self, contents):
        texts = [text.encode() if isinstance(text, str) else text for text in contents.to_pylist()]
        offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
        return np.frombuffer(b"".join(texts), dtype=np.uint8).astype(self.id_type), offsets.astype(np.int64)

    def recut(self, given):
        return recut_from_text(self, given)

    def token_id(self, token):
        return self.special.get(token)

    def line_ends(self):
        marks = np.zeros(self.vocab_size, dtype=np.bool_)
        marks[10] = True
        return marks

    def lengths(self):
        return np.array([1] * 256 + [len(token) for token in self.special], np.uint32)

    def decode(self, ids):
        names = {number: token.encode() for token, number in self.special.items()}
        return b"".join(names.get(token, bytes([token % 256])) for token in ids.tolist())


def recut_from_text(encoder, given):
    """What `Encoder.recut` has to give for documents that are not split: every piece encoded by itself."""
    borders = np.stack([given.texts[:, 0], given.cuts[:, 0], given.cuts[:, 1], given.texts[:, 1]], axis=1)
    pieces = [given.data[a:b].tobytes() for row in borders.tolist() for a, b in itertools.pairwise(row)]
    ids, offsets = encoder.encode(pa.array(pieces, pa.large_binary()))
    return ids, np.diff(offsets).reshape(-1, 3)


def sentinels_of(name, first=1000, *, paths=False):
    """SentinelIds of a family with made-up ids, distinct where the tokens are."""
    ids = {token: first + number for number, token in enumerate(special_tokens(family(name)))}
    row = family(name)
    return SentinelIds(
        prefix=ids[row.prefix],
        middle=ids[row.middle],
        suffix=ids[row.suffix],
        end=ids[row.end],
        middle_end=ids[row.middle_end],
        begin=ids.get(row.begin),
        repo=ids.get(row.repo) if paths else None,
        file=ids.get(row.file) if paths else None,
    )
