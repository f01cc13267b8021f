"""Near-duplicate search against the truth: which similar pairs it finds, by how similar they are, and whether it drops anything wrongly.

    python benchmarks/accuracy.py FOLDER_OR_PARQUET [--documents 7000] [--seeds 8]

The truth is exact Jaccard similarity of all pairs, by one sparse product. Pairs of equal documents are left out: they are found by
their hash. A pair is *found* when it shares a band, so that its similarity is computed; then nothing is left to chance. A removal is *weak*
if the document's true similarity to the one that is kept for it is below the threshold. Beside ours stand two other ways to use the same
bands: whole connected components of all pairs that share one, as most tools do, and of those pairs that were verified.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from _dedup_input import read
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from codecorpus.dedup import DedupOptions, find_candidates, resolve, shingle_sets, sketch
from codecorpus.dedup.options import recall

#: name → bands, rows, permutations. Those of datatrove and BigCode for comparison; more on the others in docs/accuracy.md.
SETTINGS = {
    "default": (32, 8, 256),
    "between": (36, 7, 256),
    "thorough": (42, 6, 256),
    "datatrove's": (14, 8, 112),
    "BigCode's": (25, 10, 250),
}
BINS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0]


def sampled(table, documents):
    step = max(1.0, table.num_rows / documents)
    return table.take(pa.array(np.unique(np.arange(0, table.num_rows, step).astype(np.int64))))


#: The level that is judged here.
NEAR_ALONE = {"code": False, "structural": "off", "repository": "off"}


def true_pairs(sets, floor):
    """(first, second, similarity) of every pair of documents at or above the floor, first < second."""
    _, columns = np.unique(sets.hashes, return_inverse=True)
    matrix = csr_matrix((np.ones(len(columns), np.int32), columns, sets.offsets))
    common = (matrix @ matrix.T).tocoo()
    sizes = np.diff(sets.offsets)
    similarity = common.data / (sizes[common.row] + sizes[common.col] - common.data)
    near = (common.row < common.col) & (similarity >= floor)
    return common.row[near], common.col[near], similarity[near]


class Truth:
    """The documents that are searched: long enough, and the best of those with equal content."""

    def __init__(self, table):
        options = DedupOptions(**NEAR_ALONE)
        self.table = table
        self.sets = shingle_sets(table["content"], options, table["language"])
        found = find_candidates([sketch(table, options)], options)
        searched = np.zeros(table.num_rows, bool)
        searched[found.order[np.unique(found.exact_of)]] = True
        searched &= np.diff(self.sets.offsets) >= options.min_shingles
        first, second, similarity = true_pairs(self.sets, BINS[0])
        both = searched[first] & searched[second]
        self.codes = first[both].astype(np.int64) * table.num_rows + second[both]
        self.similarity = similarity[both]
        self.bins = np.searchsorted(BINS, self.similarity, side="right") - 1
        self.bins = np.minimum(self.bins, len(BINS) - 2)


def candidate_codes(found, rows):
    """The pairs that share a band, as first * rows + second, without repeats; and how many meetings in a band that took."""
    codes, meetings = [np.empty(0, np.int64)], 0
    for begin, end in pairwise(found.near.offsets):
        members = np.sort(found.order[found.near.positions[found.near.members[begin:end]]])
        first, second = np.triu_indices(len(members), 1)
        meetings += len(first)
        codes.append(members[first] * rows + members[second])
    return np.unique(np.concatenate(codes)), meetings


def judge(truth, setting, seed):
    """One search: which true pairs were found, candidate pairs, wrong and weak removals, documents dropped."""
    bands, rows, permutations = setting
    options = DedupOptions(bands=bands, rows=rows, permutations=permutations, seed=seed, **NEAR_ALONE)
    table = truth.table
    found = find_candidates([sketch(table, options)], options)
    codes, _ = candidate_codes(found, table.num_rows)
    rows_needed = pa.array(found.rows)
    sets = shingle_sets(table["content"].take(rows_needed), options, table["language"].take(rows_needed))
    verdicts = resolve(found, sets, options)
    near, weak = removals(truth, verdicts, options.threshold)
    return {
        "found": np.isin(truth.codes, codes),
        "candidates": len(codes),
        "near": near,
        "weak": weak,
        "dropped": len(verdicts.dropped),
        "unverified": chained(truth, found, codes),
        "verified": chained(truth, found, codes[np.isin(codes, truth.codes[truth.similarity >= 0.7])]),
    }


def chained(truth, found, codes):
    """Documents that go, and those of them that go wrongly, if one document of each connected component stays: the best one."""
    rows = truth.table.num_rows
    first, second = np.divmod(codes, rows)
    graph = coo_matrix((np.ones(len(codes), np.int8), (first, second)), (rows, rows))
    component = connected_components(graph, directed=False)[1]
    best = np.full(rows, rows)
    np.minimum.at(best, component[found.order], np.arange(rows))
    root = found.order[best[component]]
    going = np.flatnonzero(root != np.arange(rows))
    pairs = np.minimum(going, root[going]) * rows + np.maximum(going, root[going])
    return len(going), int((~np.isin(pairs, truth.codes[truth.similarity >= 0.7])).sum())


def removals(truth, verdicts, threshold):
    """Near-duplicates dropped, and those of them whose true similarity to the document named for them is below the threshold.

    Without the copies of those documents, whose similarity is that of the original.
    """
    row_of = {doc_id: row for row, doc_id in enumerate(truth.table["doc_id"].to_pylist())}
    is_near = pc.and_(pc.equal(verdicts.decisions["code"], "CC402"), pc.is_null(verdicts.decisions["detail"]))
    near = weak = 0
    for row in verdicts.decisions.filter(is_near).to_pylist():
        ours, others = (
            truth.sets.hashes[slice(*truth.sets.offsets[i : i + 2])]
            for i in (row_of[row["doc_id"]], row_of[row["other_id"]])
        )
        common = len(np.intersect1d(ours, others, assume_unique=True))
        near += 1
        weak += common / (len(ours) + len(others) - common) < threshold
    return near, weak


def curve(truth, setting, seeds):
    """Of each bin: pairs, recall and its standard deviation over the seeds, recall in theory. Then the totals of all seeds."""
    runs = [judge(truth, setting, seed) for seed in range(1, seeds + 1)]
    found = np.array([run["found"] for run in runs])
    bands, rows, _ = setting
    theory = np.array([recall(value, bands=bands, rows=rows) for value in truth.similarity])
    parts = [(f"{low:g} to {high:g}", truth.bins == i) for i, (low, high) in enumerate(pairwise(BINS))]
    parts.append(("0.7 and above", truth.similarity >= 0.7))
    lines = []
    for name, chosen in parts:
        each = found[:, chosen].mean(axis=1) if chosen.any() else np.full(seeds, np.nan)
        lines.append(
            (
                name,
                int(chosen.sum()),
                each.mean(),
                each.std(),
                theory[chosen].mean() if chosen.any() else np.nan,
            )
        )
    return lines, runs


def show(truth, name, setting, seeds):
    bands, rows, permutations = setting
    lines, runs = curve(truth, setting, seeds)
    print(f"\n{name}: {bands} x {rows} of {permutations} permutations, {seeds} seeds")
    print(f"  {'similarity':16} {'pairs':>7} {'found':>8} {'±':>7} {'theory':>8}")
    for part, pairs, mean, spread, theory in lines:
        print(f"  {part:16} {pairs:7,} {mean:8.4f} {spread:7.4f} {theory:8.4f}")
    total = {key: np.array([run[key] for run in runs]) for key in ("candidates", "near", "weak", "dropped")}
    precision = 1 - total["weak"].sum() / max(1, total["near"].sum())
    true = [int((truth.similarity[run["found"]] >= 0.7).sum()) for run in runs]
    print(
        f"  candidate pairs {total['candidates'].mean():,.0f}, of which at or above 0.7: {np.mean(true) / total['candidates'].mean():.2f};"
        f" dropped {total['dropped'].mean():,.0f} ± {total['dropped'].std():.1f}; near {total['near'].sum():,} in all runs,"
        f" weak {total['weak'].sum()}, precision {precision:.4f}"
    )
    for way in ("unverified", "verified"):
        gone, wrong = np.array([run[way] for run in runs]).sum(axis=0)
        print(
            f"  connected components, {way}: {gone / seeds:,.0f} dropped, weak {wrong / max(1, gone):.1%}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--documents", type=int, default=7000, help="spread evenly over the source")
    parser.add_argument("--seeds", type=int, default=8)
    arguments = parser.parse_args()
    table = sampled(read(arguments.source), arguments.documents)
    truth = Truth(table)
    print(f"{table.num_rows:,} documents, {len(truth.codes):,} pairs at or above {BINS[0]}")
    for name, setting in SETTINGS.items():
        show(truth, name, setting, arguments.seeds)


if __name__ == "__main__":
    main()
