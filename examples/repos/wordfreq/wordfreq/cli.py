"""The command line: `python -m wordfreq [--top N] [--against FILE] FILE...`."""

import argparse
import sys
from pathlib import Path
from typing import List, Optional

from wordfreq.counter import compare, count_words, most_common


def build_parser() -> argparse.ArgumentParser:
    """The options, kept apart so that the tests can read them."""
    parser = argparse.ArgumentParser(prog="wordfreq", description="Count the words of text files.")
    parser.add_argument("files", nargs="+", type=Path, help="text files in UTF-8")
    parser.add_argument("--top", type=int, default=10, help="how many words to show")
    parser.add_argument("--against", type=Path, help="rank by how far words stand out against this text")
    return parser


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the command and return its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        counts = count_words(path.read_text(encoding="utf-8") for path in options.files)
        if options.against is None:
            for word, count in most_common(counts, options.top):
                print(f"{word:<20}{count:>8}")
            return 0
        reference = count_words([options.against.read_text(encoding="utf-8")])
    except (OSError, UnicodeDecodeError) as error:
        print(f"wordfreq: {error}", file=sys.stderr)
        return 2
    for row in compare(counts, reference)[: options.top]:
        print(f"{row.word:<20}{row.count:>8}{row.reference_count:>8}{row.ratio:>10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
