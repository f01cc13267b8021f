"""Jupyter kernels: which language a notebook is in, and how that language writes comments. Data, and two functions to look it up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from codecorpus.sources.language import canonical_language, language_type

#: Names that kernels give themselves or their language, where they are not Linguist's name in another case; numbers are taken off first.
_KERNELS: Mapping[str, str] = {
    "ipython": "Python",
    "xpython": "Python",
    "pyspark": "Python",
    "pysparkkernel": "Python",
    "sagemath": "Sage",
    "ir": "R",
    "xr": "R",
    "irkernel": "R",
    "spark": "Scala",
    "almond": "Scala",
    "cling-cpp": "C++",
    "xcpp": "C++",
    "cpp": "C++",
    "csharp": "C#",
    ".net-csharp": "C#",
    "fsharp": "F#",
    ".net-fsharp": "F#",
    ".net-powershell": "PowerShell",
    "pwsh": "PowerShell",
    "node": "JavaScript",
    "nodejs": "JavaScript",
    "ijavascript": "JavaScript",
    "js": "JavaScript",
    "tslab": "TypeScript",
    "deno": "TypeScript",
    "bash": "Shell",
    "sh": "Shell",
    "zsh": "Shell",
    "octave": "MATLAB",
    "gophernotes": "Go",
    "golang": "Go",
    "ihaskell": "Haskell",
    "iruby": "Ruby",
    "ijava": "Java",
    "evcxr": "Rust",
    "mathematica": "Wolfram Language",
    "wolframlanguage": "Wolfram Language",
    "coq": "Rocq Prover",
    "postgresql": "SQL",
    "sqlite": "SQL",
    "mysql": "SQL",
}

#: What begins and what ends a line of comment.
_COMMENTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("// ", ""): (
        *("C", "C#", "C++", "D", "Dart", "F#", "Go", "Groovy", "Java", "JavaScript", "Kotlin", "PHP", "Rust"),
        *("Scala", "Stata", "Swift", "TypeScript", "V", "Zig"),
    ),
    ("-- ", ""): ("Ada", "Elm", "Haskell", "Lua", "PLpgSQL", "PureScript", "SQL", "TSQL"),
    ("% ", ""): ("Erlang", "Logtalk", "MATLAB", "Prolog", "TeX"),
    ("; ", ""): ("Clojure", "Common Lisp", "Emacs Lisp", "Hy", "Racket", "Scheme"),
    ("! ", ""): ("Fortran", "Fortran Free Form"),
    ("(* ", " *)"): ("OCaml", "Rocq Prover", "Standard ML", "Wolfram Language"),
    ("/* ", " */"): ("CSS", "SAS"),
    ("<!-- ", " -->"): ("HTML", "Markdown", "XML"),
}
_MARKS = {language: marks for marks, languages in _COMMENTS.items() for language in languages}
_DEFAULT_MARKS = ("# ", "")


def comment_marks(language: str | None) -> tuple[str, str]:
    """What stands before and behind a line of comment; `#` where the language has it, or is not known.

    >>> comment_marks("Scala"), comment_marks("OCaml"), comment_marks("R")
    (('// ', ''), ('(* ', ' *)'), ('# ', ''))
    """
    return _MARKS.get(language or "", _DEFAULT_MARKS)


def commented(line: str, start: str, end: str) -> str:
    """One line as a comment; an end mark inside it is broken up.

    >>> commented("a *) b", "(* ", " *)"), commented("", "# ", "")
    ('(* a * ) b *)', '#')
    """
    mark = end.strip()
    inside = line.replace(mark, f"{mark[:1]} {mark[1:]}") if mark else line
    return f"{start}{inside}{end}".rstrip()


def kernel_language(notebook: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]) -> str | None:
    """Linguist's name of the language of a notebook: what the kernel says, then the kernel's name, then the cells (nbformat 3).

    Python where nothing is said, for notebooks were IPython's; None where what is said is not known.

    >>> kernel_language({"metadata": {"kernelspec": {"name": "julia-1.9", "language": "julia"}}}, [])
    'Julia'
    """
    metadata = _dict(notebook.get("metadata"))
    info, spec = _dict(metadata.get("language_info")), _dict(metadata.get("kernelspec"))
    said = [info.get("name"), spec.get("language"), spec.get("name"), spec.get("display_name")]
    said += [cell.get("language") for cell in cells[:20] if cell["cell_type"] == "code"]
    names = [name for name in said if isinstance(name, str) and name.strip()]
    for name in names:
        language = _language(name)
        if language is not None:
            return language
    return None if names else "Python"


def _language(name: str) -> str | None:
    lower = name.strip().lower()[:80]
    for candidate in (lower, re.sub(r"[\s\d._-]+$", "", lower), lower.split()[0].rstrip("0123456789")):
        found = _KERNELS.get(candidate) or canonical_language(candidate)
        if language_type(found) is not None:
            return found
    return None


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
