"""Goes on from a `tokenizer.json` that exists: a file and a new corpus go in, the same file with more tokens comes out.

Old ids, merges and added tokens stay as they are, and new merges come after all old ones: what was text of n tokens is text of n or fewer,
each of them made of old ones side by side. New ids begin after the highest there is; a hole in the vocabulary stays one.

Any byte-level BPE will do. Its own rules cut the text: ours natively, those of others by the `tokenizers` library, far slower. A pair
whose string is a token already, which happens where a file has tokens that its merges cannot reach, gets the id of that token; none is
spelt like an added token. The one other change to the file: added tokens are entered in the vocabulary too, for otherwise the library
numbers them anew, after the vocabulary.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tokenizers import Tokenizer

from codecorpus.errors import DataError, StorageError, UsageError
from codecorpus.fragments import facts
from codecorpus.tokenize.alphabet import BYTES, CHARACTERS, to_bytes, to_text
from codecorpus.tokenize.balance import words_of
from codecorpus.tokenize.clock import Progress
from codecorpus.tokenize.count_rows import COUNTS
from codecorpus.tokenize.export import pre_tokenizer
from codecorpus.tokenize.learning import Known, learn_merges
from codecorpus.tokenize.pretoken import MAX_PRETOKEN_BYTES, PATTERNS, count_pretokens

#: What such a file has to be.
_ADVICE: Final = "Only byte-level BPE can be extended: cl100k, Llama 3, Qwen, DeepSeek and what `codecorpus tokenizer train` writes are."
# Model settings under which merges mean something else than what is learned here.
_FOREIGN: Final = (
    "dropout",
    "unk_token",
    "continuing_subword_prefix",
    "end_of_word_suffix",
    "byte_fallback",
)


@dataclass(frozen=True, slots=True, eq=False)
class TokenizerFile:
    """A byte-level BPE `tokenizer.json`, read.

    Attributes:
        path: where it was read.
        document: its content.
        indent: of the file's layout; None where it is on one line.
    """

    path: Path
    document: Mapping[str, Any]
    indent: int | None

    @property
    def mode(self) -> str | None:
        """The mode whose rules cut its text, a key of `PATTERNS`; None where only the `tokenizers` library can."""
        if self.document.get("normalizer"):
            return None
        own = _plainly(self.document["pre_tokenizer"])
        return next((mode for mode in PATTERNS if _plainly(pre_tokenizer(mode)) == own), None)


@dataclass(frozen=True, slots=True, eq=False)
class ExtendedTokenizer:
    """A tokenizer with new tokens.

    Attributes:
        file: what it was before.
        tokens: the bytes of each new token, in the order of their ids.
        first_id: the id of the first of them.
        merges: int64[n, 3], (left, right, id) of each new merge; an id below `first_id` is that of an old token.
        counts: int64[n], how often the pair occurred when it was merged.
    """

    file: TokenizerFile
    tokens: tuple[bytes, ...]
    first_id: int
    merges: NDArray[np.int64]
    counts: NDArray[np.int64]

    def _repr_html_(self) -> str:
        texts = [to_text(token) for token in self.tokens]
        known = [
            ("tokens before", self.first_id),
            ("new tokens", len(self.tokens)),
            ("mode", self.file.mode or "run by the tokenizers library"),
            ("first of them", " ".join(texts[:20])),
            ("last of them", " ".join(texts[-20:])),
        ]
        return facts(known, caption="ExtendedTokenizer")

    def document(self) -> dict[str, Any]:
        """The content of the new `tokenizer.json`."""
        old = self.file.document
        model = dict(old["model"])
        new = {to_text(token): number for number, token in enumerate(self.tokens, start=self.first_id)}
        texts = {number: text for text, number in (model["vocab"] | new).items()}
        pairs = [[texts[left], texts[right]] for left, right in self.merges[:, :2].tolist()]
        as_text = bool(model["merges"]) and isinstance(model["merges"][0], str)
        # The library numbers added tokens after the vocabulary, whatever the file says, unless they stand in the vocabulary: there they
        # keep their ids when it grows.
        added = {token["content"]: token["id"] for token in old["added_tokens"]}
        model["vocab"] = {**model["vocab"], **added, **new}
        model["merges"] = [*model["merges"], *([" ".join(pair) for pair in pairs] if as_text else pairs)]
        return {**old, "model": model}

    def save(self, directory: str | Path) -> None:
        """Write `tokenizer.json`, `merges.txt` and a `tokenizer_config.json` (the one beside the old file, where there is one).

        Raises:
            StorageError: the files cannot be written.
        """
        folder, indent = Path(directory), self.file.indent
        separators = (",", ":") if indent is None else None
        text = json.dumps(self.document(), indent=indent, ensure_ascii=False, separators=separators)
        texts = {
            "tokenizer.json": text + "\n",
            "tokenizer_config.json": _config_text(self.file),
            "merges.txt": "\n".join(self._listing()) + "\n",
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in texts.items():
                (folder / name).write_bytes(content.encode())
        except OSError as error:
            raise StorageError(
                f"the tokenizer cannot be written to {folder}: {error.strerror or error}",
                "Choose another folder.",
            ) from None

    def _listing(self) -> Iterator[str]:
        """Every merge, the new ones with their counts; those of the old ones are of another corpus, and not in the file."""
        yield "# id\ttoken = left + right\tcount; spaces are Ġ, line feeds Ċ, tabs ĉ; - was there before"
        model = self.document()["model"]
        counts = ["-"] * (len(model["merges"]) - len(self.counts)) + self.counts.tolist()
        for pair, count in zip(model["merges"], counts, strict=True):
            left, right = pair if isinstance(pair, list) else pair.split(" ")
            yield f"{model['vocab'][left + right]}\t{left + right} = {left} + {right}\t{count}"
        for token in self.file.document["added_tokens"]:
            yield f"{token['id']}\t{token['content']} ({'special' if token.get('special') else 'added'})"


def extend(
    path: str | Path,
    counts: pa.Table,
    *,
    add: int,
    min_frequency: int = 2,
    weights: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> ExtendedTokenizer:
    """Learn more merges for a tokenizer that exists.

    Args:
        path: a `tokenizer.json`, or a folder that holds one.
        counts: pre-tokens of the new corpus, as `count_for` counts them, or a table of the file's own mode.
        add: new tokens; a small corpus gives fewer.
        min_frequency: a pair seen less often is not merged.
        weights: language → factor of its counts.
        progress: told of the work.

    Raises:
        DataError: the file is no byte-level BPE, or the table is no count table of its mode.
        UsageError: `add` is below 1.
    """
    if add < 1:
        raise UsageError(f"{add} tokens cannot be added", "Add one at least.")
    file = read_tokenizer(path)
    known = _known(file)
    words = words_of(counts, mode=file.mode or "foreign", weights=weights)
    rows = learn_merges(words, known, most=add, min_frequency=min_frequency, progress=progress)
    tokens = list(known.tokens) + [b""] * (known.next_id - len(known.tokens))
    for left, right, number in rows[:, :3].tolist():
        if number == len(tokens):
            tokens.append(tokens[left] + tokens[right])
    return ExtendedTokenizer(
        file, tuple(tokens[known.next_id :]), known.next_id, rows[:, :3].copy(), rows[:, 3].copy()
    )


def count_for(path: str | Path, contents: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Count text as a tokenizer cuts it: natively where its rules are ours, else by the `tokenizers` library (below 1 MB/s).

    Args:
        path: a `tokenizer.json`, or a folder that holds one.
        contents: text; null counts as empty.

    Returns:
        A table of the schema `COUNTS`.

    Raises:
        DataError: the file is no byte-level BPE.
    """
    file = read_tokenizer(path)
    if file.mode is not None:
        return count_pretokens(contents, mode=file.mode)
    tokenizer = Tokenizer.from_str(json.dumps({**file.document, "added_tokens": []}))
    normalizer, cutter = tokenizer.normalizer, tokenizer.pre_tokenizer
    counter: Counter[str] = Counter()
    for chunk in contents.chunks if isinstance(contents, pa.ChunkedArray) else [contents]:
        for row in chunk:
            text = row.as_py() or ""
            text = normalizer.normalize_str(text) if normalizer else text
            counter.update([piece for piece, _ in cutter.pre_tokenize_str(text)])
    pieces = sorted(
        (to_bytes(piece), times) for piece, times in counter.items() if len(piece) <= MAX_PRETOKEN_BYTES
    )
    columns = [
        pa.array([piece for piece, _ in pieces], pa.large_binary()),
        pa.array([times for _, times in pieces], pa.int64()),
    ]
    return pa.table(columns, schema=COUNTS)


