"""Reading a `tokenizer.json`: its JSON, checked; and, where it says what our kernels do, the parts that these need.

The formats of the library are read as they have been written over the years: merges as `"a b"` or as `["a", "b"]`, keys that an older
version left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from codecorpus.errors import DataError
from codecorpus.tokenize._kernels_merge import MOST_MERGES
from codecorpus.tokenize.alphabet import CHARACTERS
from codecorpus.tokenize.pretoken import PATTERNS
from codecorpus.tokenize.vocabulary import is_layout, token_ids

# No vocabulary has as many; a file that says so is damaged, and would be answered with gigabytes of empty tokens.
_MOST_IDS: Final = 1 << 24
_OTHER_MODEL: Final = (
    "dropout",
    "unk_token",
    "continuing_subword_prefix",
    "end_of_word_suffix",
    "byte_fallback",
)


@dataclass(frozen=True, slots=True, eq=False)
class ByteLevelBpe:
    """A byte-level BPE that our kernels run.

    Attributes:
        mode: what cuts the text, a key of `codecorpus.tokenize.PATTERNS`.
        byte_ids: uint32[256], the id of each byte.
        rows: int64[n, 3], merges (left, right, id) in order of rank.
        whole: whether a pre-token that equals a token becomes it without any merge (`ignore_merges`).
    """

    mode: str
    byte_ids: NDArray[np.uint32]
    rows: NDArray[np.int64]
    whole: bool


def read_document(path: str | Path) -> dict[str, Any]:
    """The JSON of a `tokenizer.json`, or of a folder that holds one, as far as every tokenizer has it.

    Raises:
        DataError: the file is missing, or not a tokenizer.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "tokenizer.json"
    try:
        return _checked(json.loads(file.read_bytes()))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"tokenizer {file} cannot be read: {reason}", "Give the path of a tokenizer.json."
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise not_a_tokenizer(file, error) from None


def not_a_tokenizer(file: str | Path, error: BaseException) -> DataError:
    """What to say of a file that cannot be understood."""
    return DataError(
        f"{file} is not a tokenizer.json: {type(error).__name__}: {error}",
        "Give a file that Hugging Face `tokenizers` can load, such as one that `codecorpus build` wrote.",
    )


def merge_pairs(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The merges of a model in order, whichever way they are written.

    >>> list(merge_pairs({"merges": ["#version: 0.2", "a b", ["ab", "c"]]}))
    [('a', 'b'), ('ab', 'c')]
    """
    for pair in model["merges"]:
        if isinstance(pair, str):
            if pair.startswith("#version"):
                continue
            pair = pair.split(" ")
        left, right = pair
        yield left, right


def byte_level_bpe(document: Mapping[str, Any]) -> ByteLevelBpe | None:
    """What our kernels need of a tokenizer, where they do exactly what it says; None for every other one.

    Raises:
        KeyError: a merge of a token that the vocabulary does not have.
    """
    model, ids = document["model"], token_ids(document)
    mode = mode_of(document)
    normalizer = document["normalizer"]
    if (
        mode is None
        or model.get("type", "BPE") != "BPE"
        or any(model.get(key) for key in _OTHER_MODEL)
        or (normalizer is not None and normalizer != {"type": "Sequence", "normalizers": []})
        or not all(character in ids for character in CHARACTERS)
    ):
        return None
    pairs = [(ids[left], ids[right], ids[left + right]) for left, right in merge_pairs(model)]
    found = ByteLevelBpe(
        mode,
        np.array([ids[character] for character in CHARACTERS], np.uint32),
        np.array(pairs, np.int64).reshape(-1, 3),
        bool(model.get("ignore_merges")),
    )
    ours = len(pairs) <= MOST_MERGES and _gives_no_special(found, document)
    return found if ours else None


def mode_of(document: Mapping[str, Any]) -> str | None:
    """The mode whose regex cuts the text and nothing else does, if there is one."""
    regex = split_regex(document)
    return next((mode for mode, pattern in PATTERNS.items() if pattern == regex), None)


def split_regex(document: Mapping[str, Any]) -> str | None:
    """The regex of a byte-level tokenizer whose pre-tokenizer is one regex; what concerns offsets alone does not count."""
    steps = (document["pre_tokenizer"] or {}).get("pretokenizers", [])
    if [step["type"] for step in steps] != ["Split", "ByteLevel"]:
        return None
    split, byte_level = steps
    plain = (
        split.get("behavior") == "Isolated"
        and not split.get("invert")
        and not byte_level.get("add_prefix_space", True)
        and not byte_level.get("use_regex", True)
    )
    return split["pattern"].get("Regex") if plain else None


def _gives_no_special(bpe: ByteLevelBpe, document: Mapping[str, Any]) -> bool:
    """Whether no byte or merge has the id of an added token, and no added token is one that text becomes. Whole tokens leave them out."""
    added = [token["id"] for token in document["added_tokens"]]
    reached = np.concatenate([bpe.byte_ids.astype(np.int64), bpe.rows[:, 2]])
    return not (np.isin(added, reached).any() or any(map(is_layout, document["added_tokens"])))


def _checked(document: Any) -> dict[str, Any]:
    """The document with every key that is read elsewhere.

    Raises:
        ValueError, TypeError, KeyError: it is no tokenizer.
    """
    defaults: dict[str, Any] = {
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "decoder": None,
    }
    whole = {**defaults, **document, "added_tokens": document.get("added_tokens") or []}
    whole["added_tokens"] = [{"special": False, **token} for token in whole["added_tokens"]]
    ids = token_ids(whole)
    numbers = [*ids.values(), *(token["id"] for token in whole["added_tokens"])]
    for number in numbers:
        if not isinstance(number, int) or not 0 <= number < _MOST_IDS:
            raise ValueError(f"a token has the id {number!r}")
    if len(set(ids.values())) < len(ids):
        raise ValueError("two tokens have the same id")
    for text in [*ids, *(token["content"] for token in whole["added_tokens"])]:
        text.encode()
    return whole
