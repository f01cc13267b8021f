"""The search for secrets: what it finds of a planted set, what it takes for a secret in real files, and how fast, against detect-secrets.

    python benchmarks/planted_secrets.py FOLDER [--files 5000] [--seed 1] [--instances 40] [--peer-files 300] [--show 8]
        [--skip-repositories OTHER]

Recall: instances of each kind are drawn from public descriptions of their forms (`planted/kinds.py`), each set into a real file of FOLDER
in the syntax of its language (`planted/places.py`). An instance counts as found when nine tenths of its secret bytes are replaced; for
the peer already when it reports anything on its lines. False alarms: findings in real files as they are, shown with the found text masked,
for the reader to judge. Speed: CPU time of one process, kernels compiled before. `--skip-repositories` leaves out what another folder
holds too.
"""

import argparse
import importlib.util
import logging
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "planted"))  # its own modules lie one folder below

import pyarrow as pa
from kinds import BLOCKS, KEYS, PASSWORDS, STRINGS, TOKENS
from places import LANGUAGE_OF, line_for

from codecorpus.filters.secrets import find_secrets

KINDS = TOKENS | KEYS | PASSWORDS | STRINGS | BLOCKS


def real_files(folder, skipped):
    """(path, text) of every file of the folder that is UTF-8 text of up to 1 MB."""
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[0] in skipped or path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        if 0 < len(data) <= 1_000_000 and b"\0" not in data:
            try:
                yield path.relative_to(folder), data.decode()
            except UnicodeDecodeError:
                continue


def find(texts):
    return find_secrets(pa.array(texts, pa.large_string()))


def planted_set(files, instances, rng):
    """(kind, name of the file, text, first and last byte of the secret, its lines)."""
    usable = [
        (path, text) for path, text in files if path.suffix[1:].lower() in LANGUAGE_OF and len(text) < 40_000
    ]
    clean = set(range(len(usable))) - {one.row for one in find([text for _, text in usable])}
    usable = [usable[row] for row in sorted(clean)]
    by_language = defaultdict(list)
    for path, text in usable:
        by_language[LANGUAGE_OF[path.suffix[1:].lower()]].append((path, text))
    languages = sorted(by_language)
    for kind, make in KINDS.items():
        for _ in range(instances):
            language = rng.choice(languages)
            path, text = rng.choice(by_language[language])
            name = path.name
            if kind not in BLOCKS and rng.random() < 0.12:
                language = rng.choice(["env", "docker"])
                name = {"env": ".env", "docker": "Dockerfile"}[language]
            shown, secret = make(rng)
            yield kind, name, *set_into(text, line_for(kind, shown, language, rng), secret, rng)


def set_into(text, line, secret, rng):
    """The text with the line between two of its lines, and where the secret stands."""
    lines = text.split("\n")
    at = rng.randint(0, len(lines))
    before = "".join(one + "\n" for one in lines[:at])
    first, last = secret.split("\n")[0], secret.split("\n")[-1]
    head = line.index(first)
    # A key in several lines, or strings, or one with escapes, ends before its label.
    tail = (
        head + len(first)
        if first == secret
        else line.rindex(last, head, max(line.rfind("-----END"), line.rfind("Private-MAC"))) + len(last)
    )
    start = len((before + line[:head]).encode())
    end = start + len(line[head:tail].encode())
    first = before.count("\n") + 1
    return (
        before + line + "\n" + "\n".join(lines[at:]),
        start,
        end,
        range(first, first + line.count("\n") + 1),
    )


def recall(plants):
    covered = defaultdict(list)
    for one in find([plant[2] for plant in plants]):
        covered[one.row].append((one.start, one.end))
    found = []
    for row, (_, _, _, start, end, _) in enumerate(plants):
        hidden = sum(max(0, min(end, b) - max(start, a)) for a, b in covered[row])
        found.append(hidden >= 0.9 * (end - start))
    return found


def peer_scanner():
    """detect-secrets with all its plug-ins as they come: path → (line, kind) of what it reports."""
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings

    logging.disable(logging.CRITICAL)

    def scan(path):
        secrets = SecretsCollection()
        with default_settings():
            secrets.scan_file(str(path))
        return [(secret.line_number, secret.type) for _, secret in secrets]

    return scan


def peer_recall(plants, scan):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (_, name, text, _, _, lines) in enumerate(plants):
            path = Path(folder, str(number), name)
            path.parent.mkdir()
            path.write_text(text, encoding="utf-8")
            found.append(any(line in lines for line, _ in scan(path)))
    return found


def table(plants, ours, theirs):
    print(f"  {'kind':28} {'n':>4} {'ours':>7} {'peer':>7}")
    for kind in KINDS:
        rows = [row for row, plant in enumerate(plants) if plant[0] == kind]
        peer = f"{sum(theirs[row] for row in rows) / len(rows):7.1%}" if theirs else "      -"
        print(f"  {kind:28} {len(rows):4} {sum(ours[row] for row in rows) / len(rows):7.1%} {peer}")
    peer = f"{sum(theirs) / len(theirs):7.2%}" if theirs else "      -"
    print(f"  {'all':28} {len(ours):4} {sum(ours) / len(ours):7.2%} {peer}")