def read_tokenizer(path: str | Path) -> TokenizerFile:
    """Read a byte-level BPE `tokenizer.json`, or the one in a folder.

    Raises:
        DataError: the file cannot be read, or is something else; says what.
    """
    file = Path(path)
    file = file / "tokenizer.json" if file.is_dir() else file
    try:
        text = file.read_bytes().decode()
        document = json.loads(text)
        Tokenizer.from_str(text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"tokenizer {file} cannot be read: {reason}", "Give the path of a tokenizer.json."
        ) from None
    except Exception as error:  # the library raises plain Exception for a file it does not understand
        raise DataError(f"{file} is not a tokenizer.json: {type(error).__name__}: {error}", _ADVICE) from None
    wrong = _why_not(document)
    if wrong:
        raise DataError(f"{file} cannot be extended: {wrong}", _ADVICE)
    second = text.split("\n", 2)[1] if "\n" in text.strip() else ""
    return TokenizerFile(file, document, len(second) - len(second.lstrip(" ")) or None)


def _why_not(document: Mapping[str, Any]) -> str:
    """Why merges cannot be added to such a tokenizer; empty where they can."""
    model = document["model"]
    if model.get("type") != "BPE":
        return f"its model is {model.get('type')}, not BPE"
    used = [key for key in _FOREIGN if model.get(key)]
    if used:
        return f"its model has {used[0]} = {model[used[0]]!r}"
    if "ByteLevel" not in json.dumps(document["pre_tokenizer"]):
        return "its pre-tokenizer is not byte-level"
    missing = sum(character not in model["vocab"] for character in CHARACTERS)
    return f"{missing} of the 256 bytes are not in its vocabulary" if missing else ""


