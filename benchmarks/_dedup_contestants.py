"""One whole near-deduplication by one tool, in a process of its own: a Parquet file in, the documents that stay out.

    python benchmarks/_dedup_contestants.py TOOL documents.parquet OUTPUT_FOLDER

Each tool as its users run it, on one core. `dedup_peers.py` starts this and looks at what the process took.
"""

import hashlib
import re
import sys
from pathlib import Path

TOKEN = re.compile(r"\w+|[^\w\s]")
CHUNK = 1000


def shingles_of(text):
    tokens = TOKEN.findall(text)
    return {" ".join(tokens[i : i + 5]) for i in range(max(1, len(tokens) - 4))}


#: Exact and near-duplicates and nothing else: what the peers do.
NEAR_ALONE = {"code": False, "structural": "off", "repository": "off", "index": False}


def codecorpus(source, out, settings=None):
    import pyarrow.parquet as pq

    from codecorpus.dedup import DedupOptions, deduplicate

    result = deduplicate(pq.read_table(source), DedupOptions(**(settings or {})))
    pq.write_table(result.kept, out / "kept.parquet", compression="zstd", compression_level=1)
    return result.kept.num_rows


def codecorpus_command(source, out, settings=None):
    import pyarrow.parquet as pq

    from codecorpus.cli import main

    chosen = [f"--set=dedup.{key}={str(value).lower()}" for key, value in (settings or {}).items()]
    try:
        main(["dedup", str(source), "--out", str(out / "kept"), *chosen])
    except SystemExit as stop:
        if stop.code:
            raise
    return sum(pq.read_metadata(path).num_rows for path in (out / "kept" / "documents").glob("*.parquet"))


def rensa(source, out):
    """Exact duplicates by their text, MinHash by the exact path, 32 x 8 bands, true Jaccard with a kept document."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from rensa import RMinHash, RMinHashLSH

    table = pq.read_table(source)
    contents = table["content"]
    index = RMinHashLSH(threshold=0.7, num_perm=256, num_bands=32)
    seen, kept = set(), []
    for first in range(0, len(contents), CHUNK):  # Python strings of a chunk only
        fresh = {}
        for row, text in enumerate(contents.slice(first, CHUNK).to_pylist(), first):
            key = hashlib.blake2b(text.encode(), digest_size=16).digest()
            if key not in seen:
                seen.add(key)
                fresh[row] = shingles_of(text)
        signatures = RMinHash.from_token_sets([list(one) for one in fresh.values()], num_perm=256, seed=1)
        for (row, own), signature in zip(fresh.items(), signatures, strict=True):
            others = (fresh.get(key) or shingles_of(contents[key].as_py()) for key in index.query(signature))
            if any(len(own & other) >= 0.7 * len(own | other) for other in others):
                continue
            index.insert(row, signature)
            kept.append(row)
    stays = np.zeros(table.num_rows, bool)
    stays[kept] = True
    stay = table.filter(pa.array(stays))  # take() would copy all text first
    pq.write_table(stay, out / "kept.parquet", compression="zstd", compression_level=1)
    return len(kept)


def datatrove(source, out, *, white_space, buckets=14):
    """The four stages of its MinHash, each a local pipeline of one task, as in its examples."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter
    from loguru import logger

    logger.remove()
    config = MinhashConfig(num_buckets=buckets, hashes_per_bucket=8)
    read = ParquetReader(
        str(source.parent), glob_pattern=source.name, text_key="content", id_key="id", read_metadata=False
    )
    sign = MinhashDedupSignature(str(out / "signatures"), config=config)
    if white_space:
        sign.word_tokenizer = WhiteSpace()
    stages = [
        ([read, sign], 1),
        ([MinhashDedupBuckets(str(out / "signatures"), str(out / "buckets"), config=config)], buckets),
        ([MinhashDedupCluster(str(out / "buckets"), str(out / "remove"), config=config)], 1),
        ([read, MinhashDedupFilter(str(out / "remove")), ParquetWriter(str(out / "kept"))], 1),
    ]
    for number, (pipeline, tasks) in enumerate(stages):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(out / f"logs{number}")).run()
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in (out / "kept").rglob("*.parquet"))


class WhiteSpace:
    """The fastest tokenizer there is in Python, in place of spaCy's."""

    def word_tokenize(self, text):
        return text.split()


TOOLS = {
    "codecorpus": lambda source, out: codecorpus(source, out, NEAR_ALONE),
    "codecorpus, all levels": codecorpus,
    "codecorpus dedup": lambda source, out: codecorpus_command(source, out, NEAR_ALONE),
    "codecorpus dedup, all levels": lambda source, out: codecorpus_command(source, out, {"index": False}),
    "codecorpus dedup, all levels, index": codecorpus_command,
    "rensa": rensa,
    "datatrove as shipped": lambda source, out: datatrove(source, out, white_space=False),
    "datatrove, white space": lambda source, out: datatrove(source, out, white_space=True),
    "datatrove, white space, 32 x 8": lambda source, out: datatrove(
        source, out, white_space=True, buckets=32
    ),
}


def peak():
    """Most memory this process had at a time, in kB. What wait4 tells a parent counts the parent's own as well."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])


if __name__ == "__main__":
    print(TOOLS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3])), peak())