def masked(text, start, end, others):
    """The line around a finding; of the findings in it only the first two and last bytes, where they are long."""
    data = text.encode()
    a = max(data.rfind(b"\n", 0, start) + 1, start - 60)
    b = min(len(data) if data.find(b"\n", end) < 0 else data.find(b"\n", end), end + 30)
    shown, at = b"", a
    for first, last in [(x, y) for x, y in others if x < b and y > a]:
        value = data[first:last]
        shown += data[at:first] + (
            b"[" + value[:2] + b"*%d*" % len(value) + value[-1:] + b"]" if last - first > 5 else b"[***]"
        )
        at = last
    return (shown + data[at:b]).decode(errors="replace").strip().replace("\n", "\\n")


def false_alarms(files, show, rng):
    found = find([text for _, text in files])
    by_kind = defaultdict(list)
    spans = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
        spans[one.row].append((one.start, one.end))
    for kind, group in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        rows = sorted({one.row for one in group})
        print(f"  {kind}: {len(group)} in {len(rows)} files, {1000 * len(rows) / len(files):.2f} in 1,000")
        for one in rng.sample(group, min(show, len(group))):
            print(
                f"      {files[one.row][0]}: {masked(files[one.row][1], one.start, one.end, spans[one.row])}"
            )


def cpu(run):
    begin = time.process_time()
    result = run()
    return result, time.process_time() - begin


def speed(files, rounds=3):
    texts = pa.array([text for _, text in files], pa.large_string())
    size = sum(len(text.encode()) for _, text in files) / 1e6
    best = min(cpu(lambda: find_secrets(texts))[1] for _ in range(rounds))
    print(
        f"  codecorpus: {len(files)} files, {size:.1f} MB: {size / best:.1f} MB/s, {len(files) / best:.0f} files/s"
    )


def against(files, folder, scan):
    """Both on the same files, each from text in memory or on disk as it takes it."""
    texts = pa.array([text for _, text in files], pa.large_string())
    size = sum(len(text.encode()) for _, text in files) / 1e6
    _, ours = cpu(lambda: find_secrets(texts))
    reports, theirs = cpu(lambda: [scan(folder / path) for path, _ in files])
    print(
        f"  same {len(files)} files, {size:.1f} MB: codecorpus {size / ours:.1f} MB/s; "
        f"detect-secrets {size / theirs:.2f} MB/s, {len(files) / theirs:.0f} files/s"
    )
    print(f"  detect-secrets takes {theirs / ours:.0f} times our CPU time")
    rows = Counter(kind for report in reports for kind in {kind for _, kind in report})
    print(
        "  files with reports of detect-secrets in 1,000: "
        + ", ".join(f"{kind} {1000 * n / len(files):.1f}" for kind, n in rows.most_common())
    )


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--instances", type=int, default=40)
    parser.add_argument("--peer-files", type=int, default=300)
    parser.add_argument("--show", type=int, default=8)
    parser.add_argument(
        "--misses",
        action="store_true",
        help="print the lines whose planted value was missed; they are made up",
    )
    parser.add_argument(
        "--skip-repositories", type=Path, help="leave out repositories that this folder has too"
    )
    return parser.parse_args()


def main():
    arguments = options()
    rng = random.Random(arguments.seed)
    skipped = (
        {path.name for path in arguments.skip_repositories.iterdir()}
        if arguments.skip_repositories
        else set()
    )
    files = list(real_files(arguments.folder, skipped))
    files = rng.sample(files, min(arguments.files, len(files)))
    find(["warm up: ada@lovelace.org"])
    plants = list(planted_set(files, arguments.instances, rng))
    scan = peer_scanner() if importlib.util.find_spec("detect_secrets") else None
    print(
        f"planted: {len(KINDS)} kinds, {len(plants)} instances"
        + ("" if scan else "; detect-secrets is not installed, skipped")
    )
    ours = recall(plants)
    table(plants, ours, peer_recall(plants, scan) if scan and arguments.peer_files else None)
    if arguments.misses:
        for plant, hit in zip(plants, ours, strict=True):
            if not hit:
                print(
                    f"  missed {plant[0]} in {plant[1]}: {' | '.join(plant[2].split(chr(10))[n - 1] for n in plant[5])[:200]}"
                )
    print(f"findings in {len(files)} real files, masked:")
    false_alarms(files, arguments.show, rng)
    print("speed, CPU time of one process:")
    speed(files)
    if scan and arguments.peer_files:
        against(files[: arguments.peer_files], arguments.folder, scan)


if __name__ == "__main__":
    main()
