"""Bytes per token on repositories that were held out, against the peers' tokenizers and against plain BPE of the same size.

    python benchmarks/tokenizer_compression.py DOCUMENTS.parquet --peer o200k=FILE --peer cl100k=FILE
        [--seeds 0,1] [--training 100] [--held-out 1.5] [--train code:65536,plain:65536,superword:65536] [--cap N] [--json FILE]

DOCUMENTS has the columns repo_name, path, language and content. For each seed, whole project families are held out
(`_compression_input`), and what is near any training document is removed from them. Then: train, and count tokens of each held-out file.

Ratios are tokens of the peer over tokens of ours on the same text: 1.08 means 8 % fewer tokens. `all` is over all bytes; `mean` the mean of
the languages; `median`, `p5` and `worst` are over files of 1 kB and more; `novel` is over the lines that no training document has.
`crossing` is the share of tokens with bytes of two sub-words of one identifier. Fewer tokens are a matter of cost, and say nothing of a
model's quality.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import polars as pl
import pyarrow as pa
from _compression_input import (
    LANGUAGES,
    column,
    crossing_tokens,
    documents,
    novel_lines,
    split,
    without_duplicates,
)

from codecorpus.tokenize import TokenizerOptions, count, encoder_of, load_encoder, train_counts


def trained(training: pl.DataFrame, wanted: list[tuple[str, int]], cap: int | None) -> dict[str, object]:
    """Name → encoder; of each mode one count table."""
    table = training.to_arrow()
    encoders, tables = {}, {}
    for mode, size in wanted:
        began = time.process_time()
        if mode not in tables:
            tables[mode] = count(table, mode=mode).table
        options = TokenizerOptions(
            mode=mode, vocab_size=size, **({} if cap is None else {"repository_cap": cap})
        )
        encoders[f"{mode} {size}"] = encoder_of(train_counts(tables[mode], options))
        print(f"  {mode} {size}: {time.process_time() - began:.1f} s CPU", flush=True)
    return encoders


def tokens_of(encoder, texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of each text, and all ids."""
    ids, offsets = encoder.encode(texts)
    return np.diff(np.asarray(offsets)), np.asarray(ids)


def crossing(encoder, texts: pa.Array, ids: np.ndarray) -> float:
    used = np.unique(ids)
    length = np.zeros(int(used.max()) + 1, np.int64)
    for token in used.tolist():
        length[token] = len(encoder.decode(np.array([token], ids.dtype)))
    text = "".join(texts.to_pylist()).encode()
    ends = np.cumsum(length[ids])
    return crossing_tokens(text, ends) / len(ids) if ends[-1] == len(text) else float("nan")


def measure(held: pl.DataFrame, encoders: dict, novel: pl.Series) -> tuple[pl.DataFrame, dict]:
    """Tokens of each held-out file by each tokenizer, of its novel lines too; and each tokenizer's share of crossing tokens."""
    frame = held.select("repo_name", "language", "path", "size").with_columns(
        novel.str.len_bytes().alias("novel")
    )
    texts, lines, shares = column(held["content"]), column(novel), {}
    for name, encoder in encoders.items():
        tokens, ids = tokens_of(encoder, texts)
        shares[name] = crossing(encoder, texts, ids)
        novel_tokens, _ = tokens_of(encoder, lines)
        frame = frame.with_columns(pl.Series(name, tokens), pl.Series(f"novel {name}", novel_tokens))
    return frame, shares


def ratios(frame: pl.DataFrame, ours: str, other: str) -> dict[str, float]:
    """The row of the table of goals for ours against another."""
    by_language = frame.group_by("language").agg(pl.col(ours).sum(), pl.col(other).sum())
    languages = {row[0]: row[2] / row[1] for row in by_language.iter_rows()}
    files = frame.filter(pl.col("size") >= 1000)
    file = (files[other] / files[ours]).sort()
    return {
        "all": frame[other].sum() / frame[ours].sum(),
        "mean": float(np.mean(list(languages.values()))),
        "median": file.median(),
        "p5": file.quantile(0.05),
        "worst": file.min(),
        "novel": frame[f"novel {other}"].sum() / frame[f"novel {ours}"].sum(),
        **{language: languages[language] for language in LANGUAGES if language in languages},
    }


def show(frame: pl.DataFrame, shares: dict, trained_names: list[str], names: list[str]) -> list[dict]:
    print(
        f"\n{'bytes per token':<18}{'all':>7}"
        + "".join(f"{name[:7]:>8}" for name in LANGUAGES)
        + "  crossing"
    )
    for name in names:
        cells = []
        for language in LANGUAGES:
            part = frame.filter(pl.col("language") == language)
            cells.append(f"{part['size'].sum() / max(1, part[name].sum()):>8.3f}")
        print(
            f"{name:<18}{frame['size'].sum() / frame[name].sum():>7.3f}"
            + "".join(cells)
            + f"  {shares[name]:.4%}"
        )
    rows = []
    print(
        f"\n{'fewer tokens than':<34}"
        + "".join(f"{name[:7]:>8}" for name in ("all", "mean", "median", "p5", "worst", "novel", *LANGUAGES))
    )
    for ours in trained_names:
        for other in names:
            if other == ours or (other in trained_names and not other.startswith("plain")):
                continue
            row = ratios(frame, ours, other)
            rows.append({"ours": ours, "other": other, **row})
            print(
                f"{ours + ' / ' + other:<34}" + "".join(f"{value:>8.3f}" for value in row.values()),
                flush=True,
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("documents")
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--training", type=float, default=100)
    parser.add_argument("--held-out", type=float, default=1.5)
    parser.add_argument("--train", default="code:65536,plain:65536")
    parser.add_argument(
        "--cap", type=int, help="tokenizer.repository_cap, where another than the default is tried"
    )
    parser.add_argument("--json")
    asked = parser.parse_args()
    frame, results = documents(asked.documents), []
    peers = {name: load_encoder(file) for name, _, file in (peer.partition("=") for peer in asked.peer)}
    wanted = [(mode, int(size)) for mode, _, size in (one.partition(":") for one in asked.train.split(","))]
    for seed in map(int, asked.seeds.split(",")):
        training, held, spoilt = without_duplicates(*split(frame, seed, asked.training, asked.held_out))
        novel = novel_lines(training["content"], held["content"])
        sizes = training["size"].sum(), held["size"].sum(), novel.str.len_bytes().sum()
        print(
            f"\nseed {seed}: {sizes[0] / 1e6:.1f} MB to train on, {sizes[1] / 1e6:.1f} MB held out in {len(held):,} files, "
            f"{sizes[2] / sizes[1]:.1%} of it novel lines; {spoilt:,} files near training files removed"
        )
        for language in LANGUAGES:
            part = held.filter(pl.col("language") == language)
            print(
                f"  {language:<11} {part['size'].sum() / 1e6:5.2f} MB  {' '.join(part['repo_name'].unique().sort())}"
            )
        ours = trained(training, wanted, asked.cap)
        found, shares = measure(held, {**peers, **ours}, novel)
        rows = show(found, shares, list(ours), [*peers, *ours])
        results += [{"seed": seed, **row} for row in rows]
    if len(asked.seeds.split(",")) > 1:
        print("\nover the seeds, least and most")
        for (ours, other), part in pl.DataFrame(results).group_by("ours", "other", maintain_order=True):
            cells = " ".join(
                f"{name} {part[name].min():.3f}-{part[name].max():.3f}" for name in part.columns[3:]
            )
            print(f"{ours} / {other}: {cells}")
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
