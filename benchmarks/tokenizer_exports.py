"""Whether every export gives the same ids as ours: in `tokenizers`, `transformers`, tiktoken and llama.cpp, on documents and on fuzz.

    python benchmarks/tokenizer_exports.py DOCUMENTS.parquet TOKENIZER [TOKENIZER …] [--megabytes N] [--llama FOLDER]

DOCUMENTS has a column `content`; TOKENIZER is a tokenizer.json or its folder. A reader that is not installed is left out and named.
`--llama` is a folder where `npm install node-llama-cpp` was run: llama.cpp itself, prebuilt. The library splits special tokens in text
here too, by its own switch. The exit code is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from codecorpus.errors import DataError
from codecorpus.fim.sentinels import FAMILIES, special_tokens
from codecorpus.tokenize import export_tokenizer, load_encoder

Reader = Callable[[list[str]], list[list[int]]]

_ALPHABET = (
    "aZé中ж😀 \t\n\r\v\u00a0\u2028\u3000'sStT_.(){}[]<>|/#*-=\"0139½٣Ⅷ\u0301\u0345\u200d\u0378\ue000ǅſİK"
)
_LLAMA = """
import {getLlama} from "node-llama-cpp";
import fs from "fs";
const llama = await getLlama({build: "never", gpu: false, skipDownload: true, logLevel: "error"});
const model = await llama.loadModel({modelPath: process.argv[2], vocabOnly: true});
const texts = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
fs.writeFileSync(process.argv[4], JSON.stringify(texts.map(text => Array.from(model.tokenize(text, false)))));
process.exit(0);
"""


def fuzz(number: int) -> list[str]:
    """Random texts of nasty characters and special tokens, always the same."""
    generator = random.Random(0)
    pieces = [
        *_ALPHABET,
        *(token for row in FAMILIES.values() for token in special_tokens(row)),
        "  ",
        "'ll",
        "ab",
        "\r\n",
    ]
    return ["".join(generator.choices(pieces, k=generator.randrange(60))) for _ in range(number)]


def stock(tokenizer: Path, folder: Path) -> Reader:
    reader = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    reader.encode_special_tokens = True
    return lambda texts: [row.ids for row in reader.encode_batch_fast(texts, add_special_tokens=False)]


def auto(tokenizer: Path, folder: Path) -> Reader:
    from transformers import AutoTokenizer

    reader = AutoTokenizer.from_pretrained(folder / "hf", split_special_tokens=True)
    return lambda texts: reader(texts, add_special_tokens=False)["input_ids"]


def tiktoken(tokenizer: Path, folder: Path) -> Reader:
    export_tokenizer(tokenizer, folder / "tiktoken", form="tiktoken")
    spec = importlib.util.spec_from_file_location(
        "tiktoken_encoding", folder / "tiktoken" / "tiktoken_encoding.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda texts: [module.encoding.encode_ordinary(text) for text in texts]


def llama(tokenizer: Path, folder: Path, packages: Path) -> Reader:
    export_tokenizer(tokenizer, folder / "it.gguf", form="gguf")

    def read(texts: list[str]) -> list[list[int]]:
        script = packages / "codecorpus-read.mjs"  # beside node_modules, or its imports are not found
        script.write_text(_LLAMA)
        (folder / "texts.json").write_text(json.dumps(texts))
        subprocess.run(
            ["node", script, folder / "it.gguf", folder / "texts.json", folder / "ids.json"], check=True
        )
        return json.loads((folder / "ids.json").read_text())

    return read


def rows_of(encoded) -> list[list[int]]:
    ids, offsets = encoded
    return [ids[start:stop].tolist() for start, stop in pairwise(offsets)]


def check(name: str, texts: list[str], expected: list[list[int]], reader: Reader) -> bool:
    rows = reader(texts)
    wrong = [number for number, (row, wanted) in enumerate(zip(rows, expected, strict=True)) if row != wanted]
    verdict = (
        f"{len(wrong):,} of {len(texts):,} texts differ" if wrong else f"same ids on {len(texts):,} texts"
    )
    print(f"  {name:<28}{verdict}")
    for number in wrong[:3]:
        at = next(
            i
            for i, (a, b) in enumerate(zip(rows[number] + [-1], expected[number] + [-1], strict=False))
            if a != b
        )
        print(
            f"    {texts[number][:60]!r}: from id {at} on {rows[number][at : at + 5]}, not {expected[number][at : at + 5]}"
        )
    return not wrong


def compare(tokenizer: Path, texts: dict[str, list[str]], packages: Path | None) -> bool:
    encoder, good = load_encoder(tokenizer), True
    expected = {
        kind: rows_of(encoder.encode(pa.array(given, pa.large_string()))) for kind, given in texts.items()
    }
    print(f"{tokenizer}: {encoder.vocab_size:,} tokens")
    makers = {"tokenizers": stock, "AutoTokenizer": auto, "tiktoken": tiktoken}
    if packages:
        makers["llama.cpp"] = lambda file, folder: llama(file, folder, packages)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export_tokenizer(tokenizer, folder / "hf", form="hf")
        for reader_name, make in makers.items():
            try:
                reader = make(tokenizer, folder)
            except (ImportError, DataError) as error:
                print(f"  {reader_name:<28}left out: {str(error).splitlines()[0]}")
                continue
            for kind, given in texts.items():
                good &= check(f"{reader_name}, {kind}", given, expected[kind], reader)
    return good


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("documents")
    parser.add_argument("tokenizers", nargs="+", type=Path)
    parser.add_argument("--megabytes", type=float, default=1e9, help="at most so much of the documents")
    parser.add_argument("--llama", type=Path)
    given = parser.parse_args()
    contents = pq.read_table(given.documents, columns=["content"])["content"].to_pylist()
    step = max(1, round(sum(map(len, contents)) / 1e6 / given.megabytes))
    texts = {"documents": contents[::step], "fuzz": fuzz(5_000)}
    results = [compare(tokenizer, texts, given.llama) for tokenizer in given.tokenizers]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
