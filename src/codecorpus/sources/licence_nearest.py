"""Which of the licences that were found holds for a document: its own statement, else that of the nearest folder above it.

In one folder, the licence files are what holds; the package's metadata says how they are to be read together ("MIT OR Apache-2.0"
over two files, "or any later version") where it names at least the licences of the files, and holds alone where there is no file,
or none that is recognised. A pattern of the folder that fits the document (`debian/copyright`, `REUSE.toml`) comes before both, and
a file `x.license` beside `x` before all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa

from codecorpus.sources.globs import fits
from codecorpus.spdx import (
    Expression,
    Joined,
    all_of,
    any_of,
    base_of,
    class_of_expression,
    ids_of,
    parse_expression,
)

#: Where a licence was found. What is `BUNDLED` is kept for the reader and counts for nothing: licences of other things that come along.
FILE, CHOICE, BUNDLED, METADATA, PATTERN = (
    "licence file",
    "choice of files",
    "bundled",
    "package metadata",
    "pattern",
)
SPDX_LINE, HEADER, SIDECAR = "SPDX line", "header", "sidecar"

_TEXTS = re.compile(r"(?:^|/)LICENSES/[^/]+$")
_VAGUE = frozenset({"LicenseRef-BSD", "GPL-1.0-or-later", "LGPL-2.0-or-later", "AGPL-1.0-or-later"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The licence of a document.

    Attributes:
        ids: SPDX ids, sorted.
        kind: permissive, copyleft, no_license or unknown.
        expression: what holds, as SPDX writes it; None where nothing was found or recognised.
    """

    ids: tuple[str, ...]
    kind: str
    expression: str | None


NO_LICENCE = Answer((), "no_license", None)
UNKNOWN = Answer((), "unknown", None)


@lru_cache(maxsize=4096)
def answer_of(expression: str | None) -> Answer:
    """The answer that an expression is.

    >>> answer_of("MIT OR GPL-3.0-only")
    Answer(ids=('GPL-3.0-only', 'MIT'), kind='permissive', expression='MIT OR GPL-3.0-only')
    """
    found = parse_expression(expression) if expression is not None else None
    return (
        Answer(tuple(ids_of(found)), class_of_expression(found), str(found)) if found is not None else UNKNOWN
    )


@dataclass(slots=True)
class _Folder:
    """What was found for one folder."""

    files: dict[str, Expression | None] = field(default_factory=dict)
    texts: dict[str, Expression | None] = field(default_factory=dict)
    metadata: dict[str, Expression | None] = field(default_factory=dict)
    patterns: list[tuple[str, Answer]] = field(default_factory=list)
    sidecars: dict[str, Answer] = field(default_factory=dict)
    is_choice: bool = False

    def answer(self) -> Answer | None:
        """What holds in the folder but for its patterns; None where it has nothing else."""
        # A folder `LICENSES/` keeps the texts of all that is in a repository; a licence file beside it says which of them is the
        # repository's.
        said = self.files or self.texts
        files = _together(
            [one for _, one in sorted(said.items()) if one is not None], is_choice=self.is_choice
        )
        declared = all_of([one for _, one in sorted(self.metadata.items()) if one is not None])
        if not said and not self.metadata:
            return None
        chosen = declared if files is None or _reads_together(declared, files) else files
        return answer_of(str(chosen)) if chosen is not None else UNKNOWN


def _together(found: list[Expression], *, is_choice: bool) -> Expression | None:
    """The licence files of one folder as one expression.

    A file that offers a choice ("MIT or Apache, see LICENSE-MIT and LICENSE-APACHE") speaks for the files that it names. The text
    of the LGPL 3 needs that of the GPL 3 beside it; only the first is the licence.
    """
    offered = {
        base_of(spdx)
        for one in found
        if isinstance(one, Joined) and one.operator == "OR"
        for spdx in ids_of(one)
    }
    bases = {base_of(spdx) for one in found for spdx in ids_of(one)}
    left = [
        one
        for one in found
        if (isinstance(one, Joined) or base_of(ids_of(one)[0]) not in offered)
        and not (str(one) == "GPL-3.0-only" and "LGPL-3.0" in bases)
        and not (
            str(one).endswith("-only") and any(str(other) == f"{str(one)[:-5]}-or-later" for other in found)
        )
    ]
    return any_of(left) if is_choice else all_of(left)


def _reads_together(declared: Expression | None, files: Expression) -> bool:
    """Whether the metadata names the licences of the files, so that its words on them count."""
    if declared is None or _VAGUE & set(ids_of(declared)):
        return False
    return {base_of(spdx) for spdx in ids_of(files)} <= {base_of(spdx) for spdx in ids_of(declared)}


class NearestLicences:
    """Looks up the licence of the nearest folder that has one, and remembers the answer for each folder.

    Args:
        found: a table of `FOUND_LICENCES`; rows without a folder, which are of single documents, are left out.
    """

    def __init__(self, found: pa.Table) -> None:
        folders: defaultdict[tuple[str, str], _Folder] = defaultdict(_Folder)
        names = ("repo_name", "directory", "path", "kind", "pattern", "expression")
        for repo, directory, path, kind, pattern, text in zip(
            *(found[name].to_pylist() for name in names), strict=True
        ):
            if directory is None or kind == BUNDLED:
                continue
            folder = folders[repo, directory]
            expression = parse_expression(text) if text is not None else None
            if kind == SIDECAR:
                folder.sidecars[pattern] = answer_of(text)
            elif kind == PATTERN:
                folder.patterns.append((pattern, answer_of(text)))
            elif kind == METADATA:
                folder.metadata[path] = expression
            else:
                folder.is_choice |= kind == CHOICE
                (folder.texts if _TEXTS.search(path) else folder.files)[path] = expression
        self._folders = dict(folders)
        self._answers: dict[tuple[str, str], Answer | None] = {}
        self._with_patterns = {
            repo for (repo, _), folder in folders.items() if folder.patterns or folder.sidecars
        }

    def of(self, repo: str, path: str) -> Answer:
        """The licence of a document that states none itself."""
        directory = path.rpartition("/")[0]
        if repo in self._with_patterns:
            return self._with_pattern(repo, directory, path)
        passed = []
        while (repo, directory) not in self._answers:
            passed.append(directory)
            folder = self._folders.get((repo, directory))
            answer = folder.answer() if folder is not None else None
            if answer is not None or not directory:
                self._answers[repo, directory] = answer or NO_LICENCE
                break
            directory = directory.rpartition("/")[0]
        answer = self._answers[repo, directory]
        self._answers.update(((repo, below), answer) for below in passed)
        return answer or NO_LICENCE

    def _with_pattern(self, repo: str, directory: str, path: str) -> Answer:
        while True:
            folder = self._folders.get((repo, directory))
            if folder is not None:
                inside = path[len(directory) + 1 :] if directory else path
                fitting = [answer for pattern, answer in folder.patterns if fits(pattern, inside)]
                answer = folder.sidecars.get(inside) or (fitting[-1] if fitting else folder.answer())
                if answer is not None:
                    return answer
            if not directory:
                return NO_LICENCE
            directory = directory.rpartition("/")[0]
