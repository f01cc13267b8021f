"""Are changed copies of files found again? By near-duplicate search, by structure, and by the code key.

    python benchmarks/mutants.py FOLDER [--files 120] [--half 0]

FOLDER is a folder of repositories. For six languages, `--files` files of 500 to 60,000 bytes that parse without errors, in the order of a
hash of their path; each is changed in eleven ways (`tests/mutants.py`). Repositories fall into two halves by a hash of their name: limits
are chosen on half 1, and half 0 is reported.

*J* is the mean Jaccard similarity of the 5-token shingle sets, header left out. *near* is the share found by the default bands among those
with J >= 0.7, and in brackets their number. *structural* is the share of all files that share a structural band with their copy and whose
structural sets are alike to 0.85; *with level* the same share of the originals that have a structural level, and their number. *key* is
the share with an equal code key, of the originals with code enough.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from codecorpus.dedup import DedupOptions, code, shingle_sets, sketch
from codecorpus.dedup import _kernels as kernels
from codecorpus.sources.language import detect_language

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import mutants

OPTIONS = DedupOptions()


def choose(folder, most, half):
    """language → [(path, content)]."""
    found = {language: [] for language in mutants.LANGUAGES}
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    named = sorted((hashlib.sha256(str(p.relative_to(folder)).encode()).digest(), p) for p in paths)
    for _, path in named:
        repository = path.relative_to(folder).parts[0]
        if (
            hashlib.sha256(repository.encode()).digest()[0] % 2 != half
            or not 500 <= path.stat().st_size < 60_000
        ):
            continue
        language = detect_language(str(path.relative_to(folder)), path.read_bytes()[:4096])
        if language not in found or len(found[language]) >= most:
            continue
        content = path.read_bytes()
        if mutants.is_sound(content, language):
            found[language].append((path, content))
    return found


class Facts:
    """What the levels see of some documents: the sketch and the sets that the search makes of them."""

    def __init__(self, contents, language):
        rows = range(len(contents))
        texts = pa.array(contents, pa.large_binary())
        self.languages = pa.array([language] * len(contents))
        table = pa.table(
            {
                "doc_id": pa.array([row.to_bytes(16, "big") for row in rows], pa.binary(16)),
                "repo_name": pa.array(["r"] * len(contents)),
                "path": pa.array([str(row) for row in rows]),
                "license_type": pa.nulls(len(contents), pa.string()),
                "star_events_count": pa.nulls(len(contents), pa.int64()),
                "length_bytes": pa.array([len(content) for content in contents], pa.int64()),
                "language": self.languages,
                "content": texts,
            }
        )
        sketched = sketch(table, OPTIONS)
        self.near_keys = bands(sketched, "band_")
        self.structural_keys = bands(sketched, "structure_")
        self.keys = sketched["code_key"].to_pylist()
        self.near = shingle_sets(texts, OPTIONS, self.languages)
        self.structure = code.structural_sets(texts, self.languages)
        self.counts = code.code_keys(texts, self.languages)[1]


def bands(sketched, prefix):
    """object[bands, documents]: the keys, None where the document has no such level."""
    names = [name for name in sketched.column_names if name.startswith(prefix)]
    return np.array([sketched[name].to_pylist() for name in names], object)


def meet(first, second):
    """bool[documents]: whether two documents share a band."""
    return ((first == second) & (first != None)).any(axis=0)  # noqa: E711 (of each value)


def similarity(first, second, index):
    a = first.hashes[first.offsets[index] : first.offsets[index + 1]]
    b = second.hashes[second.offsets[index] : second.offsets[index + 1]]
    return kernels.jaccard(a, b, 0.0) if min(len(a), len(b)) >= OPTIONS.min_shingles else 0.0


def judge(original, changed):
    """J, found near where J suffices, found by structure and whether there is that level, equal key where there is code."""
    rows = range(len(original.keys))
    similar = np.array([similarity(original.near, changed.near, row) for row in rows])
    near = meet(original.near_keys, changed.near_keys)[similar >= OPTIONS.threshold]
    alike = np.array([similarity(original.structure, changed.structure, row) for row in rows])
    structural = meet(original.structural_keys, changed.structural_keys)
    structural &= alike >= OPTIONS.structural_threshold
    level = np.not_equal(original.structural_keys[0], None)
    keys = [original.keys[row] == changed.keys[row] for row in rows if original.counts[row] >= 14]
    return similar, near, structural, level, np.array(keys)


def share(values):
    return f"{np.mean(values):6.3f}" if len(values) else "     -"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=120)
    parser.add_argument("--half", type=int, default=0)
    arguments = parser.parse_args()
    files = choose(arguments.folder, arguments.files, arguments.half)
    print(
        f"{'change':18} {'language':10} {'files':>5} {'J':>6} {'near, J >= 0.7':>16} {'structural':>11} {'with level':>16} {'key':>8}"
    )
    for kind in mutants.KINDS:
        for language, chosen in files.items():
            pairs = []
            for index, (_, content) in enumerate(chosen):
                changed = mutants.mutate(kind, content, language, other=chosen[index - 1][1])
                if changed is not None:
                    pairs.append((content, changed))
            if not pairs:
                continue
            originals, copies = zip(*pairs, strict=True)
            similar, near, structural, level, keys = judge(
                Facts(originals, language), Facts(copies, language)
            )
            print(
                f"{kind:18} {language:10} {len(pairs):5} {share(similar)} {share(near):>10} ({len(near):3})"
                f" {share(structural):>11} {share(structural[level]):>10} ({level.sum():3}) {share(keys):>8}",
                flush=True,
            )


if __name__ == "__main__":
    main()
