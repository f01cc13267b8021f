"""Text measures beside the bare parse of tree-sitter, on the same files in one run.

    python benchmarks/measures.py FOLDER

FOLDER is a folder of repositories. Figures are CPU seconds, the best of three, with compiled kernels: nanoseconds per byte of each
kernel, and megabytes a second of all text measures and of nothing but `Parser.parse` on the files whose language has a grammar.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyarrow as pa
import tree_sitter

from codecorpus.buffers import text_buffers
from codecorpus.parse import find_grammar, languages, text_measures
from codecorpus.parse._kernels_runs import word_counts
from codecorpus.parse._kernels_text import text_counts
from codecorpus.sources.language import detect_language
from codecorpus.unicode import CLASSES


def cpu(function) -> float:
    """The least CPU seconds of three calls, after one that compiles."""
    function()
    seconds = []
    for _ in range(3):
        start = time.process_time()
        function()
        seconds.append(time.process_time() - start)
    return min(seconds)


def parsed_texts(folder: Path) -> list[tuple[str, bytes]]:
    """(language, content) of each file that has a grammar and at most a megabyte."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.stat().st_size > 1_000_000:
            continue
        content = path.read_bytes()
        language = detect_language(path.name, content[:4096])
        if language in languages() and b"\0" not in content:
            found.append((language, content.decode("utf-8", "replace").encode()))
    return found


def bare_parse(texts: list[tuple[str, bytes]]) -> None:
    parsers = {name: tree_sitter.Parser(find_grammar(name).language) for name in languages()}
    for language, content in texts:
        parsers[language].parse(content)


def main() -> None:
    texts = parsed_texts(Path(sys.argv[1]))
    contents = pa.array([content.decode() for _, content in texts], pa.large_string())
    data, offsets = text_buffers(contents)
    size = len(data)
    parse = cpu(lambda: bare_parse(texts))
    whole = cpu(lambda: text_measures(contents))
    print(f"{len(texts)} files, {size / 1e6:.1f} MB, languages with a grammar")
    for name, kernel in (("characters and lines", text_counts), ("words and repeats", word_counts)):
        print(
            f"{name}: {cpu(lambda kernel=kernel: kernel(data, offsets, CLASSES)) * 1e9 / size:.1f} ns a byte"
        )
    print(f"all text measures: {whole * 1e9 / size:.1f} ns a byte, {size / 1e6 / whole:.0f} MB/s")
    print(f"bare parse: {parse * 1e9 / size:.1f} ns a byte, {size / 1e6 / parse:.1f} MB/s")
    print(f"text measures / bare parse: {whole / parse:.2f}")


if __name__ == "__main__":
    main()
