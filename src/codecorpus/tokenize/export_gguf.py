"""Writes a tokenizer as a GGUF file of a vocabulary alone, for llama.cpp.

llama.cpp does not run the regex of a file: it has a list of them compiled in, and a file names one. Of ours only `plain` is on that
list, under the name `llama-bpe` (ggml-org/llama.cpp, src/llama-vocab.cpp, `LLAMA_VOCAB_PRE_TYPE_LLAMA3`), and it spells
contractions with ASCII letters, so that an apostrophe with U+017F, the long s, is none there. The name also stands for a token
put before every text, which the file switches off, and for taking a pre-token that is a token as it is, which changes nothing here
(see `codecorpus.tokenize.ranks`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from codecorpus.errors import DataError, ExtraMissingError
from codecorpus.tokenize.alphabet import to_text
from codecorpus.tokenize.export import special_roles
from codecorpus.tokenize.load import mode_of, read_document, split_regex
from codecorpus.tokenize.ranks import RankedTokens, read_ranked

#: The name that llama.cpp has for the regex of a mode.
PRE_TOKENIZERS: Final = {"plain": "llama-bpe"}
# Kinds of token, as GGUF numbers them: gguf-py, `TokenType`.
_NORMAL, _CONTROL, _UNUSED = 1, 3, 5


def write_gguf(path: str, file: Path) -> None:
    """Write a GGUF file, which must not exist.

    Raises:
        DataError: the file is no tokenizer, or llama.cpp cannot cut text as it does; the message says why.
        ExtraMissingError: the package `gguf` is not installed.
    """
    _check_regex(path)
    found = read_ranked(path, "llama.cpp")
    try:
        from gguf import GGUFWriter
    except ImportError:
        raise ExtraMissingError("--format gguf", "gguf") from None
    writer = GGUFWriter(file, "llama")
    _fill(writer, found)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def _check_regex(path: str) -> None:
    document = read_document(path)
    mode, regex = mode_of(document), split_regex(document)
    if mode in PRE_TOKENIZERS:
        return
    cut = f"mode `{mode}`" if mode else f"the regex {regex}" if regex else "its own pre-tokenizer"
    raise DataError(
        f"{path} cannot be written for llama.cpp: text is cut by {cut}, and llama.cpp only has the regexes compiled into it",
        f"Train with --mode {' or '.join(PRE_TOKENIZERS)} for GGUF; `hf` and `tiktoken` carry the regex with them.",
    )


def _fill(writer: Any, found: RankedTokens) -> None:
    """Hand over the keys of a byte-level BPE."""
    specials = {number: text for text, number in found.vocabulary.specials.items()}
    tokens, kinds = [], []
    for number, token in enumerate(found.vocabulary.tokens.to_pylist()):
        tokens.append(specials.get(number) or to_text(token) or f"[UNUSED{number}]")
        kinds.append(_CONTROL if number in specials else _NORMAL if token else _UNUSED)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZERS[found.bpe.mode])
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{tokens[left]} {tokens[right]}" for left, right, _ in found.bpe.rows.tolist()])
    roles = special_roles(list(found.vocabulary.specials))
    ids = {role: found.vocabulary.specials[token] for role, token in roles.items()}
    if "bos_token" in ids:
        writer.add_bos_token_id(ids["bos_token"])
    if "eos_token" in ids:
        writer.add_eos_token_id(ids["eos_token"])
        writer.add_pad_token_id(ids["pad_token"])
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
