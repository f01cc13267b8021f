r"""IPython's additions to Python, turned into comments: `%magic`, `!command`, `name?`, and cells of other languages (`%%bash`).

A line is only touched where a statement can begin: not in a string, not between brackets, not behind a backslash. `%d` at the start of a
line of a string stays what it is.
"""

from __future__ import annotations

import re

from codecorpus.sources.kernels import comment_marks, commented

#: `%%` cells whose body is still Python.
_PYTHON_CELLS = frozenset(
    (
        *(
            "time",
            "timeit",
            "capture",
            "prun",
            "memit",
            "mprun",
            "lprun",
            "snakeviz",
            "scalene",
            "heat",
            "profile",
            "python",
        ),
        *(
            "python3",
            "debug",
            "px",
            "pypy",
            "skip",
            "tutor",
            "ipytest",
            "run_pytest",
            "unit_test",
            "wandb",
            "codecarbon",
        ),
    )
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_LINE_MAGIC = re.compile(
    r"[ \t]*(?:(?:[^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*[ \t]*=[ \t]*)?(?:%[^\W\d]|%%[^\W\d]|!(?!=))"  # %magic, !command, x = !command
    r"|\?{1,2}[ \t]*[^\W\d]|%?[^\W\d][\w.]*\?{1,2}[ \t]*$)"  # ?name, name?, name??
)
#: What changes whether the next line begins a statement. A string that is not closed on its line ends there, a triple one does not.
_TOKEN = re.compile(
    r"#[^\n]*|(?P<triple>'''|\"\"\")|'(?:\\.|[^'\\\n])*'?|\"(?:\\.|[^\"\\\n])*\"?|(?P<open>[\[({])|(?P<close>[\])}])|(?P<join>\\$)"
)
_END_OF_TRIPLE = {mark: re.compile(rf"(?:\\.|(?!{mark})[^\\])*?{mark}", re.DOTALL) for mark in ("'''", '"""')}


def comment_magics(source: str, language: str | None) -> str:
    r"""A code cell in which only its language is left.

    Args:
        source: the cell.
        language: of the kernel; line magics are IPython's and looked for in Python only.

    >>> comment_magics("%matplotlib inline\nfor f in x:\n    !rm $f\n", "Python")
    '# %matplotlib inline\nfor f in x:\n    pass  # !rm $f\n'
    >>> comment_magics("%%bash\nls", "Python")
    '# %%bash\n# ls'
    """
    found = _CELL_MAGIC.match(source)
    if found is not None and found[1] not in _PYTHON_CELLS:
        return "\n".join(commented(line, *comment_marks(language)) for line in source.splitlines())
    if language != "Python" or not re.search(r"[%!?]", source):
        return source
    return "".join(_lines(source))


def _lines(source: str) -> list[str]:
    lines = source.splitlines(keepends=True)
    out, state, joined = [], _State(), False
    for line in lines:
        if joined or (state.at_statement and _LINE_MAGIC.match(line)):
            # A command goes on behind a backslash.
            out.append(_comment(line, bare=joined))
            joined = line.rstrip("\r\n").endswith("\\")
        else:
            out.append(line)
            state.read(line)
    return out


def _comment(line: str, *, bare: bool) -> str:
    """The line as a comment. An indented one may be all that its block holds, and leaves a `pass` there."""
    text = line.lstrip(" \t")
    indent = line[: len(line) - len(text)]
    return f"{indent}{'pass  ' if indent and not bare else ''}# {text}"


class _State:
    """Whether a statement can begin on the next line."""

    def __init__(self) -> None:
        self._depth = 0
        self._triple = ""
        self._joined = False

    @property
    def at_statement(self) -> bool:
        return not (self._depth or self._triple or self._joined)

    def read(self, line: str) -> None:
        """Go on to the end of a line of Python."""
        line = line.rstrip("\r\n")
        place = self._skip_triple(line, 0)
        self._joined = False
        while found := _TOKEN.search(line, place):
            place = found.end()
            if found["triple"]:
                self._triple = found["triple"]
                place = self._skip_triple(line, place)
            self._depth = max(0, self._depth + bool(found["open"]) - bool(found["close"]))
            self._joined = bool(found["join"])

    def _skip_triple(self, line: str, place: int) -> int:
        """Where a string with three quotes ends, or the end of the line."""
        if not self._triple:
            return place
        found = _END_OF_TRIPLE[self._triple].match(line, place)
        if found is None:
            return len(line)
        self._triple = ""
        return found.end()
