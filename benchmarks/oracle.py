"""Does "it parses" mean what the language's own compiler means by it? Agreement on intact files and on files with one character dropped.

    python benchmarks/oracle.py FOLDER [--files 600] [--differ 10]

For each language whose compiler is on this machine: `--files` files of FOLDER, taken in the order of a hash of their path. Those that the
compiler accepts are *intact*, and that verdict is the only choice. Of each intact file a *mutant* is made: one character that is not white
space is dropped, at a place chosen by a hash too. Many mutants are still good programs (a shorter name), so that those which the compiler
rejects are counted apart. A file counts as parsed if its tree has neither an error nor a token that the parser made up; Python files also
go through `is_rejected`, as in the pipeline. Where a compiler is not there, the table says so.

The oracles only parse: `ast.parse`, node's `vm` (as a CommonJS function, then as a module), javac's parser task, rustfmt's parser.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from codecorpus.parse import find_grammar, read_tree
from codecorpus.parse.python_ast import is_rejected

_NODE = """
const vm = require("vm"), fs = require("fs");
const strip = text => text.replace(/^\\ufeff/, "").replace(/^#!.*/, "");
for (const path of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const text = strip(fs.readFileSync(path, "utf8"));
  let ok = false;
  try { vm.compileFunction(text); ok = true; } catch (error) { ok = false; }
  if (!ok) try { new vm.SourceTextModule(text); ok = true; } catch (error) { ok = false; }
  console.log(ok ? 1 : 0);
}
"""

_JAVA = """
import com.sun.source.util.JavacTask;
import java.nio.file.*;
import java.util.*;
import javax.tools.*;

public class Oracle {
  public static void main(String[] arguments) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (String path : Files.readAllLines(Path.of(arguments[0]))) {
      DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
      StandardJavaFileManager files = compiler.getStandardFileManager(found, null, java.nio.charset.StandardCharsets.UTF_8);
      JavacTask task = (JavacTask) compiler.getTask(null, files, found, List.of(), null, files.getJavaFileObjects(path));
      task.parse();
      boolean ok = found.getDiagnostics().stream().noneMatch(d -> d.getKind() == Diagnostic.Kind.ERROR);
      System.out.println(ok ? 1 : 0);
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Oracle:
    """A compiler: the language that it judges, the program that it needs, and how it is asked about many files."""

    language: str
    extensions: tuple[str, ...]
    program: str | None
    judge: Callable[[list[Path]], list[bool]]


def judge_python(paths: list[Path]) -> list[bool]:
    return [_ast_accepts(path.read_bytes()) for path in paths]


def _ast_accepts(source: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def judge_javascript(paths: list[Path]) -> list[bool]:
    command = ["node", "--experimental-vm-modules", "--no-warnings", "-e", _NODE]
    return _verdicts(command, json.dumps([str(path) for path in paths]))


def judge_java(paths: list[Path]) -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        program, names = Path(folder, "Oracle.java"), Path(folder, "names")
        program.write_text(_JAVA)
        names.write_text("\n".join(map(str, paths)))
        return _verdicts(["java", str(program), str(names)], "")


def judge_rust(paths: list[Path]) -> list[bool]:
    with ThreadPoolExecutor(
        os.cpu_count()
    ) as pool:  # one process for each file: it takes one from standard input only
        return list(pool.map(_rustfmt_parses, paths))


def _rustfmt_parses(path: Path) -> bool:
    """2024 knows the most; what it made keywords of was a name before, in 2015 even `async` and `dyn`."""
    return any(not _rustfmt_errors(path, edition) for edition in ("2024", "2021", "2015"))


def _rustfmt_errors(path: Path, edition: str) -> list[str]:
    # From standard input, so that the modules that a file names are not looked for. `error[internal]` is about a layout that it could not
    # make, of a file that it did parse.
    command = ["rustfmt", "--edition", edition, "--emit", "stdout"]
    result = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=False)
    found = [line for line in result.stderr.decode(errors="replace").split("\n") if line.startswith("error")]
    errors = [line for line in found if not line.startswith("error[internal]")]
    if result.returncode not in (0, 1):
        return [*errors, f"exit status {result.returncode}"]
    return errors


def _verdicts(command: list[str], standard_input: str) -> list[bool]:
    result = subprocess.run(command, input=standard_input, capture_output=True, text=True, check=True)
    return [line == "1" for line in result.stdout.split()]


ORACLES = (
    Oracle("Python", (".py",), None, judge_python),
    Oracle("JavaScript", (".js", ".mjs", ".cjs"), "node", judge_javascript),
    Oracle("Java", (".java",), "javac", judge_java),
    Oracle("Rust", (".rs",), "rustfmt", judge_rust),
)


def parses(language: str, source: bytes) -> bool:
    """What the pipeline says: no error, nothing made up, and for Python also CPython's parser."""
    grammar = find_grammar(language)
    assert grammar is not None
    tree = read_tree(source, grammar)
    clean = not tree.errors.any() and not tree.missing.any()
    return clean and not (language == "Python" and is_rejected(source))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What both say of one file."""

    name: str
    theirs: bool
    ours: bool

    @property
    def same(self) -> bool:
        return self.theirs == self.ours

    def __str__(self) -> str:
        return f"{self.name}: the compiler {'accepts' if self.theirs else 'rejects'} it"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Verdicts on files as they are, and on mutants of those that the compiler accepts."""

    language: str
    files: tuple[Verdict, ...]
    mutants: tuple[Verdict, ...]

    def row(self) -> str:
        """One row of the table."""
        groups = (
            [one for one in self.files if one.theirs],
            self.mutants,
            [one for one in self.mutants if not one.theirs],
            [one for one in self.files if not one.theirs],
        )
        cells = [f"{len(group)} | {_share(sum(one.same for one in group), len(group))}" for group in groups]
        return f"| {self.language} | {' | '.join(cells)} |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def compare(oracle: Oracle, folder: Path, count: int) -> Agreement:
    """Judge files and mutants both ways."""
    paths = sample(folder, oracle.extensions, count)
    names = {path: str(path.relative_to(folder)) for path in paths}
    files = _both(oracle, names)
    with tempfile.TemporaryDirectory() as scratch:
        intact = [path for path, verdict in zip(paths, files, strict=True) if verdict.theirs]
        mutants = _both(oracle, {mutate(path, names[path], Path(scratch)): names[path] for path in intact})
    return Agreement(oracle.language, files, mutants)


def _both(oracle: Oracle, names: dict[Path, str]) -> tuple[Verdict, ...]:
    theirs = oracle.judge(list(names))
    return tuple(
        Verdict(name, verdict, parses(oracle.language, path.read_bytes()))
        for (path, name), verdict in zip(names.items(), theirs, strict=True)
    )


def sample(folder: Path, extensions: tuple[str, ...], count: int) -> list[Path]:
    """The first `count` files in the order of a hash of their path; text in UTF-8 only, and no empty ones."""
    found = sorted(_files(folder, extensions), key=lambda path: _number(str(path.relative_to(folder))))
    return found[:count]


def _files(folder: Path, extensions: tuple[str, ...]) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in extensions and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if content.strip() and len(content) < 1_000_000 and _is_text(content):
                yield path


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def mutate(path: Path, name: str, scratch: Path) -> Path:
    """The file without one of its characters, in `scratch`."""
    text = path.read_bytes().decode()
    places = [place for place, character in enumerate(text) if not character.isspace()]
    place = places[_number("mutant" + name) % len(places)]
    target = scratch / f"{_number(name):016x}{path.suffix}"
    target.write_bytes((text[:place] + text[place + 1 :]).encode())
    return target


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def main() -> None:
    """Print the table; on the other stream, files on which the two differ."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--files", type=int, default=600)
    arguments.add_argument("--differ", type=int, default=10, help="files to name on which they differ")
    options = arguments.parse_args()
    print(
        "| language | intact | agree | mutants | agree | of them rejected | agree | files rejected | agree |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for oracle in ORACLES:
        if oracle.program is not None and shutil.which(oracle.program) is None:
            print(f"| {oracle.language} | {oracle.program} is not on this machine |")
            continue
        found = compare(oracle, options.folder, options.files)
        print(found.row(), flush=True)
        for kind, verdicts in (("file", found.files), ("mutant", found.mutants)):
            for verdict in [one for one in verdicts if not one.same][: options.differ]:
                print(f"    {kind} {verdict}", file=sys.stderr)


if __name__ == "__main__":
    main()
