"""Write the generated pages: rules, commands and the Python API, and the tables of options, measures and columns in other pages.

The tables are in `docs/configuration.md`, `docs/formats.md`, `docs/tokenizers.md` and `docs/packing.md`; commands and API are made by
`docs/reference.py`.

    python docs/generate.py            # write what is stale
    python docs/generate.py --check    # only say what is stale; exit code 1 if anything is

`tests/test_docs.py` calls `pages()`, so a page cannot be stale in a checked commit.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from codecorpus.config import option_rows
from codecorpus.document import MEASURES
from codecorpus.fim.sentinels import FAMILIES
from codecorpus.rules import RULES, Rule
from codecorpus.tokenize.comparison_rows import MEANINGS

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))
import reference  # noqa: E402 - a file beside this one, which is no package

_STAGES = {
    "0": "Reading",
    "1": "Language and parsing",
    "2": "Quality",
    "3": "Licences, secrets and personal data",
    "4": "Duplicates",
    "5": "Benchmarks",
    "6": "Single languages",
    "7": "Packing",
}


def pages() -> dict[Path, str]:
    """Every page with generated content, as it should be: path → text."""
    configuration, formats, tokenizers, packing = (
        DOCS / name for name in ("configuration.md", "formats.md", "tokenizers.md", "packing.md")
    )
    return {
        DOCS / "commands.md": reference.commands_page(),
        **{DOCS / name: text for name, text in reference.api_pages().items()},
        DOCS / "rules.md": rules_page(RULES.values()),
        configuration: with_generated(configuration, "options", options_table()),
        formats: with_generated(formats, "measures", measures_table()),
        tokenizers: with_generated(tokenizers, "comparison", comparison_table()),
        packing: with_generated(packing, "families", families_table()),
    }


def rules_page(rules: Iterable[Rule]) -> str:
    """`docs/rules.md`: every rule by stage."""
    lines = [
        "# Rules",
        "",
        "Generated from `src/codecorpus/rules/` by `make docs`; do not edit here.",
        "",
        "`codecorpus rule CODE` prints one of these; `cc.RULES[code]` is the same in Python. How often each decided in a run is",
        "in its report and in `manifest.json`; which documents it decided on, in `codecorpus sample RUN --dropped-by CODE`.",
    ]
    defaults = {key: default for key, default, *_ in option_rows()}
    for digit, group in groupby(rules, key=lambda rule: rule.code[2]):
        lines += ["", f"## {_STAGES.get(digit, 'Other')}"]
        for rule in group:
            lines += ["", f"### {rule.code} {rule.name}", "", f"{rule.meaning} {rule.reason}", ""]
            for key in rule.options:
                lines.append(f"- set by `{key}`{_default(key, defaults)}")
            lines.append(f"- source: {rule.source}")
    return "\n".join(lines) + "\n"


def _default(option: str, defaults: dict[str, Any]) -> str:
    return f", default `{shown(defaults[option])}`" if option in defaults else ""


def with_generated(page: Path, name: str, table: str) -> str:
    """The text of a page with the table between its two markers written anew."""
    begin, end = f"<!-- generated:{name} -->", f"<!-- end of generated:{name} -->"
    head, found, rest = page.read_text().partition(begin)
    if not found:
        raise SystemExit(f"docs/{page.name} has no line {begin}")
    _, closed, tail = rest.partition(end)
    return f"{head}{begin}\n{table}\n{end}{tail if closed else rest}"


def measures_table() -> str:
    """Every measure, in its order, and what it counts."""
    rows = [
        f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |" for name, (_, meaning) in MEASURES.items()
    ]
    return "\n".join(["", "| measure | meaning |", "|---|---|", *rows, ""])


def comparison_table() -> str:
    """Every column of a comparison of tokenizers, in its order."""
    rows = [f"| `{column}` | {meaning} |" for column, (_, meaning) in MEANINGS.items()]
    return "\n".join(["", "| column | meaning |", "|---|---|", *rows, ""])


def families_table() -> str:
    """Every model family: its control tokens, layouts, and where they were read."""
    rows = []
    for row in FAMILIES.values():
        path = row.file or row.path_start
        cells = (
            f"`{row.name}`",
            " ".join(f"`{token}`" for token in (row.prefix, row.suffix, row.middle)),
            f"`{row.middle_end}`",
            ", ".join(f"`{name}`" for name in row.layouts),
            " ".join(f"`{token}`" for token in (row.repo, path) if token) or "not known",
            "" if row.checked else "in part recalled",
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    head = "| family | prefix, suffix, middle | after a middle | layouts | before a repository, a path | source |"
    return "\n".join(["", head, "|---|---|---|---|---|---|", *rows, ""])


def options_table() -> str:
    """Every key of the configuration: one table of Markdown for each table of TOML."""
    blocks = []
    for table, rows in groupby(option_rows(), key=lambda row: row[0].rpartition(".")[0]):
        block = [
            f"\n### `[{table}]`" if table else "\n### Top level",
            "",
            "| key | default | type | meaning |",
        ]
        block.append("|---|---|---|---|")
        for key, default, kind, description in rows:
            cells = (f"`{key}`", f"`{shown(default)}`", plain_type(kind), description)
            block.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        blocks.append("\n".join(block))
    return "\n".join(blocks) + "\n"


def shown(value: Any) -> str:
    """A default as `--set` takes it; `off` where there is none, which `false` sets."""
    return "off" if value is None else json.dumps(value, default=list)


def plain_type(kind: str) -> str:
    """A type as a reader of TOML knows it.

    >>> plain_type("Optional[Literal['a', 'b']]")
    '"a", "b", or off'
    >>> plain_type("tuple[str, ...] | None")
    'list of text, or off'
    """
    optional = kind.removesuffix(" | None")
    if kind.startswith("Optional["):
        optional = kind[len("Optional[") : -1]
    inner = re.sub(r"tuple\[(.+), \.\.\.\]", r"list of \1", optional)
    if optional.startswith(("Mapping", "collections.abc.Mapping")):
        return "table"
    inner = re.sub(r"Literal\[(.+)\]", lambda found: found[1].replace("'", '"'), inner)
    for name, word in (
        ("str", "text"),
        ("int", "whole number"),
        ("float", "number"),
        ("bool", "true or false"),
    ):
        inner = re.sub(rf"\b{name}\b", word, inner)
    return inner if optional == kind else f"{inner}, or off"


def main(arguments: list[str]) -> int:
    """Write or check; the exit code is 1 where a checked page is stale."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages()[path])
        sys.stdout.write(
            f"{'stale' if '--check' in arguments else 'wrote'}: docs/{path.relative_to(DOCS).as_posix()}\n"
        )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
