"""Does "it parses" mean what the language's own compiler means by it? Agreement on intact files and on files with one character dropped.

    python benchmarks/oracle.py FOLDER [--files 600] [--differ 10]

For each language whose compiler is on this machine: files of FOLDER that the compiler accepts (*intact*), and the same files each with one
character that is not white space dropped, at a place chosen by a hash of the path (*mutants*). A file counts as parsed if its tree has
neither an error nor a token that the parser made up; Python files also go through `ast`, as in the pipeline. What a compiler is not there
for is left out, and said.

The oracles only parse: `ast.parse`, node's `vm` (as a CommonJS function, then as a module), javac's parser task, rustfmt.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codecorpus.parse import find_grammar, read_tree

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
    return [any(_rustfmt_accepts(path, edition) for edition in ("2021", "2015")) for path in paths]


def _rustfmt_accepts(path: Path, edition: str) -> bool:
    # From standard input, so that the modules that a file names are not looked for.
    command = ["rustfmt", "--edition", edition, "--emit", "stdout"]
    return subprocess.run(command, input=path.read_bytes(), capture_output=True, check=False).returncode == 0


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
    """What the pipeline says: no error, nothing made up, and for Python also `ast`."""
    grammar = find_grammar(language)
    assert grammar is not None
    tree = read_tree(source, grammar)
    clean = not tree.errors.any() and not tree.missing.any()
    return clean and (language != "Python" or _ast_accepts(source))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often both say the same: of files that the compiler accepts, and of mutants; and which files they differ on."""

    language: str
    intact: int
    intact_same: int
    mutants: int
    mutants_same: int
    mutants_accepted: int
    rejected: int
    rejected_same: int
    differ: tuple[str, ...]

    def row(self) -> str:
        """One row of the table."""
        return (
            f"| {self.language} | {self.intact} | {_share(self.intact_same, self.intact)} "
            f"| {self.mutants} | {self.mutants_accepted} | {_share(self.mutants_same, self.mutants)} "
            f"| {self.rejected} | {_share(self.rejected_same, self.rejected)} |"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def compare(oracle: Oracle, folder: Path, count: int) -> Agreement:
    """Judge files and mutants both ways."""
    paths = sample(folder, oracle.extensions, count)
    accepted = oracle.judge(paths)
    ours = [parses(oracle.language, path.read_bytes()) for path in paths]
    intact = [path for path, ok in zip(paths, accepted, strict=True) if ok]
    differ = [
        f"{path.relative_to(folder)}: compiler {'accepts' if theirs else 'rejects'}"
        for path, theirs, mine in zip(paths, accepted, ours, strict=True)
        if theirs != mine
    ]
    with tempfile.TemporaryDirectory() as scratch:
        broken = [mutate(path, folder, Path(scratch)) for path in intact]
        theirs = oracle.judge(broken)
        mine = [parses(oracle.language, path.read_bytes()) for path in broken]
    return Agreement(
        oracle.language,
        len(intact),
        sum(mine for mine, ok in zip(ours, accepted, strict=True) if ok),
        len(broken),
        sum(a == b for a, b in zip(theirs, mine, strict=True)),
        sum(theirs),
        len(paths) - len(intact),
        sum(not mine for mine, ok in zip(ours, accepted, strict=True) if not ok),
        tuple(differ),
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


def mutate(path: Path, folder: Path, scratch: Path) -> Path:
    """The file without one of its characters, in `scratch`."""
    text = path.read_bytes().decode()
    name = str(path.relative_to(folder))
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
    print("| language | intact | agree | mutants | of them accepted | agree | rejected files | agree |")
    print("|---|---|---|---|---|---|---|---|")
    for oracle in ORACLES:
        if oracle.program is not None and shutil.which(oracle.program) is None:
            print(f"| {oracle.language} | {oracle.program} is not on this machine |")
            continue
        found = compare(oracle, options.folder, options.files)
        print(found.row(), flush=True)
        for line in found.differ[: options.differ]:
            print(f"    {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
