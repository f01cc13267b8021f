"""OpenCoder's own rules beside the recipe `opencoder`, on the same files in one run: verdicts rule by rule, and speed.

    OPENCODER=CHECKOUT OPENCODER_PYTHON=PYTHON python benchmarks/opencoder.py FOLDER [FILES]

CHECKOUT is a clone of OpenCoder-llm/opc_data_filtering (44b857e was measured), PYTHON an interpreter with its requirements.txt; without
them the benchmark says so and ends. FILES files are taken, as many of each language. Times are CPU seconds; ours are from text to
decisions, the secrets that `opencoder` leaves alone included, with compiled kernels.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

from codecorpus.config import load_config
from codecorpus.filters import apply
from codecorpus.filters import measure as measure_table
from codecorpus.parse import languages
from codecorpus.rules import LIMITS
from codecorpus.sources.language import detect_language, extension_of

#: Their signal → keys of ours that judge the same.
SIGNALS = {
    "frac_chars_replacement_symbols": ["max_replacement_share"],
    "num_words": ["min_words"],
    "num_chars": ["min_characters", "max_characters"],
    "mean_word_length": ["min_mean_word_length", "max_mean_word_length"],
    "frac_words_unique": ["min_unique_word_share"],
    **{f"frac_chars_top_{n}grams": [f"max_top_{n}gram_share"] for n in (2, 3, 4)},
    **{f"frac_chars_dupe_{n}grams": [f"max_repeated_{n}gram_share"] for n in range(5, 11)},
    "frac_lines_dupe_lines": ["max_repeated_line_share"],
    "size_file_byte": ["max_bytes"],
    "num_lines": ["min_lines", "max_lines"],
    "num_chars_line_max": ["max_line_length", "max_paragraph_length"],
    "num_chars_line_mean": ["min_mean_line_length", "max_mean_line_length"],
    "frac_chars_alphabet": ["min_alpha_ink_share"],
    "frac_chars_digital": ["max_digit_ink_share"],
    "frac_chars_whitespace": ["max_whitespace_share"],
    "frac_chars_comments": ["max_comment_share"],
    "frac_chars_string_length": ["max_string_share"],
    "frac_chars_long_word_length": ["max_long_word_share"],
    "cate_encoded_data": ["max_encoded_share", "max_encoded_run_length"],
    "frac_chars_hex_words": ["max_hex_word_share"],
    "frac_lines_prompt_comments": ["max_todo_line_share"],
    "frac_lines_assert": ["max_assert_share"],
    "cate_ast": ["max_python_syntax_error", "max_error_count"],
    "frac_lines_func_ratio": ["max_function_share"],
    "frac_lines_pass": ["max_pass_share"],
    "frac_lines_import": ["max_import_share"],
    "frac_lines_print": ["max_print_share"],
    "score_lines_no_logic": ["min_logic_count"],
    "frac_lines_preprocessor_directives": ["max_c_preprocessor_share", "max_cpp_preprocessor_share"],
    "frac_words_text": ["min_visible_text_share"],
    "num_chars_text": ["min_visible_text_length"],
}
# Run in their interpreter, in their folder: (name, text) rows in, verdicts by rule out. Their rules draw random numbers: 0 here, so
# that each says what it would if it did not.
THEIRS = """
import json, random, sys, time, types, warnings
warnings.filterwarnings("ignore")
sys.path.insert(0, "."); sys.modules.setdefault("fasttext", types.ModuleType("fasttext"))
from pipeline.compute_filtering import CodeFilter
from pipeline.compute_quality_signals import ComputeCodeQualitySignal
from utils.preprocessing import get_doc_type, get_program_lang
random.random = lambda: 1.0
signals, rules, out, seconds = ComputeCodeQualitySignal(), CodeFilter(), [], 0.0
for name, text in json.load(open(sys.argv[1])):
    extension = name.rpartition(".")[2] if "." in name else ""
    language = get_program_lang(name, extension); kind = get_doc_type(language)
    start = time.process_time()
    found = json.loads(signals.evaluate(text, name, "en", extension, len(text.encode()), language, kind)).get("quality_signal")
    verdict = json.loads(rules.evaluate(kind, "en", language, found))
    seconds += time.process_time() - start
    out.append([language, kind, json.loads(verdict["hit_map"]), int(verdict["effective"])])
