"""How often the encoding of re-encoded real files is told, and how long it takes; other detectors beside ours where installed.

    python benchmarks/encodings.py FOLDER [--half b] [--at-most 80]

Every UTF-8 file of FOLDER with characters beyond ASCII is written in the older encodings of its script, as far as they hold all of it, and
decoded again. Right: the same text. Wrong: another text. None: CC005, no confident answer. Half a is for development, half b to report.
charset-normalizer, chardet: the first 64 kB of the bytes, decoded with the best guess.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from codecorpus.sources.encoding import UndecodableError, decode_source
from codecorpus.sources.language import binary_tag

CODECS = {
    "latin": ["latin-1", "cp1252", "iso8859-15", "mac-roman"],
    "central": ["cp1250", "iso8859-2"],
    "han": ["gbk", "gb18030", "big5"],
    "kana": ["shift_jis", "euc_jp"],
    "hangul": ["euc_kr"],
    "cyrillic": ["cp1251", "koi8-r", "cp866", "iso8859-5"],
    "greek": ["cp1253"],
    "hebrew": ["cp1255"],
    "arabic": ["cp1256"],
    "thai": ["tis-620"],
}
WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
RANGES = {
    "kana": (0x3040, 0x3100),
    "hangul": (0xAC00, 0xD7A4),
    "han": (0x4E00, 0xA000),
    "cyrillic": (0x400, 0x500),
    "greek": (0x370, 0x400),
    "hebrew": (0x590, 0x600),
    "arabic": (0x600, 0x700),
    "thai": (0xE00, 0xE80),
}
CENTRAL = frozenset("ąćęłńśźżčďěňřšťůžőűđ")


def script_of(text: str) -> str:
    counts = Counter(
        next((name for name, (low, high) in RANGES.items() if low <= ord(character) < high), "latin")
        for character in text
        if character > "\x7f"
    )
    if counts["kana"]:
        return "kana"
    script = counts.most_common(1)[0][0]
    return "central" if script == "latin" and CENTRAL & set(text.lower()) else script


def cases(folder: Path, half: str) -> Iterator[tuple[str, str, bytes]]:
    """(text, codec, bytes) in the order of a hash of the path."""
    files = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and not binary_tag(name):
            files.append((hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest(), path))
    for key, path in sorted(files):
        if "ab"[int(key, 16) & 1] != half or path.stat().st_size > 300_000:
            continue
        raw = path.read_bytes()
        if raw.isascii():
            continue
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        for codec in [*CODECS[script_of(text)], *WIDE]:
            try:
                encoded = text.encode(codec)
            except UnicodeEncodeError:
                continue
            yield text, codec, encoded


def ours(raw: bytes) -> str | None:
    try:
        return decode_source(raw)[0].decode("utf-8")
    except UndecodableError:
        return None


def charset_normalizer(raw: bytes) -> str | None:
    best = importlib.import_module("charset_normalizer").from_bytes(raw[:65536]).best()
    return None if best is None else raw.decode(best.encoding, "replace")


def chardet(raw: bytes) -> str | None:
    name = importlib.import_module("chardet").detect(raw[:65536])["encoding"]
    return None if name is None else raw.decode(name, "replace")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("a", "b"), default="b")
    parser.add_argument("--at-most", type=int, default=80, help="files of an encoding")
    parser.add_argument(
        "--letters", type=int, default=20, help="non-ASCII characters that make more than a word or two"
    )
    arguments = parser.parse_args()
    deciders: dict[str, Callable[[bytes], str | None]] = {"ours": ours}
    for decider in (charset_normalizer, chardet):
        if importlib.util.find_spec(decider.__name__):
            deciders[decider.__name__] = decider
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    seconds: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for text, codec, raw in cases(arguments.folder, arguments.half):
        if asked[codec] >= arguments.at_most:
            continue
        asked[codec] += 1
        enough = sum(character > "\x7f" for character in text) >= arguments.letters
        for name, decide in deciders.items():
            start = time.process_time()
            answer = decide(raw)
            seconds[name] += time.process_time() - start
            verdict = (
                "none"
                if answer is None
                else "right"
                if answer.lstrip("\ufeff") == text.lstrip("\ufeff")
                else "wrong"
            )
            counts[name, codec][verdict] += 1
            if enough:
                counts[name, codec][f"{verdict} of long"] += 1
    print(
        "| encoding | n | "
        + " | ".join(f"{name}: right, wrong, none" for name in deciders)
        + " | ours, long texts |"
    )
    print("|---|---|" + "---|" * (len(deciders) + 1))
    for codec in asked:
        rows = [counts[name, codec] for name in deciders]
        cells = [f"{row['right']}, {row['wrong']}, {row['none']}" for row in rows]
        long = [rows[0][f"{verdict} of long"] for verdict in ("right", "wrong", "none")]
        print(f"| {codec} | {asked[codec]} | {' | '.join(cells)} | {', '.join(map(str, long))} |")
    for name in deciders:
        total: Counter[str] = sum((counts[name, codec] for codec in asked), Counter())
        spent = 1000 * seconds[name] / asked.total()
        print(
            f"{name}: right {total['right']}, wrong {total['wrong']}, none {total['none']}; {spent:.2f} ms a file"
        )


if __name__ == "__main__":
    main()
