"""One whole near-deduplication by one tool, in a process of its own: a Parquet file in, the documents that stay out.

    python benchmarks/_dedup_contestants.py TOOL documents.parquet OUTPUT_FOLDER

Each tool as its users run it, on one core. `dedup_peers.py` starts this and looks at what the process took.
"""

import contextlib
import re
import sys
from pathlib import Path

TOKEN = re.compile(r"\w+|[^\w\s]")
CHUNK = 1000


def shingles_of(text):
    tokens = TOKEN.findall(text)
    return {" ".join(tokens[i : i + 5]) for i in range(max(1, len(tokens) - 4))}


def codecorpus(source, out):
    import pyarrow.parquet as pq

    from codecorpus.dedup import near_duplicates

    result = near_duplicates(pq.read_table(source))
    pq.write_table(result.kept, out / "kept.parquet", compression="zstd", compression_level=1)
    return result.kept.num_rows


def codecorpus_command(source, out):
    import click
    import pyarrow.parquet as pq

    from codecorpus.cli import main

    with contextlib.suppress(SystemExit, click.exceptions.Exit):
        main(["dedup", str(source), "--out", str(out / "kept")])
    return sum(pq.read_metadata(path).num_rows for path in (out / "kept" / "documents").glob("*.parquet"))


def rensa(source, out):
    """Exact duplicates by their text, MinHash by the exact path, 32 x 8 bands, true Jaccard with a kept document."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from rensa import RMinHash, RMinHashLSH

    table = pq.read_table(source)
    texts = table["content"].to_pylist()
    index = RMinHashLSH(threshold=0.7, num_perm=256, num_bands=32)
    seen, kept = set(), []
    for first in range(0, len(texts), CHUNK):
        fresh = []
        for row in range(first, min(first + CHUNK, len(texts))):
            if texts[row] not in seen:
                seen.add(texts[row])
                fresh.append(row)
        sets = [shingles_of(texts[row]) for row in fresh]
        signatures = RMinHash.from_token_sets([list(one) for one in sets], num_perm=256, seed=1)
        of_row = dict(zip(fresh, sets, strict=True))
        for row, own, signature in zip(fresh, sets, signatures, strict=True):
            others = (of_row.get(other) or shingles_of(texts[other]) for other in index.query(signature))
            if any(len(own & other) >= 0.7 * len(own | other) for other in others):
                continue
            index.insert(row, signature)
            kept.append(row)
    pq.write_table(table.take(pa.array(kept)), out / "kept.parquet", compression="zstd", compression_level=1)
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
    "codecorpus": codecorpus,
    "codecorpus dedup": codecorpus_command,
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
