"""References of the files of one repository → edges between them: who imports whom.

Every family of languages has its own rule (`import_scripts`, `import_modules`, `import_types`), and all rest on `path_index`: exact where
the language says where a file is, else the longest end of a path, the nearest directory where several fit. What fits nothing or several
equally well is no edge: a wrong neighbour in a sequence is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codecorpus.fim.context import modules, scripts, types
from codecorpus.fim.context.files import Resolve, repository_files

_FAMILY = {
    "Python": "python",
    "JavaScript": "javascript",
    "TypeScript": "javascript",
    "TSX": "javascript",
    "Vue": "javascript",
    "Svelte": "javascript",
    "HTML": "javascript",
    "Go": "go",
    "C": "c",
    "C++": "c",
    "Objective-C": "c",
    "Objective-C++": "c",
    "Cuda": "c",
    "Rust": "rust",
    "Java": "jvm",
    "Kotlin": "jvm",
    "C#": "csharp",
    "PHP": "php",
}

_RULES = {
    "python": scripts.python,
    "javascript": scripts.javascript,
    "c": scripts.c,
    "go": modules.go,
    "rust": modules.rust,
    "jvm": types.jvm,
    "csharp": types.csharp,
    "php": types.php,
}


def resolve(
    paths: Sequence[str],
    languages: Sequence[str | None],
    references: Sequence[Sequence[str]],
    declares: Sequence[Sequence[str]] | None = None,
) -> NDArray[np.int32]:
    """Who imports whom in one repository.

    Args:
        paths: of its files, from the root, with `/`. One may occur twice; the first is found then.
        languages: Linguist's names; None where unknown.
        references: per file, as `codecorpus.parse.imports` writes them.
        declares: per file, the same; without them Java, C#, PHP and Go are resolved by paths alone.

    Returns:
        int32[edges, 2]: number of the importing file, number of the imported one; sorted, each once, no file with itself.

    >>> resolve(["a/m.py", "a/n.py", "b/m.py"], ["Python"] * 3, [[".n:f"], [], ["a.n:g", "os"]]).tolist()
    [[0, 1], [2, 1]]
    """
    files = repository_files(paths, languages, declares or [()] * len(paths))
    families = [_FAMILY.get(language or "") for language in languages]
    edges: set[tuple[int, int]] = set()
    for family in sorted({name for name in families if name}):
        members = [file for file, name in enumerate(families) if name == family]
        if any(len(references[file]) for file in members):
            edges |= _edges_of(_RULES[family](files, members, references), members, references)
    return np.array(sorted(edges), np.int32).reshape(-1, 2)


def _edges_of(find: Resolve, members: list[int], references: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    return {
        (file, target)
        for file in members
        for target in find(file, references[file])
        if target >= 0 and target != file
    }
