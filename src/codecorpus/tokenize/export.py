"""Writes a trained vocabulary as files. A `Bpe` goes in; a folder that `tokenizers` and `transformers` load comes out.

* `tokenizer.json`: everything; any library of Hugging Face's family runs it without code of ours.
* `tokenizer_config.json`: what `transformers.AutoTokenizer` wants to know besides.
* `merges.txt`: for people: every token with the two it was made of, and how often they stood side by side.

The bytes of the files depend on the vocabulary and nothing else.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from codecorpus.errors import StorageError
from codecorpus.tokenize.alphabet import to_text
from codecorpus.tokenize.bpe import Bpe
from codecorpus.tokenize.encode import load_encoder
from codecorpus.tokenize.load import read_document
from codecorpus.tokenize.pretoken import PATTERNS

#: What `transformers` and llama.cpp call a role, and the special tokens of the families that have it; the first one found counts. A
#: test holds them to `codecorpus.fim.sentinels`.
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "bos_token": ("<｜begin▁of▁sentence｜>", "<[begin▁of▁sentence]>", "<s>", "<bos>"),
    "eos_token": ("<|endoftext|>", "<｜end▁of▁sentence｜>", "<[end▁of▁sentence]>", "</s>", "<eos>"),
    "pad_token": ("<|fim_pad|>", "<fim_pad>", "<fim-pad>"),
}


def save(bpe: Bpe, directory: str | Path) -> None:
    """Write `tokenizer.json`, `tokenizer_config.json` and `merges.txt` into a folder, which is made where it is missing.

    Raises:
        StorageError: the files cannot be written.
    """
    folder = Path(directory)
    texts = {
        "tokenizer.json": tokenizer_json(bpe),
        "tokenizer_config.json": _config_json(bpe.special_tokens),
        "merges.txt": "\n".join(_listing(bpe)) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())
    except OSError as error:
        raise StorageError(
            f"the tokenizer cannot be written to {folder}: {error.strerror or error}",
            "Choose another folder.",
        ) from None


def tokenizer_json(bpe: Bpe) -> str:
    """The text of `tokenizer.json`: one regex, byte-level BPE, no normalizer, special tokens `special`."""
    texts = [to_text(token) for token in bpe.vocab]
    added = {
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": {text: number for number, text in enumerate(texts)},
        "merges": [[texts[left], texts[right]] for left, right in bpe.merges.tolist()],
    }
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": token, **added}
            for number, token in enumerate(bpe.special_tokens, start=len(bpe.vocab))
        ],
        "normalizer": None,
        "pre_tokenizer": pre_tokenizer(bpe.mode),
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": model,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def pre_tokenizer(mode: str) -> dict[str, Any]:
    """How `tokenizer.json` says what a mode does; also how a tokenizer of ours is recognised."""
    split = {"type": "Split", "pattern": {"Regex": PATTERNS[mode]}, "behavior": "Isolated", "invert": False}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {"type": "Sequence", "pretokenizers": [split, byte_level]}


def write_hf(path: str, folder: Path) -> None:
    """Write `tokenizer.json` as it is, and a `tokenizer_config.json`, into a folder that exists.

    Raises:
        DataError: the file is no tokenizer.
    """
    document = read_document(path)
    load_encoder(path)  # what the library cannot load is not passed on
    specials = [token["content"] for token in document["added_tokens"] if token["special"]]
    file = Path(path)
    shutil.copyfile(file / "tokenizer.json" if file.is_dir() else file, folder / "tokenizer.json")
    (folder / "tokenizer_config.json").write_bytes(_config_json(specials).encode())


def _config_json(specials: Sequence[str]) -> str:
    return json.dumps(_config(specials), indent=2, ensure_ascii=False) + "\n"


def _config(specials: Sequence[str]) -> dict[str, Any]:
    """What `transformers` reads: no class of ours, nothing added to the text, nothing cleaned away when decoding."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        **special_roles(specials),
    }


def special_roles(specials: Sequence[str]) -> dict[str, str]:
    """Which special token begins a document, ends it and fills a row up; padding is the end where there is none of its own.

    >>> special_roles(["</s>", "<s>", "[PREFIX]"])
    {'bos_token': '<s>', 'eos_token': '</s>', 'pad_token': '</s>'}
    """
    found = {}
    for role, names in ROLES.items():
        present = [name for name in names if name in specials]
        if present:
            found[role] = present[0]
    return (
        {**found, "pad_token": found.get("pad_token", found["eos_token"])} if "eos_token" in found else found
    )


def _listing(bpe: Bpe) -> Iterator[str]:
    yield "# id\ttoken = left + right\tcount; spaces are Ġ, line feeds Ċ, tabs ĉ"
    merges = zip(bpe.merges.tolist(), bpe.counts.tolist(), strict=True)
    for token, ((left, right), count) in enumerate(merges, start=256):
        parts = f"{to_text(bpe.vocab[left])} + {to_text(bpe.vocab[right])}"
        yield f"{token}\t{to_text(bpe.vocab[token])} = {parts}\t{count}"
    for number, token_text in enumerate(bpe.special_tokens, start=len(bpe.vocab)):
        yield f"{number}\t{token_text} (special)"
