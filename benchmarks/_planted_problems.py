"""Problems of the public benchmarks in, the ways in which they get into a corpus out. What `contamination.py` plants.

Made without the package's own word lists and lexer, so that they are no help to it: names come from syntax trees and Python's builtins.
"""

from __future__ import annotations

import ast
import builtins
import gzip
import hashlib
import json
import keyword
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecorpus.parse.grammars import find_grammar
from codecorpus.parse.spans import find_spans
from codecorpus.parse.tree import read_tree

LANGUAGES = {"cpp": "C++", "go": "Go", "java": "Java", "js": "JavaScript", "python": "Python", "rust": "Rust"}
_COMMENT = {"Python": "# "}


@dataclass(frozen=True, slots=True)
class Planted:
    """A problem to plant.

    Attributes:
        problem: its id.
        language: Linguist's name.
        head: declaration and docstring, as the problem gives them.
        docstring: what it says in words.
        signature: the line that declares the function.
        solution: the rest of the program.
        name: the asked function, where the problem says it.
    """

    problem: str
    language: str
    head: str
    docstring: str
    signature: str
    solution: str
    name: str

    @property
    def program(self) -> str:
        """All of it."""
        return self.head + self.solution


def read_benchmark(folder: Path) -> dict[str, list[Planted]]:
    """The problems of one benchmark's folder, by language."""
    found: dict[str, dict[str, Planted]] = {}
    for file in sorted(folder.iterdir()):
        language = next(
            (name for key, name in LANGUAGES.items() if re.search(rf"(?<![a-z]){key}(?![a-z])", file.name)),
            "Python",
        )
        for row in _rows(file):
            one = _planted(row, language)
            if one is not None:
                found.setdefault(language, {}).setdefault(one.problem, one)
    return {language: list(problems.values()) for language, problems in found.items()}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        yield from map(json.loads, lines)


def _planted(row: dict[str, Any], language: str) -> Planted | None:
    problem = str(row.get("task_id", row.get("id")))
    if "suffix" in row:  # infilling: the program of each is one
        problem = "/".join(problem.split("/")[1:3])
        whole = row["prompt"] + row["canonical_solution"] + row["suffix"]
        cut = whole.rfind('"""') + 4 if '"""' in whole else whole.rfind("'''") + 4
        row = {**row, "prompt": whole[:cut], "canonical_solution": whole[cut:]}
    if "input" in row:  # CRUXEval: a function and a call of it
        head, _, body = row["code"].partition(":\n")
        return Planted(
            problem,
            language,
            head + ":\n",
            "",
            head + ":",
            f"{body}\nassert f({row['input']}) == {row['output']}\n",
            "f",
        )
    if "code" in row:  # MBPP
        text = row.get("text") or row["prompt"]
        match = re.search(r"(?m)^def +\w+ *\([^)]*\).*:", row["code"])
        signature = match[0] if match else ""
        return Planted(problem, language, f'"""{text}"""\n', text, signature, row["code"], "")
    head, solution = row["prompt"], row["canonical_solution"]
    name = row.get("entry_point") or ""
    if "base_input" in row:  # MBPP+: the declaration is in the solution
        match = re.search(r"(?m)^def +\w+ *\([^)]*\).*:", solution)
        return Planted(problem, language, head, head.strip('\n"'), match[0] if match else "", solution, name)
    declared = row.get("declaration") or head
    lines = [
        line
        for line in declared.split("\n")
        if "(" in line and not line.lstrip().startswith(("#", "//", "*", "use "))
    ]
    if language == "Python":
        lines = [line for line in head.split("\n") if line.startswith("def ")]
    if language == "Rust":
        head = declared + "/*" + head.partition("/*")[2].rpartition("*/")[0] + "*/\n"
    docstring = row.get("docstring") or row.get("text") or _comments(head)
    return Planted(problem, language, head, docstring, lines[-1] if lines else "", solution, name)


def _comments(text: str) -> str:
    """What stands in comments and strings of three quotes."""
    found = re.findall(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'|/\*(.*?)\*/|(?m:^\s*//(.*)$)', text, re.DOTALL)
    return "\n".join(part for groups in found for part in groups if part)