def _known(file: TokenizerFile) -> Known:
    """What is in the file, as the learner wants it."""
    model = file.document["model"]
    vocab: dict[str, int] = model["vocab"]
    added = {token["content"]: token["id"] for token in file.document["added_tokens"]}
    next_id = 1 + max([*vocab.values(), *added.values()])
    spelt = {text: to_bytes(text) for text in vocab if BYTES.keys() >= set(text)}
    tokens = [b""] * next_id
    for text, token in spelt.items():
        if text not in added:
            tokens[vocab[text]] = token
    pairs = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    merges = np.array([(vocab[left], vocab[right], vocab[left + right]) for left, right in pairs], np.int64)
    return Known(
        tokens,
        np.array([vocab[character] for character in CHARACTERS], np.int32),
        merges.reshape(-1, 3),
        next_id,
        # A text that is the same as an added token's, in bytes or as it is spelt in the file, would take that token's id on loading.
        sorted(
            {token.encode() for token in added}
            | {to_bytes(token) for token in added if BYTES.keys() >= set(token)}
        ),
        frozenset(spelt.values()) if model.get("ignore_merges") else frozenset(),
    )


def _plainly(pre: Any) -> Any:
    """A pre-tokenizer without what only offsets depend on."""
    if isinstance(pre, list):
        return [_plainly(part) for part in pre]
    if isinstance(pre, dict):
        return {key: _plainly(value) for key, value in pre.items() if key != "trim_offsets"}
    return pre


def _config_text(file: TokenizerFile) -> str:
    """What stood beside the old file, or what `transformers` needs at least."""
    names = [file.path.with_name("tokenizer_config.json"), file.path.with_suffix(".tokenizer_config.json")]
    for path in names:
        if path.is_file():
            return path.read_text("utf-8")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}
    return json.dumps(config, indent=2) + "\n"