json.dump([out, seconds], open(sys.argv[2], "w"))
"""


def sample(folder: Path, files: int) -> pl.DataFrame:
    """As many files of each language with a grammar, by a seeded draw."""
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or not 0 < path.stat().st_size < 100_000:
            continue
        content = path.read_bytes()
        language = detect_language(path.name, content[:4096])
        if language in languages() and b"\0" not in content:
            by_language[language].append(
                (path.relative_to(folder).as_posix(), content.decode("utf-8", "replace"))
            )
    draw = random.Random(0)
    each = max(files // len(by_language), 1)
    rows = [
        (path, text, language, extension_of(path))
        for language, own in sorted(by_language.items())
        for path, text in draw.sample(own, min(each, len(own)))
    ]
    return pl.DataFrame(rows, schema=["path", "content", "language", "extension"], orient="row")


def theirs(table: pl.DataFrame) -> tuple[list, float]:
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.json", Path(folder) / "found.json"
        given.write_text(
            json.dumps(
                [[Path(path).name, text] for path, text in table.select("path", "content").iter_rows()]
            )
        )
        command = [os.environ["OPENCODER_PYTHON"], "-c", THEIRS, str(given), str(found)]
        subprocess.run(
            command,
            cwd=os.environ["OPENCODER"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return tuple(json.loads(found.read_text()))


def failed_limits(table: pl.DataFrame) -> list[set[str]]:
    """The keys of the limits that each document is beyond."""
    options = load_config("opencoder").filter
    failed = []
    for row in table.iter_rows(named=True):
        numbers = row["measures"] | {"length_bytes": len(row["content"].encode()), "star_events_count": None}
        own = set()
        for (_, limit), bound in zip(
            LIMITS, options.limits_for(row["language"], row["extension"]), strict=True
        ):
            value = numbers[limit.measure]
            if (
                bound is not None
                and value is not None
                and (value < bound if limit.is_minimum else value > bound)
            ):
                own.add(limit.key)
        failed.append(own)
    return failed


def main() -> None:
    if "OPENCODER" not in os.environ or "OPENCODER_PYTHON" not in os.environ:
        print(
            "skipped: set OPENCODER to a checkout of their rules and OPENCODER_PYTHON to an interpreter with their requirements"
        )
        return
    table = sample(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 250)
    megabytes = sum(len(text.encode()) for text in table["content"]) / 1e6
    apply(table.head(40), "opencoder")  # compiles
    start = time.process_time()
    measured = measure_table(table)
    result = apply(measured, "opencoder")
    own_seconds = time.process_time() - start
    found, seconds = theirs(table)
    counts: dict[str, Counter] = defaultdict(Counter)
    for (_, _, hits, _), own in zip(found, failed_limits(measured), strict=True):
        for signal, hit in hits.items():
            short = signal.split("_", 2)[2]
            if short in SIGNALS:
                counts[short][bool(hit), bool(own & set(SIGNALS[short]))] += 1
    print(f"{table.height} files, {megabytes:.1f} MB in {table['language'].n_unique()} languages\n")
    print("| signal | files | both drop | only theirs | only ours | agree |\n|---|---|---|---|---|---|")
    for signal in SIGNALS:
        one = counts[signal]
        if total := one.total():
            same = (one[True, True] + one[False, False]) / total
            print(
                f"| `{signal}` | {total} | {one[True, True]} | {one[True, False]} | {one[False, True]} | {same:.1%} |"
            )
    kept = set(result.kept["path"])
    pairs = Counter((bool(one[3]), path in kept) for one, path in zip(found, table["path"], strict=True))
    both, only_theirs = pairs[True, True], pairs[True, False]
    print(
        f"\nkept by both {both}, only by theirs {only_theirs}, only by ours {pairs[False, True]}, by none {pairs[False, False]}"
    )
    print(
        f"CPU: theirs {seconds:.2f} s, {megabytes / seconds:.2f} MB/s; ours {own_seconds:.2f} s, {megabytes / own_seconds:.1f} MB/s"
    )
    print(f"theirs / ours: {seconds / own_seconds:.1f}")


if __name__ == "__main__":
    main()
