"""Opt-outs: repositories, owners and paths whose authors asked to be left out; applied before anything of a file is read (CC011).

An entry names a repository, and after a colon a pattern of paths in it:

| entry | leaves out |
|---|---|
| `owner/name` | this repository; in sources that know no owners, a repository called `name` |
| `owner/*` | every repository of the owner |
| `name` | a repository called so, whoever owns it |
| `owner/name:docs/*` | what the pattern fits in this repository: `*` stands for anything, slashes too |
| `*:*/secret.py` | what the pattern fits in any repository |

Repositories are compared without case, and without `https://…/` before and `.git` behind. In a file, one entry stands on a line,
and `#` begins a comment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from codecorpus.errors import ConfigError
from codecorpus.sources.globs import fits
from codecorpus.sources.options import SourceOptions
from codecorpus.sources.part import Part
from codecorpus.sources.rows import Entry, display_path

#: The rule's code.
OPTED_OUT = "CC011"


def resolve_opt_outs(options: SourceOptions) -> SourceOptions:
    """The options with the entries of `opt_out_file` among those of `opt_out`: cleaned, sorted, each once; and without the file.

    So the file's content, not its name, decides what is read again, and what a run did can be read from its configuration.

    Raises:
        ConfigError: the file cannot be read, or an entry names no repository.
    """
    lines = list(options.opt_out)
    if options.opt_out_file is not None:
        try:
            text = Path(options.opt_out_file).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ConfigError([f"source.opt_out_file = {options.opt_out_file}: {said}"]) from None
        lines += [re.sub(r"(?:^|\s)#.*", "", line) for line in text.removeprefix("\ufeff").splitlines()]
    entries = sorted({entry for line in lines if (entry := line.strip())})
    bad = [
        f"source.opt_out: {entry!r} names no repository; write owner/name, owner/*, or *:PATTERN"
        for entry in entries
        if not _repository(entry)
    ]
    if bad:
        raise ConfigError(bad)
    return options.model_copy(update={"opt_out": tuple(entries), "opt_out_file": None})


def opt_out_hash(entries: Sequence[str]) -> str:
    """Hex SHA-256 of resolved entries, one on a line: what a dataset card says of the list without showing it."""
    return hashlib.sha256("".join(f"{entry}\n" for entry in entries).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OptOuts:
    """Entries, ready for asking.

    Attributes:
        by_name: name of a repository, with or without its owner → (entry, pattern of paths or None) of those that name it.
        by_pattern: (pattern of repositories, entry, pattern of paths or None) of the others.
    """

    by_name: dict[str, list[tuple[str, str | None]]]
    by_pattern: list[tuple[str, str, str | None]]

    def __bool__(self) -> bool:
        return bool(self.by_name or self.by_pattern)

    def of_repository(self, repo_name: str) -> list[tuple[str, str | None]]:
        """(entry, pattern of paths or None) of the entries about a repository."""
        name = _canonical(repo_name)
        last = name.rpartition("/")[2]
        found = list(self.by_name.get(name, ()))
        found += self.by_name.get(last if last != name else f"\0{name}", ())
        found += [(entry, path) for pattern, entry, path in self.by_pattern if fits(pattern, name)]
        return found

    def entry_for(self, repo_name: str, path: str) -> str | None:
        """The first entry that leaves a file out, in the order of the alphabet; None where none does.

        >>> opt_outs(("ann/*", "bob/site:docs/*")).entry_for("bob/site", "docs/a/b.md")
        'bob/site:docs/*'
        """
        found = [
            entry
            for entry, pattern in self.of_repository(repo_name)
            if pattern is None or fits(pattern, path)
        ]
        return min(found, default=None)


@lru_cache(maxsize=8)
def opt_outs(entries: tuple[str, ...]) -> OptOuts:
    """Entries as `resolve_opt_outs` leaves them, sorted for asking."""
    by_name: dict[str, list[tuple[str, str | None]]] = {}
    by_pattern: list[tuple[str, str, str | None]] = []
    for entry in entries:
        repository, pattern = _repository(entry), _pattern(entry)
        if "*" in repository or "?" in repository:
            by_pattern.append((repository, entry, pattern))
            continue
        by_name.setdefault(repository, []).append((entry, pattern))
        # A folder of repositories knows no owners; leaving out one too many is the smaller wrong.
        if "/" in repository:
            by_name.setdefault(f"\0{repository.rpartition('/')[2]}", []).append((entry, pattern))
    return OptOuts(by_name, by_pattern)


def left_out(outs: OptOuts, repo_name: str, path: str, size: int = 0) -> Entry | None:
    """The entry of a file that is opted out, with what is known of it without reading it; None for any other."""
    entry = outs.entry_for(repo_name, path) if outs else None
    if entry is None:
        return None
    return Entry(repo_name, path, size, code=OPTED_OUT, detail=f"by the entry {entry}")


def opt_outs_of_part(options: SourceOptions, part: Part) -> tuple[str, ...]:
    """The entries that may leave out something of a part: what a finished reading of it depends on.

    Of a part that is of one repository those about it, where its paths are known those that fit one; of rows of many repositories all.
    """
    if not options.opt_out or part.kind == "damaged":
        return ()
    if part.kind in ("parquet", "jsonl"):
        return options.opt_out
    about = opt_outs(options.opt_out).of_repository(part.repo_name or "")
    paths = _paths(part)
    return tuple(
        sorted(
            entry
            for entry, pattern in about
            if pattern is None or paths is None or any(fits(pattern, path) for path in paths)
        )
    )


def _paths(part: Part) -> list[str] | None:
    """The paths of a part, None where they are not known without reading it."""
    if part.kind == "folder":
        return [display_path(item) for item in part.items]
    if part.kind == "git":
        return [display_path(item[2]) for item in part.items]
    return None


def shard_options(options: SourceOptions, parts: Iterable[Part]) -> SourceOptions:
    """The options with those opt-outs only that touch these parts: another list leaves what it does not touch as it is."""
    entries = {entry for part in parts for entry in opt_outs_of_part(options, part)}
    return options.model_copy(update={"opt_out": tuple(sorted(entries))})


def _canonical(repo_name: str) -> str:
    name = re.sub(r"^(?:\w+://|git@)[^/:]+[/:]", "", repo_name.strip().lower()).strip("/")
    return name.removesuffix(".git")


def _split(entry: str) -> tuple[str, str]:
    """What stands before and behind the colon of an entry; an address keeps the colon of its scheme."""
    scheme = re.match(r"\w+://|git@[^:/]+:", entry)
    start = scheme.end() if scheme else 0
    before, _, behind = entry[start:].partition(":")
    return entry[:start] + before, behind.strip()


def _repository(entry: str) -> str:
    return _canonical(_split(entry)[0])


def _pattern(entry: str) -> str | None:
    return _split(entry)[1] or None
