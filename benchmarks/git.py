"""Reading a bare git repository, against `git cat-file --batch` alone.

    python benchmarks/git.py FOLDER [--files 20000] [--rounds 5]

Commits the files of FOLDER (a folder of repositories or any other) to one bare, packed repository and reads it, by turns:

* *cat-file*: the ids go in, and what comes out is read to its end and thrown away: nobody can be faster who asks git for objects;
* *entries*: `codecorpus.sources.git`: listing the tree, cutting it into parts, one entry for each file with its path and its bytes;
* *documents*: the same, with encoding, language and hashes told: the tables that the stage `read` writes.

Printed are the best round of each, and its speed as a share of that of *cat-file*.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from codecorpus.sources.git import git_parts, read_git
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.rows import RowBuilder


def git(repository, *words, **options):
    settings = ["-c", "user.name=nobody", "-c", "user.email=nobody", "-c", "gc.auto=0"]
    return subprocess.run(
        ["git", f"--git-dir={repository}", *settings, *words], check=True, capture_output=True, **options
    ).stdout


def commit(folder, repository, files):
    git(repository, "init", "--quiet", "--bare")
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts and not path.is_symlink()
    )
    names = b"\0".join(
        os.fsencode(path.relative_to(folder)) for path in found[:: max(1, len(found) // files)]
    )
    tree = f"--work-tree={folder}"
    git(
        repository,
        tree,
        "-c",
        "core.autocrlf=false",
        "add",
        "--force",
        "--pathspec-from-file=-",
        "--pathspec-file-nul",
        input=names,
    )
    made = git(repository, "commit-tree", git(repository, "write-tree").decode().strip(), "-m", "all")
    git(repository, "update-ref", "HEAD", made.decode().strip())
    git(repository, "repack", "-a", "-d", "--quiet")


def cat_file(repository):
    listed = git(repository, "ls-tree", "-r", "-z", "HEAD").split(b"\0")[:-1]
    ids = b"\n".join(line.split()[2] for line in listed) + b"\n"
    with tempfile.TemporaryFile() as requests:
        requests.write(ids)
        requests.seek(0)
        command = ["git", f"--git-dir={repository}", "cat-file", "--batch", "--buffer"]
        with subprocess.Popen(command, stdin=requests, stdout=subprocess.PIPE, bufsize=0) as process:
            while process.stdout.read(1 << 20):
                pass
    return len(listed)


def entries(repository):
    options = SourceOptions()
    return sum(1 for part in git_parts(repository, ("r",), options) for _ in read_git(part, options))


def documents(repository):
    options, builder, rows = SourceOptions(), RowBuilder(), 0
    for part in git_parts(repository, ("r",), options):
        for entry in read_git(part, options):
            builder.add(entry)
            if builder.full:
                rows += builder.take().seen
    return rows + builder.take().seen


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        repository = Path(scratch) / "r.git"
        commit(given.folder.resolve(), repository, given.files)
        size = sum(
            int(line.split()[3])
            for line in git(repository, "ls-tree", "-r", "-z", "-l", "HEAD").split(b"\0")[:-1]
            if line.split()[3] != b"-"
        )
        best = {}
        for _ in range(given.rounds):
            for reader in (cat_file, entries, documents):
                began = time.perf_counter()
                files = reader(repository)
                best[reader] = min(best.get(reader, (1e9, 0)), (time.perf_counter() - began, files))
    print(f"{size / 1e6:.1f} MB")
    for reader, (seconds, files) in best.items():
        share = best[cat_file][0] / seconds
        print(
            f"{reader.__name__:<10} {files:>7,} files {files / seconds:>8,.0f} files/s {size / seconds / 1e6:>6.0f} MB/s {share:>6.2f}"
        )


if __name__ == "__main__":
    main()
