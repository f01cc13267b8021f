"""Jupyter notebooks as scripts: JSON text in; code with its markdown as comments out, in the percent format that editors know.

Each cell begins with `# %%`, as VS Code, Spyder and jupytext write it; outputs, counters and metadata are gone. Comments are those of the
kernel's language. What IPython alone understands (`%magic`, `!command`, `name?`) becomes a comment, so that the script parses.
nbformat 2 to 4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codecorpus.sources.kernels import comment_marks, commented, kernel_language
from codecorpus.sources.magics import comment_magics

#: Levels of brackets. Real notebooks have fewer than 20; Python's own limit depends on who calls, and would not be deterministic.
_MAX_DEPTH = 200
#: A string that does not end goes to the end of the text: were it no match, each quote in it would be tried in turn.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
#: A picture that was pasted into the text: as much an output as those of the code.
_PASTED = re.compile(r"(data:[\w.+-]{1,40}/[\w.+-]{1,80};base64,)[A-Za-z0-9+/=\s]{64,}")
_TEXT_CELLS = {"markdown": "markdown", "html": "markdown", "raw": "raw", "plaintext": "raw"}


class NotebookError(Exception):
    """A verdict on a notebook, caught by the row builder: it is broken, and how."""


@dataclass(frozen=True, slots=True)
class Script:
    """What became of a notebook.

    Attributes:
        text: the script; ends with a line break unless it is empty.
        language: the kernel's language as Linguist names it, None where it is not known.
        cells: cells that hold text, all of which are in the script.
        outputs: outputs that were removed.
    """

    text: str
    language: str | None
    cells: int
    outputs: int


def is_notebook(path: str, content: bytes, known: Mapping[str, Any]) -> bool:
    """Whether a document is to be read as a notebook.

    Args:
        path: its path.
        content: its text.
        known: what its source says about it. Data sets hold notebooks that were made into scripts already, under their old name.

    >>> is_notebook("a.ipynb", b"{", {}), is_notebook("a.ipynb", b"x = 1", {"language": "Python"})
    (True, False)
    """
    if not path.lower().endswith(".ipynb"):
        return False
    return known.get("language") in (None, "", "Jupyter Notebook") or content.lstrip()[:1] == b"{"


def script_of(content: bytes) -> Script:
    r"""The script of a notebook.

    Args:
        content: the notebook, UTF-8.

    Raises:
        NotebookError: it is not JSON, nested too deeply, or not a notebook.

    >>> cell = '{"cell_type": "code", "source": ["!ls\\n", "x = 1"], "outputs": [{}]}'
    >>> print(script_of(('{"nbformat": 4, "cells": [' + cell + ']}').encode()).text, end="")
    # %%
    # !ls
    x = 1
    """
    notebook = _parsed(content)
    cells = list(_cells(notebook))
    language = kernel_language(notebook, cells)
    # The lists of nbformat 2 hold lines without their ends, those of later ones with them.
    line_end = "\n" if notebook.get("nbformat") == 2 else ""
    pieces = [_piece(cell, language, line_end) for cell in cells]
    kept = [piece for piece in pieces if piece]
    text = "\n".join(kept)
    if "\0" in text:
        raise NotebookError("NUL character in a cell")
    outputs = sum(len(outputs) for cell in cells if isinstance(outputs := cell.get("outputs"), list))
    # JSON can name half a surrogate pair; UTF-8 cannot.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Script(text, language, len(kept), outputs)


def _parsed(content: bytes) -> Mapping[str, Any]:
    if _depth(content) > _MAX_DEPTH:
        raise NotebookError(f"nested deeper than {_MAX_DEPTH} levels")
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise NotebookError(f"not JSON: {reason}"[:200]) from None
    if not isinstance(notebook, dict):
        raise NotebookError(f"not an object but {type(notebook).__name__}")
    return notebook


def _depth(content: bytes) -> int:
    """Deepest level of brackets outside strings."""
    code = np.frombuffer(_STRING.sub(b"", content), np.uint8)
    opens = (code == ord("[")) | (code == ord("{"))
    closes = (code == ord("]")) | (code == ord("}"))
    steps = opens[opens | closes].astype(np.int64) * 2 - 1
    return int(np.cumsum(steps).max(initial=0))


def _cells(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Cells in order: of the notebook (nbformat 4), or of its worksheets (2 and 3)."""
    found = notebook.get("cells")
    if found is None and isinstance(sheets := notebook.get("worksheets"), list):
        found = [cell for sheet in sheets for cell in _list_of(sheet, "cells")]
    if not isinstance(found, list):
        raise NotebookError("no list of cells")
    if not found:
        raise NotebookError("no cells")
    for number, cell in enumerate(found):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise NotebookError(f"cell {number} is not a cell")
        yield cell


def _list_of(value: Any, key: str) -> Sequence[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise NotebookError(f"a worksheet without a list of {key}")
    return found


def _source(cell: Mapping[str, Any], line_end: str) -> str:
    """A cell's text: a string or a list of strings, `input` in the code cells of nbformat 2 and 3."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return line_end.join(source)
    if isinstance(source, str):
        return source
    raise NotebookError(f"the source of a cell is no text but {type(source).__name__}")


def _piece(cell: Mapping[str, Any], language: str | None, line_end: str) -> str:
    """A cell as lines of the script, "" where it holds nothing."""
    kind, text = cell["cell_type"], _source(cell, line_end)
    start, end = comment_marks(language)
    if not text.strip():
        return ""
    if kind == "code":
        body = comment_magics(text, language).strip("\r\n")
        return f"{start}%%{end}\n{body}\n"
    if kind == "heading":
        level = cell.get("level")
        text = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + text
    elif kind not in _TEXT_CELLS:
        raise NotebookError(f"a cell of type {kind[:40]!r}")
    text = _PASTED.sub(r"\1", text)
    lines = [f"{start}%% [{_TEXT_CELLS.get(kind, 'markdown')}]{end}"]
    lines += [commented(line, start, end) for line in text.strip("\r\n").splitlines()]
    return "\n".join(lines) + "\n"
