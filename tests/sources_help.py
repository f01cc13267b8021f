"""What the tests of the readers share: read everything, and small repositories made by git itself."""

import os
import subprocess
from dataclasses import dataclass

import pyarrow as pa

from codecorpus.document import DECISIONS, SOURCE_DOCUMENTS
from codecorpus.sources import SourceOptions, group_parts, plan_sources, read_shard


@dataclass
class Result:
    documents: list
    decisions: list
    seen: int
    bytes_seen: int

    def texts(self):
        return {(row["repo_name"], row["path"]): row["content"] for row in self.documents}

    def codes(self):
        return {(row["repo_name"], row["path"]): row["code"] for row in self.decisions}

    def paths(self):
        return sorted(row["path"] for row in self.documents)


def read_tables(*sources, **options):
    settings = SourceOptions(**options)
    batches = [
        batch
        for shard in group_parts(plan_sources([str(source) for source in sources], settings))
        for batch in read_shard(shard, settings)
    ]
    for batch in batches:
        assert batch.documents.schema == SOURCE_DOCUMENTS
        assert batch.decisions.schema == DECISIONS
        batch.documents.validate(full=True)
        assert batch.seen == batch.documents.num_rows + batch.decisions.num_rows
    return batches


def read(*sources, **options):
    batches = read_tables(*sources, **options)
    return Result(
        pa.concat_tables([batch.documents for batch in batches]).to_pylist(),
        pa.concat_tables([batch.decisions for batch in batches]).to_pylist(),
        sum(batch.seen for batch in batches),
        sum(batch.bytes_seen for batch in batches),
    )


def write(root, files):
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def git(*arguments, cwd, stdin=None):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.org",
        "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=environment,
        input=stdin,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().strip()


def commit_all(folder):
    git("init", "-q", "-b", "main", cwd=folder)
    git("add", "-A", "-f", cwd=folder)
    git("commit", "-q", "-m", "one", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder)


def bare_clone(folder, target):
    git("clone", "-q", "--bare", "--no-local", str(folder), str(target), cwd=folder)
    return target
