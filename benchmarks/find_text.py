"""Is a piece of a kept file found, changed or not: recall of `corpus.find_text`, its time, and how much of it the stored sample can do.

    python benchmarks/find_text.py RUN [--documents N] [--seed N]

From each of N kept documents a stretch of some lines is taken; a share of its tokens is replaced by others (names and numbers, the
same everywhere or not, as hypothesis would not: at random). Found means: the document itself is among the matches. By rank: it is the
first. `sample` counts what the table lookup/ alone finds, without reading every text where the question is short.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from pathlib import Path

import codecorpus as cc
from codecorpus.report import find

TOKEN = re.compile(r"[A-Za-z_]\w*|\d+")
LINES = (5, 10, 20, 40, 80)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3)


def changed(text: str, share: float, dice: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        return f"other{dice.randrange(10**6)}" if dice.random() < share else match[0]

    return TOKEN.sub(other, text)


def pieces(corpus: cc.Corpus, documents: int, lines: int, dice: random.Random) -> list[tuple[str, str, str]]:
    frame = corpus.documents(["doc_id", "path", "content"])
    rows = [row for row in frame.iter_rows() if row[2].count("\n") >= lines]
    rows = dice.sample(sorted(rows), min(documents, len(rows)))
    found = []
    for doc_id, path, content in rows:
        text = content.split("\n")
        start = dice.randrange(len(text) - lines)
        piece = "\n".join(text[start : start + lines])
        if sum(map(str.isalnum, piece)) >= 10 * lines:
            found.append((doc_id.hex(), path, piece))
    return found


def ask(
    corpus: cc.Corpus, asked: list[tuple[str, str, str]], share: float, dice: random.Random
) -> tuple[int, int, int, float]:
    found = first = sampled = 0
    started = time.process_time()
    for doc_id, path, piece in asked:
        answer = corpus.find_text(changed(piece, share, dice), name=path)
        ids = [one.doc_id for one in answer.matches]
        found += doc_id in ids
        first += ids[:1] == [doc_id]
        sampled += answer.searched == "lookup"
    return found, first, sampled, time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    corpus = cc.open(given.run)
    size = sum(entry["bytes"] for entry in corpus.manifest["files"] if entry["path"].startswith("lookup/"))
    stage = corpus.manifest["stages"][-1]
    print(
        f"{stage['documents_kept']:,} documents, {stage['bytes_kept'] / 1e6:.1f} MB; lookup/ {size / 1e6:.2f} MB, ",
        end="",
    )
    print(
        f"{size / stage['documents_kept']:.0f} bytes a document, {size / stage['bytes_kept']:.1%} of the text"
    )
    corpus.find_text("def nobody(): pass")  # what is compiled and imported once is nobody's time
    for least in (find.FEWEST_SAMPLED, 1):
        find.FEWEST_SAMPLED = least
        print("as it is" if least > 1 else "by the sample alone, if it has one shingle of the question")
        print(f"{'lines':>6}{'changed':>9}{'asked':>7}{'found':>9}{'first':>9}{'by sample':>11}{'ms':>8}")
        for lines in LINES:
            for share in SHARES:
                dice = random.Random(f"{given.seed} {lines} {share}")
                asked = pieces(corpus, given.documents, lines, dice)
                found, first, sampled, seconds = ask(corpus, asked, share, dice)
                count = max(1, len(asked))
                print(
                    f"{lines:>6}{share:>9.0%}{len(asked):>7}{found / count:>9.1%}{first / count:>9.1%}"
                    f"{sampled / count:>11.1%}{1000 * seconds / count:>8.0f}"
                )


if __name__ == "__main__":
    main()