def made_up(word: str) -> str:
    """A word of no language, the same for the same word."""
    digits = hashlib.sha256(word.encode()).digest()
    return "".join("bdfgklmnprstvz"[digit % 14] + "aeiou"[digit % 5] for digit in digits[:3])


def renamed(program: str, language: str, name: str) -> str:
    """All names of the program that are its own: no builtins, no attributes, no types, no functions that it does not define."""
    grammar = find_grammar(language)
    assert grammar is not None
    source = program.encode()
    tree = read_tree(source, grammar)
    spans = [tuple(span) for span in find_spans("identifiers", tree, grammar, source).tolist()]
    defined = set(re.findall(r"\b(?:def|fn|func|function|let|const|var)\s+(\w+)", program)) | {name}
    known = set(dir(builtins)) | set(keyword.kwlist) | {"main", "std", "fmt", "math", "Math", "console"}
    parts, last = [], 0
    for begin, end in spans:
        word = source[begin:end].decode()
        before, after = source[max(0, begin - 2) : begin], source[end : end + 1]
        own = word in defined or (after != b"(" and not word[:1].isupper())
        if not own or word in known or before.endswith((b".", b"->", b"::")) or begin < last:
            continue
        parts += [source[last:begin], made_up(word).encode()]
        last = end
    return b"".join([*parts, source[last:]]).decode()


def without_comments(program: str, language: str) -> str:
    """The program without comments and docstrings."""
    return _without_spans(program, language, lambda _: "")


def translated(program: str, language: str) -> str:
    """The program with every word of its comments and docstrings in a language that nobody speaks."""
    return _without_spans(
        program, language, lambda text: re.sub(r"[^\W\d_]{2,}", lambda match: made_up(match[0]), text)
    )


def _without_spans(program: str, language: str, change: Callable[[str], str]) -> str:
    grammar = find_grammar(language)
    assert grammar is not None
    source = program.encode()
    tree = read_tree(source, grammar)
    spans = [
        tuple(span)
        for what in ("comments", "docstrings")
        for span in find_spans(what, tree, grammar, source).tolist()
    ]
    parts, last = [], 0
    for begin, end in sorted(spans):
        parts += [source[last:begin], change(source[begin:end].decode()).encode()]
        last = max(last, end)
    return b"".join([*parts, source[last:]]).decode()


def reformatted(program: str, language: str) -> str:
    """Another layout: Python's own printer, or a line for each brace and semicolon; and a comment after every line."""
    if language == "Python":
        try:
            lines = ast.unparse(ast.parse(program)).split("\n")
        except (SyntaxError, ValueError):
            lines = [line.replace("    ", "\t").replace(", ", ",") for line in program.split("\n")]
    else:
        code = without_comments(program, language)
        lines = re.sub(r"\s*([;{}])\s*", r"\1\n", re.sub(r"[ \t]*\n[ \t\n]*", " ", code)).split("\n")
    mark = "#" if language == "Python" else "//"
    inside = False
    result = []
    for number, line in enumerate(lines):
        result.append(line)
        inside ^= line.count('"""') % 2 == 1
        if line.strip() and not inside and not line.rstrip().endswith("\\"):
            result.append(f"{mark} step {number}")
    return "\n".join(result)


def ways(one: Planted, host: str) -> dict[str, str]:
    """Each way in which a problem gets into a corpus → the file. A way that does not apply to a problem is left out.

    Args:
        one: the problem.
        host: a file of its language.
    """
    mark = "# " if one.language == "Python" else "// "
    middle = host.find("\n", len(host) // 2) + 1
    program = one.program
    found = {
        "verbatim": program,
        "inside a file": host[:middle] + "\n" + re.sub(r"(?m)^(?=.)", "    ", program) + "\n" + host[middle:],
        "reformatted": reformatted(program, one.language),
        "renamed": renamed(program, one.language, one.name),
        "renamed, no docstring": without_comments(renamed(program, one.language, one.name), one.language),
        "translated docstring": translated(program, one.language),
        "docstring only": "".join(f"{mark}{line}\n" for line in one.docstring.strip().split("\n"))
        if one.docstring.strip()
        else "",
        "signature only": one.signature,
        "solution only": one.solution,
        "solution renamed": renamed(one.solution, one.language, one.name),
    }
    return {way: text for way, text in found.items() if text.strip()}
