"""Near-duplicate search against its peers, and against the truth.

    python benchmarks/dedup.py FOLDER_OR_PARQUET [--documents 1500] [--rounds 3] [--seeds 8]

Speed: text to 256-permutation signatures of 5-token shingles on the same documents, one process, one thread, rounds
interleaved, the best CPU time of each. Kernels are compiled before the clock starts. The peers need Python strings, so their time
includes making them with one regular expression; that is how they are used. Accuracy: pairs and removals against exact
all-pairs Jaccard, over several seeds.
"""

import argparse
import importlib.util
import re
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix

from codecorpus.dedup import DedupOptions, find_candidates, resolve, shingle_sets, sketch
from codecorpus.dedup.options import recall
from codecorpus.document import document_id

TOKEN = re.compile(r"\w+|[^\w\s]")


def read(source):
    if source.is_file():
        table = pq.read_table(source, columns=["repo_name", "path", "content"])
        rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    else:
        files = sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
        rows = (
            (p.relative_to(source).parts[0], str(p), p.read_bytes().decode(errors="replace")) for p in files
        )
    repositories, paths, contents = zip(
        *(row for row in rows if row[2].strip() and "\0" not in row[2]), strict=True
    )
    encoded = [content.encode() for content in contents]
    ids = [document_id(*row) for row in zip(repositories, paths, encoded, strict=True)]
    return pa.table(
        {
            "doc_id": pa.array(ids, pa.binary(16)),
            "repo_name": repositories,
            "path": paths,
            "content": pa.array(encoded, pa.large_binary()),
            "license_type": pa.nulls(len(ids), pa.string()),
            "star_events_count": pa.nulls(len(ids), pa.int64()),
            "length_bytes": pa.array([len(content) for content in encoded], pa.int64()),
        }
    )


def python_shingles(texts):
    for text in texts:
        tokens = TOKEN.findall(text)
        yield list({" ".join(tokens[i : i + 5]) for i in range(max(1, len(tokens) - 4))})


def contestants(table):
    texts = [content.decode() for content in table["content"].to_pylist()]
    found = {
        "codecorpus": lambda: sketch(table, DedupOptions()),
        "shingling in Python alone": lambda: list(python_shingles(texts)),
    }
    if importlib.util.find_spec("datasketch"):
        from datasketch import MinHash

        found["datasketch 2, bulk"] = lambda: MinHash.bulk(
            ([shingle.encode() for shingle in document] for document in python_shingles(texts)), num_perm=256
        )
    else:
        print("datasketch: not installed, skipped")
    if importlib.util.find_spec("rensa"):
        from rensa import RMinHash

        found["rensa, exact path"] = lambda: RMinHash.from_token_sets(
            list(python_shingles(texts)), num_perm=256, seed=1
        )
    else:
        print("rensa: not installed, skipped (pip install rensa)")
    return found


def speed(table, rounds):
    size = sum(table["length_bytes"].to_pylist()) / 1e6
    print(f"{table.num_rows} documents, {size:.1f} MB")
    runners = contestants(table)
    best = dict.fromkeys(runners, float("inf"))
    for _ in range(rounds):
        for name, run in runners.items():
            begin = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - begin)
    for name, seconds in best.items():
        print(f"  {name:28} {size / seconds:8.1f} MB/s   {seconds / best['codecorpus']:6.1f} x our time")


def true_pairs(sets, threshold):
    """Similarity of every pair of documents at or above the threshold, by one sparse product."""
    _, columns = np.unique(sets.hashes, return_inverse=True)
    matrix = csr_matrix((np.ones(len(columns), np.int32), columns, sets.offsets))
    common = (matrix @ matrix.T).tocoo()
    sizes = np.diff(sets.offsets)
    similarity = common.data / (sizes[common.row] + sizes[common.col] - common.data)
    near = (common.row < common.col) & (similarity >= threshold)
    pairs = zip(common.row[near].tolist(), common.col[near].tolist(), strict=True)
    return dict(zip(pairs, similarity[near].tolist(), strict=True))


def accuracy(table, seeds):
    options = DedupOptions()
    sets = shingle_sets(table["content"], options)
    first = find_candidates([sketch(table, options)], options)
    searched = np.zeros(table.num_rows, bool)
    searched[first.order[np.unique(first.exact_of)]] = (
        True  # of equal documents only the best is compared with others
    )
    searched &= np.diff(sets.offsets) >= options.min_shingles
    similarity = {
        pair: value
        for pair, value in true_pairs(sets, options.threshold).items()
        if searched[list(pair)].all()
    }
    near = set(similarity)
    recalls = []
    for seed in range(1, seeds + 1):
        seeded = DedupOptions(seed=seed)
        found = find_candidates([sketch(table, seeded)], seeded)
        together = candidate_pairs(found)
        verdicts = resolve(found, shingle_sets(table["content"].take(pa.array(found.rows)), seeded), seeded)
        recalls.append(len(near & together) / len(near))
        print(
            f"  seed {seed}: pairs found {recalls[-1]:.4f}, true among candidates {len(near & together) / len(together):.3f}, "
            f"kept {table.num_rows - len(verdicts.dropped)}, weak removals {weak_removals(table, sets, verdicts, options.threshold)}"
        )
    bands, rows = options.banding
    theory = np.mean([recall(value, bands=bands, rows=rows) for value in similarity.values()])
    print(
        f"  {len(near)} true pairs; found {np.mean(recalls):.4f} +- {np.std(recalls):.4f}, in theory {theory:.4f}"
    )


def candidate_pairs(found):
    together = set()
    for begin, end in pairwise(found.bucket_offsets):
        rows = sorted(found.order[found.positions[found.members[begin:end]]].tolist())
        together.update((a, b) for place, a in enumerate(rows) for b in rows[place + 1 :])
    return together


def weak_removals(table, sets, verdicts, threshold):
    """Dropped documents whose true similarity to the document named for them is below the threshold."""
    row_of = {doc_id: row for row, doc_id in enumerate(table["doc_id"].to_pylist())}
    weak = 0
    for row in verdicts.decisions.to_pylist():
        ours, others = (
            sets.hashes[slice(*sets.offsets[i : i + 2])]
            for i in (row_of[row["doc_id"]], row_of[row["other_id"]])
        )
        common = len(np.intersect1d(ours, others, assume_unique=True))
        weak += row["code"] == "CC402" and common / (len(ours) + len(others) - common) < threshold
    return weak


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument(
        "--documents", type=int, default=1500, help="documents of the speed comparison, spread evenly"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=8)
    arguments = parser.parse_args()
    table = read(arguments.source)
    step = max(1, table.num_rows // arguments.documents)
    sample = table.take(pa.array(np.arange(0, table.num_rows, step)))
    sketch(sample.slice(0, 1), DedupOptions())
    speed(sample, arguments.rounds)
    print(f"accuracy on all {table.num_rows} documents, exact Jaccard >= {DedupOptions().threshold}")
    accuracy(table, arguments.seeds)


if __name__ == "__main__":
    main()
