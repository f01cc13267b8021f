"""How often the language is right: against files labelled by hand, and against magika's model, per language.

    python benchmarks/languages.py FOLDER [--per-language 60] [--examples PYGMENTS/tests/examplefiles]

FOLDER holds repositories, FOLDER/<repository>/<path>; the labelled files (languages_labels.toml) are those of
the mix *full*. Magika judges the bytes alone, knows 200 kinds of file and no dialects, and is wrong at times
itself: the table says how often the two agree, and the commonest disagreement, which is to be looked at. The
examples of Pygments' source distribution lie in folders that are named after the language.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from codecorpus.sources.encoding import UndecodableError, decode_source
from codecorpus.sources.language import binary_tag, canonical_language, detect_language, language_type

HEAD = 8192
#: Languages that magika has another name for, or no name at all: what counts as the same.
SAME = {
    "TSX": "TypeScript",
    "Objective-C++": "Objective-C",
    "SCSS": "SCSS",
    "Unix Assembly": "Assembly",
    "JSON with Comments": "JSON",
    "SVG": "XML",
    "XSLT": "XML",
    "XML Property List": "XML",
    "Motorola 68K Assembly": "Assembly",
    "PLpgSQL": "SQL",
    "PLSQL": "SQL",
    "TSQL": "SQL",
    "Pod": "Perl",
    "Go Module": "Go Module",
}


def head_of(path: Path) -> bytes | None:
    """The first bytes of the text; None where it is not text."""
    try:
        return decode_source(path.read_bytes())[0][:HEAD]
    except (UndecodableError, OSError):
        return None


def labelled(folder: Path) -> None:
    labels = tomllib.loads((Path(__file__).parent / "languages_labels.toml").read_text())
    for sample in ("a", "b"):
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for path, label in labels[sample].items():
            head = head_of(folder / path)
            if head is None:
                continue
            answer = detect_language(path, head) or "-"
            wanted = label.split("|")
            found[wanted[0]]["right" if answer in wanted else f"{answer}: {path}"] += 1
        table(f"labelled by hand, sample {sample}", found)


def table(title: str, found: dict[str, Counter[str]]) -> None:
    total = sum(sum(row.values()) for row in found.values())
    right = sum(row["right"] for row in found.values())
    print(
        f"\n{title}: {right} of {total} ({right / max(total, 1):.1%})\n\n| language | n | right | else |\n|---|---|---|---|"
    )
    for language, row in sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        count = sum(row.values())
        wrong = ", ".join(f"{answer} {n}" for answer, n in row.most_common(4) if answer != "right")
        print(f"| {language} | {count} | {row['right'] / count:.1%} | {wrong} |")


def files_of(folder: Path) -> Iterator[tuple[str, str]]:
    """(hash of the path, path), relative, of every file whose name is not that of a binary format."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and not binary_tag(name):
            yield hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest(), name


def against_magika(folder: Path, per_language: int) -> None:
    from codecorpus.sources.model import ask_model, model_languages

    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    silent: Counter[str] = Counter()
    seconds = [0.0, 0.0]
    for _, name in sorted(files_of(folder)):
        head = head_of(folder / name)
        if head is None:
            continue
        start = time.process_time()
        answer = detect_language(name, head) or "-"
        seconds[0] += time.process_time() - start
        if answer == "-" or found[answer].total() + silent[answer] >= per_language:
            continue
        start = time.process_time()
        other = ask_model(head) or "-"
        seconds[1] += time.process_time() - start
        same = SAME.get(answer, answer) == SAME.get(other, other)
        if other == "-":
            silent[answer] += 1
        else:
            found[answer]["right" if same else other] += 1
    known = {SAME.get(name, name) for name in model_languages()}
    table(
        "agreement with magika, languages that it knows, 10 files and more",
        {k: v for k, v in found.items() if sum(v.values()) >= 10 and SAME.get(k, k) in known},
    )
    print(
        "\nNot sure (score below 0.95):",
        ", ".join(f"{name} {count}" for name, count in sorted(silent.items())),
    )
    asked = sum(map(Counter.total, (*found.values(), silent)))
    print(f"\nCPU: ours {seconds[0]:.1f} s for all files, magika {seconds[1]:.1f} s for the {asked:,} asked")


def pygments_examples(folder: Path) -> None:
    """Folders are aliases of Pygments' lexers; those count whose language has one of the lexer's names with Linguist."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    left_out = 0
    for path in sorted(folder.glob("*/*")):
        try:
            lexer = get_lexer_by_name(path.parent.name)
        except ClassNotFound:
            continue
        names = {canonical_language(name) for name in (lexer.name, *lexer.aliases)}
        names = {name for name in names if language_type(name)}
        head = head_of(path)
        if not names or head is None or path.suffix == ".output":
            left_out += path.suffix != ".output"
            continue
        answer = detect_language(path.name, head) or "-"
        found[min(names)]["right" if answer in names else f"{answer}: {path.name}"] += 1
    wrong = {name: row for name, row in found.items() if row["right"] < row.total()}
    total, right = sum(map(Counter.total, found.values())), sum(row["right"] for row in found.values())
    print(
        f"\nPygments' examples: {right} of {total} in {len(found)} languages; {left_out} of other languages left out"
    )
    table("those of which not all are right", wrong)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-language", type=int, default=60)
    parser.add_argument("--without-magika", action="store_true")
    parser.add_argument("--examples", type=Path, help="tests/examplefiles of Pygments' source distribution")
    arguments = parser.parse_args()
    labelled(arguments.folder)
    if arguments.examples:
        pygments_examples(arguments.examples)
    if arguments.without_magika:
        return
    if importlib.util.find_spec("magika") is None:
        print("\nskipped: magika is not installed (pip install 'codecorpus[magika]')")
        return
    against_magika(arguments.folder, arguments.per_language)


if __name__ == "__main__":
    main()
