"""What the measures of parsing cost, as multiples of the bare parse of the same bytes in the same run.

    python benchmarks/parse.py FOLDER [--megabytes-per-language 0.8]

For each language: `Parser.parse(bytes)` and nothing else; then `read_tree` (parse with a deadline, walk) by the compiled route and by
the public cursor, counting on the tree, the text measures, the columns, and for Python CPython's own parser. Files take turns, so that
what else the machine does hits all alike; CPU time; the first of two passes warms up. `total` is read + count + text + columns; goals:
1.5 compiled, 2.5 by the cursor. Python's `ast` has a column of its own, for it alone costs about one bare parse more.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import tree_sitter

from codecorpus.parse import Grammar, find_grammar, text_measures, walk
from codecorpus.parse.python_ast import is_rejected
from codecorpus.parse.tree import read_tree
from codecorpus.parse.tree_measures import TreeCounts, count_tree, tree_columns
from codecorpus.sources import detect_language

_MAX_FILE = 300_000
_STEPS = ("read", "cursor", "count", "text", "columns", "ast")


def files_by_language(folder: Path, megabytes: float) -> dict[str, list[bytes]]:
    """UTF-8 files in the order of their names, every language up to its share: a mix of repositories."""
    found: dict[str, list[bytes]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    for path in sorted(folder.rglob("*"), key=lambda path: path.name):
        if not path.is_file() or path.is_symlink() or not 0 < path.stat().st_size <= _MAX_FILE:
            continue
        content = path.read_bytes()
        language = detect_language(str(path), content[:8000])
        if language is None or sizes[language] >= megabytes * 1e6 or not _is_text(content):
            continue
        if find_grammar(language) is not None:
            sizes[language] += len(content)
            found[language].append(content)
    return found


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def measure_language(grammar: Grammar, files: list[bytes]) -> Counter[str]:
    """CPU seconds of each step over all the files."""
    seconds: Counter[str] = Counter()
    counts: list[TreeCounts | None] = []

    def timed(step: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        result = work()
        seconds[step] += time.process_time() - start
        return result

    parser = tree_sitter.Parser(grammar.language)
    for source in files:
        timed("bare", lambda source=source: parser.parse(source))
        tree = read_tree_timed(timed, source, grammar)
        counts.append(timed("count", lambda tree=tree, source=source: count_tree(tree, grammar, source)))
        if grammar.name == "Python":
            timed("ast", lambda source=source: is_rejected(source))
    timed("columns", lambda: tree_columns(counts, [None] * len(counts)))
    texts = pa.array([source.decode() for source in files], pa.large_string())
    timed("text", lambda: text_measures(texts))
    return seconds


def read_tree_timed(timed: Callable[..., object], source: bytes, grammar: Grammar) -> object:
    tree = timed("read", lambda: read_tree(source, grammar))
    with patch.object(walk, "compiled_walk_is_safe", lambda: False):
        timed("cursor", lambda: read_tree(source, grammar))
    return tree


def row(language: str, files: list[bytes], seconds: Counter[str]) -> str:
    """One line of the table."""
    size = sum(map(len, files))
    ratio = {step: seconds[step] / seconds["bare"] for step in _STEPS}
    rest = ratio["count"] + ratio["text"] + ratio["columns"]
    cells = [f"{ratio[step]:.2f}" if ratio[step] else "-" for step in _STEPS]
    totals = f"{ratio['read'] + rest:.2f} | {ratio['cursor'] + rest:.2f}"
    speed = f"{size / seconds['bare'] / 1e6:.1f}"
    return f"| {language} | {len(files)} | {size / 1e6:.2f} | {speed} | {' | '.join(cells)} | {totals} |"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--megabytes-per-language", type=float, default=0.8)
    options = arguments.parse_args()
    print(f"| language | files | MB | bare MB/s | {' | '.join(_STEPS)} | total | total by cursor |")
    print("|---" * 12 + "|")
    found = files_by_language(options.folder, options.megabytes_per_language)
    for language, files in sorted(found.items(), key=lambda item: -sum(map(len, item[1]))):
        grammar = find_grammar(language)
        assert grammar is not None
        measure_language(grammar, files)
        print(row(language, files, measure_language(grammar, files)), flush=True)


if __name__ == "__main__":
    main()
