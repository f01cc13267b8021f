"""Planning a mixture: seconds and memory for a million documents, and how far the shares are from what was asked.

    python benchmarks/mixture.py [--documents N] [--languages L]

Documents are drawn: lengths log-normal (mean 2,000 tokens, as measured on real code), languages by Zipf's law. Nothing is read.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from codecorpus.errors import UsageError
from codecorpus.fim.mixture.classes import CLASSES
from codecorpus.fim.mixture.mixing import plan_mixture
from codecorpus.fim.mixture.options import MixtureOptions

HALF = 0.5  # of the corpus
LENGTHS = {"length_borders": [4096, 32_768], "length_shares": [0.5, 0.35, 0.15]}
KINDS = {"code": 0.6, "tests": 0.2, "*": 0.2}
MIXTURES = {
    "nothing asked": {},
    "half of it": {"tokens": HALF},
    "five languages": {
        "languages": {"L000": 0.3, "L001": 0.2, "L002": 0.1, "L003": 0.1, "*": 0.3},
    },
    "temperature 2": {"temperature": 2.0, "max_repetition": 4},
    "temperature 2, classes, lengths": {"temperature": 2.0, "max_repetition": 4, "classes": KINDS, **LENGTHS},
    "languages, classes, lengths": {
        "languages": {"L000": 0.3, "L001": 0.2, "L002": 0.1, "L003": 0.1, "*": 0.3},
        "classes": KINDS,
        **LENGTHS,
    },
    "temperature 3 of half of it, filled, classes, lengths": {
        "temperature": 3.0, "max_repetition": 4, "tokens": HALF, "short": "fill", "classes": KINDS, **LENGTHS,
    },
    "refused": {"languages": {"L000": 0.1, "L150": 0.9}, "tokens": HALF},
}  # fmt: skip


def drawn_documents(count, languages):
    rng = np.random.default_rng(0)
    weights = 1 / np.arange(1, languages + 1) ** 1.2
    language = rng.choice(languages, count, p=weights / weights.sum()).astype(np.int32)
    names = pa.array([f"L{number:03}" for number in range(languages)])
    kind = rng.choice(4, count, p=[0.7, 0.17, 0.12, 0.01]).astype(np.int32)
    return pa.table(
        {
            "doc_key": rng.integers(0, 2**64, count, dtype=np.uint64),
            "language": names.take(pa.array(language)),
            "class": pa.array(CLASSES).take(pa.array(kind)),
            "tokens": rng.lognormal(6.3, 1.6, count).astype(np.int64) + 1,
        }
    )


def memory_mib(line):
    """A line of Linux's account of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(line)) / 1024


def largest_error(mixture):
    """The largest difference between an asked share and the one that came of it."""
    rows = [row for row in mixture.shares.to_pylist() if row["asked_share"] is not None]
    return max((abs(row["share"] - row["asked_share"]) for row in rows), default=0.0)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--languages", type=int, default=200)
    asked = parser.parse_args()
    plan_mixture(drawn_documents(1000, 5), MixtureOptions(), seed=0)  # compiles
    documents = drawn_documents(asked.documents, asked.languages)
    total = int(documents["tokens"].to_numpy().sum())
    print(f"{documents.num_rows:,} documents, {total / 1e9:.2f} G tokens, {asked.languages} languages")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets the peak back to what is used now
    before = memory_mib("VmRSS")
    for name, settings in MIXTURES.items():
        options = settings | ({"tokens": int(settings["tokens"] * total)} if "tokens" in settings else {})
        start, cpu = time.perf_counter(), time.process_time()
        try:
            mixture = plan_mixture(documents, MixtureOptions(**options), seed=0)
            came = f"{(mixture.copies > 0).sum():,} documents, {mixture.budget / 1e9:.3f} G tokens, error {largest_error(mixture):.2e}"
        except UsageError as error:
            came = str(error).partition("\n")[0]
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(f"  {name}: {seconds:.2f} s ({cpu:.2f} s of CPU); {came}")
    print(f"  peak memory +{memory_mib('VmHWM') - before:.0f} MiB")


if __name__ == "__main__":
    main()
