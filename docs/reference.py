"""The pages that are made from the code's own words: `commands.md` from the command line, `api.md` and `api/` from docstrings.

`docs/generate.py` writes them. A command or an option without help, or a public name without a docstring, ends with an error here, so
that none can go undocumented.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from pydantic import BaseModel

import codecorpus
from codecorpus.cli import cli

#: Public packages, in the order of the data's way.
PACKAGES = ("sources", "parse", "filters", "dedup", "tokenize", "fim", "formats")

_GENERATED = "by `make docs`; do not edit here."


# ---- commands --------------------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something: (name as it is typed, command)."""
    yield from _leaves(cli, "codecorpus")


def _leaves(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    for key, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _leaves(command, f"{name} {key}")
        else:
            yield f"{name} {key}", command


def commands_page() -> str:
    """`docs/commands.md`: every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        f"Generated from `src/codecorpus/cli/` {_GENERATED} `codecorpus COMMAND --help` prints the same.",
        "",
        "`--traceback`, anywhere, shows where an error came from; `-h` and `--help` explain a command; `codecorpus --version` names the",
        "version. stdout carries results, stderr progress.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | done, with an alarm, under `--strict` |",
        "| 2 | usage or configuration; all mistakes are listed at once |",
        "| 3 | bad or missing data, or a damaged run |",
        "| 4 | interrupted; the same command continues |",
    ]
    for name, command in commands():
        lines += ["", *_command(name, command)]
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command) -> list[str]:
    said = inspect.cleandoc(command.help or "")
    _demand(said, f"{name}: no help")
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    lines = [f"## {name}", "", *_prose(said), "", "```text", usage, "```"]
    rows = [row for param in command.params if (row := _option(name, param, context))]
    return lines + (["", "| option | meaning |", "|---|---|", *rows] if rows else [])


def _option(name: str, param: click.Parameter, context: click.Context) -> str:
    if not isinstance(param, click.Option) or param.hidden:
        return ""
    _demand(param.help, f"{name} {param.opts[0]}: no help")
    takes = "" if param.is_flag else f" {param.make_metavar(context)}"
    names = ", ".join(f"`{opt}{takes}`" for opt in (*param.opts, *param.secondary_opts))
    notes = ["needed"] if param.required else []
    default = param.get_default(context)
    # click has a sentinel of its own for "no default", which differs from release to release
    if isinstance(default, (str, int, float)) and not isinstance(default, bool) and not param.required:
        notes.append(f"default `{default}`")
    meaning = f"{param.help.rstrip('.')}{'; ' if notes else ''}{', '.join(notes)}."
    return f"| {_cell(names)} | {_cell(meaning)} |"


# ---- names -----------------------------------------------------------------------------------------------------------


def public_names(module: ModuleType) -> list[str]:
    """The public names of a package: its `__all__`."""
    return list(module.__all__)


def api_pages() -> dict[str, str]:
    """`docs/api.md` and one page for each public package: name of the file → text."""
    pages = {"api.md": _front_page()}
    for package in PACKAGES:
        module = getattr(codecorpus, package)
        lines = [
            f"# codecorpus.{package}",
            "",
            f"Generated from docstrings {_GENERATED}",
            "",
            *_prose(_docstring(module, package)),
        ]
        for name in public_names(module):
            lines += ["", *_entry(f"cc.{package}.{name}", getattr(module, name), package)]
        pages[f"api/{package}.md"] = "\n".join(lines) + "\n"
    return pages


def _front_page() -> str:
    lines = [
        "# Python API",
        "",
        f"Generated from docstrings {_GENERATED} `help()` on any of these says the same. Names that are in no",
        "`__init__` may move from one version to the next.",
        "",
        "```python",
        "import codecorpus as cc",
        "```",
        "",
        "| package | what goes in, what comes out |",
        "|---|---|",
    ]
    for package in PACKAGES:
        first = _docstring(getattr(codecorpus, package), package).partition("\n\n")[0].replace("\n", " ")
        lines.append(f"| [`cc.{package}`](api/{package}.md) | {_cell(first)} |")
    for name in codecorpus.__all__:
        if name not in PACKAGES:
            lines += ["", *_entry(f"cc.{name}", getattr(codecorpus, name), "")]
    return "\n".join(lines) + "\n"


def _entry(name: str, value: Any, package: str) -> list[str]:
    """One public name: heading, signature, docstring; of a class its public methods and properties too."""
    lines = [f"## {name}", ""]
    if not callable(value):
        return lines + _prose(constant_comment(name.rpartition(".")[2], package))
    kinds = value.__mro__ if inspect.isclass(value) else ()
    if BaseModel not in kinds and BaseException not in kinds:
        lines += ["```text", _signature(name, value), "```", ""]
    lines += _prose(_docstring(value, name))
    if BaseModel in kinds:
        page = "../configuration.md" if package else "configuration.md"
        lines += [
            "",
            f"Its fields are keys of the [configuration]({page}#every-key); it takes them by keyword, and is frozen.",
        ]
    if kinds:
        for member, kind, inner in members(value):
            shown = f"{value.__name__}.{member}"
            lines += ["", f"**`{shown if kind == 'property' else _signature(shown, inner)}`**", ""]
            lines += _prose(_docstring(inner, f"{name}.{member}"))
    return lines


def members(value: type) -> Iterator[tuple[str, str, Any]]:
    """Public methods and properties that a class of ours defines: (name, "method" or "property", what it is)."""
    for name, raw in vars(value).items():
        if name.startswith("_") or name in getattr(value, "model_fields", {}):
            continue
        if isinstance(raw, property):
            yield name, "property", raw.fget
        elif isinstance(raw, (staticmethod, classmethod)) or inspect.isfunction(raw):
            yield name, "method", getattr(value, name)


def constant_comment(name: str, package: str) -> str:
    """What the `#:` comment above a constant says of it.

    >>> constant_comment("FORMATS", "formats").partition(".")[0]
    'Every format by its name'
    """
    module = importlib.import_module(f"codecorpus.{package}" if package else "codecorpus")
    assert module.__file__ is not None
    for path in sorted(Path(module.__file__).parent.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.parse("\n".join(lines)).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                said = []
                for line in reversed(lines[: node.lineno - 1]):
                    if not line.startswith("#:"):
                        break
                    said.insert(0, line.removeprefix("#:").removeprefix(" "))
                if said:
                    return "\n".join(said)
    raise SystemExit(f"undocumented: {name} of codecorpus.{package}: write a `#:` comment above it")


def _signature(name: str, value: Any) -> str:
    try:
        text = str(inspect.signature(value))
    except (TypeError, ValueError):
        return name
    text = re.sub(r"\bcodecorpus(\.\w+)*\.(\w+)", r"\2", text)
    text = re.sub(r"\((self|cls)(, )?", "(", text)
    # annotations are strings here, and shown with quotes
    text = re.sub(
        r"(: |-> )(?:'([^']*)'|\"([^\"]*)\")", lambda found: found[1] + (found[2] or found[3]), text
    )
    # where a default is an object its repr may be a whole configuration
    text = re.sub(r" = (?:\w+\([^()]*\)|<[^<>]*>)", " = …", text)
    if len(name + text) <= 100:
        return name + text
    inside, _, gives = text[1:].rpartition(")")
    return "\n".join([f"{name}(", *(f"    {one}," for one in _split(inside)), f"){gives}"])


def _split(arguments: str) -> Iterator[str]:
    """Arguments of a signature, at commas outside of brackets."""
    depth, start = 0, 0
    for place, character in enumerate(arguments):
        depth += (character in "[(") - (character in ")]")
        if character == "," and depth == 0:
            yield arguments[start:place].strip()
            start = place + 1
    yield arguments[start:].strip()


def _docstring(value: Any, name: str) -> str:
    said = inspect.getdoc(value) or ""
    # a dataclass without a docstring gets its signature for one
    _demand(said and not said.startswith(f"{getattr(value, '__name__', '')}("), f"{name}: no docstring")
    return said


def _prose(said: str) -> list[str]:
    """A docstring as Markdown: sections become lists, examples become blocks."""
    lines: list[str] = []
    block = ""
    for line in said.splitlines():
        section = re.fullmatch(r"(Args|Attributes|Returns|Raises|Yields|Note|Example|Examples):", line)
        if line.lstrip().startswith((">>> ", "... ")) or (block == "example" and line.strip()):
            lines += [] if block == "example" else ["```pycon"]
            block = "example"
            lines.append(line.strip() if line.lstrip().startswith(">>> ") else line)
            continue
        if block == "example":
            lines.append("```")
            block = ""
        if section:
            lines += [f"**{'Arguments' if section[1] == 'Args' else section[1]}**", ""]
            block = section[1]
        elif block and line.startswith("    ") and not line.startswith("     "):
            lines.append(_item(line.strip(), block))
        else:
            block = block if line.startswith("    ") or not line.strip() else ""
            lines.append(line if block == "" else line.strip() and f"  {line.strip()}")
    return [*lines, *(["```"] if block == "example" else [])]


def _item(line: str, section: str) -> str:
    name, colon, meaning = line.partition(": ")
    if section in ("Args", "Attributes", "Raises") and colon and re.fullmatch(r"\*{0,2}[\w.]+", name):
        return f"- `{name}`: {meaning}"
    return line if section in ("Returns", "Yields", "Note") else f"- {line}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _demand(said: object, otherwise: str) -> None:
    if not said:
        raise SystemExit(f"undocumented: {otherwise}")
