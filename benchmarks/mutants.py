"""Are changed copies of files found again? By near-duplicate search, by structure, and by the code key.

    python benchmarks/mutants.py FOLDER [--files 120] [--half 0]

FOLDER is a folder of repositories. For six languages, `--files` files that parse without errors, in the order of a hash of their path;
each is changed in eleven ways (`tests/mutants.py`). Repositories fall into two halves by a hash of their name: limits are chosen on
half 1, and half 0 is reported.

*J* is the mean Jaccard similarity of the 5-token shingle sets, header left out. *near* is the share found by the default bands among those
with J >= 0.7, and in brackets their number. *structural* is the share whose structural sets reach 0.85 and that share a band, of the
originals with a structural level. *key* is the share with an equal code key, of the originals with code enough.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from codecorpus.dedup import DedupOptions, code, shingle_sets
from codecorpus.dedup import _kernels as kernels
from codecorpus.dedup.minhash import permutations
from codecorpus.sources.language import detect_language

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import mutants

THRESHOLD, STRUCTURAL_THRESHOLD = 0.7, 0.85


def choose(folder, most, half):
    """language → [(path, content)]."""
    found = {language: [] for language in mutants.LANGUAGES}
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    named = sorted((hashlib.sha256(str(p.relative_to(folder)).encode()).digest(), p) for p in paths)
    for _, path in named:
        repository = path.relative_to(folder).parts[0]
        if (
            hashlib.sha256(repository.encode()).digest()[0] % 2 != half
            or not 600 < path.stat().st_size < 60_000
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
    """What the three levels see of some documents."""

    def __init__(self, contents, language):
        texts = pa.array(contents, pa.large_binary())
        names = pa.array([language] * len(contents))
        options = DedupOptions()
        headers = code.header_ends(texts, names)
        bodies = pa.array(
            [text[end:] for text, end in zip(contents, headers.tolist(), strict=True)], pa.large_binary()
        )
        self.near = shingle_sets(bodies, options)
        self.near_keys = bands(bodies, options)
        self.structure = code.structural_sets(texts, names)
        drawn = DedupOptions(permutations=60, bands=code.STRUCTURAL_BANDS, rows=code.STRUCTURAL_ROWS)
        self.sketch = code.sketch_structure(texts, names, permutations(drawn))
        keys, self.counts = code.code_keys(texts, names)
        self.keys = keys.to_pylist()


def bands(texts, options):
    multipliers, increments = permutations(options)
    _, offsets, data = texts.buffers()
    offsets = np.frombuffer(offsets, np.int64)[: len(texts) + 1]
    keys = np.empty((options.banding[0], len(texts)), np.uint64)
    kernels.sketch_documents(
        np.frombuffer(data, np.uint8),
        offsets,
        options.shingle,
        multipliers,
        increments,
        np.empty(len(texts), np.int64),
        keys,
    )
    return keys


def similarity(first, second, index):
    a = first.hashes[first.offsets[index] : first.offsets[index + 1]]
    b = second.hashes[second.offsets[index] : second.offsets[index + 1]]
    return kernels.jaccard(a, b, 0.0)


def judge(original, changed):
    """J, found near where J suffices, found by structure where there is one, equal key where there is code."""
    rows = range(len(original.keys))
    similar = np.array([similarity(original.near, changed.near, row) for row in rows])
    near = (original.near_keys == changed.near_keys).any(axis=0)[similar >= THRESHOLD]
    alike = np.array([similarity(original.structure, changed.structure, row) for row in rows])
    found = (original.sketch.keys == changed.sketch.keys).any(axis=0) & (changed.sketch.counts > 0)
    structural = (found & (alike >= STRUCTURAL_THRESHOLD))[original.sketch.counts > 0]
    keys = [original.keys[row] == changed.keys[row] for row in rows if original.counts[row] >= 14]
    return similar, near, structural, np.array(keys)


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
        f"{'change':18} {'language':10} {'files':>5} {'J':>6}   near (with J >= 0.7)  structural (with level)    key"
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
            similar, near, structural, keys = judge(Facts(originals, language), Facts(copies, language))
            print(
                f"{kind:18} {language:10} {len(pairs):5} {share(similar)} {share(near)} ({len(near):3})"
                f"             {share(structural)} ({len(structural):3})           {share(keys)}"
            )


if __name__ == "__main__":
    main()
