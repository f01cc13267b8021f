"""The 256 bytes as 256 printable characters: how byte-level tokenizers write bytes into JSON.

The table is that of GPT-2 (openai/gpt-2, `src/encoder.py`), which every byte-level `tokenizer.json` uses: printable bytes stand for
themselves, the others for the characters from U+0100 on, so that a space is `Ġ` and a line feed `Ċ`.
"""

from __future__ import annotations

from typing import Final

import numpy as np


def _characters() -> list[str]:
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    points = {byte: byte for byte in printable} | {byte: 0x100 + at for at, byte in enumerate(others)}
    return [chr(points[byte]) for byte in range(256)]


#: The character of each byte.
CHARACTERS: Final = tuple(_characters())
#: The byte of each character.
BYTES: Final = {character: byte for byte, character in enumerate(CHARACTERS)}
#: uint16[256]: the id of each byte: its place when the characters are sorted.
BYTE_IDS: Final = np.argsort(np.argsort(np.array([ord(c) for c in CHARACTERS]))).astype(np.uint16)


def to_text(token: bytes) -> str:
    r"""A token's bytes as they are written in `tokenizer.json`.

    >>> to_text(b" x\n")
    'ĠxĊ'
    """
    return "".join([CHARACTERS[byte] for byte in token])


def to_bytes(text: str) -> bytes:
    r"""The bytes that `to_text` wrote.

    Raises:
        KeyError: a character that stands for no byte.

    >>> to_bytes("ĠxĊ")
    b' x\n'
    """
    return bytes([BYTES[character] for character in text])
