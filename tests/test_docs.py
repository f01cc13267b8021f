"""The documentation does not lie about names: links, rule codes, commands, keys and generated pages."""

import ast
import importlib.util
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import codecorpus
from codecorpus.cli import cli
from codecorpus.config import option_rows
from codecorpus.document import CLUSTERS, DECISIONS, DOCUMENTS, MEASURES
from codecorpus.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
USER_PAGES = [page for page in PAGES if page.name not in {"design.md", "log.md", "CHANGELOG.md"}]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SET = re.compile(r"--set[ =]([a-z_]+(?:\.[a-z_]+)?)=")
_COMMAND = re.compile(r"(?m)^\s*(?:\$ )?codecorpus ([a-z-]+)(?: |$)")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def anchors(page):
    """Anchors of a page's headings, as they are made on GitHub."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_files_lead_somewhere(page):
    for target in _LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{name_of(page)} links to {target}"
        assert not anchor or anchor in anchors(linked), f"{name_of(page)}: no heading for {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_rule_codes_exist(page):
    assert set(re.findall(r"\bCC\d{3}\b", page.read_text())) <= set(RULES)


def test_every_rule_is_documented():
    assert set(re.findall(r"(?m)^### (CC\d{3}) ", (ROOT / "docs" / "rules.md").read_text())) == set(RULES)


def test_generated_pages_are_fresh(generate):
    stale = [path.name for path, text in generate.pages().items() if path.read_text() != text]
    assert not stale, f"run `make docs` and commit {stale}"


@pytest.mark.parametrize("page", USER_PAGES, ids=name_of)
def test_keys_that_are_set_exist(page):
    keys = {row[0] for row in option_rows()}
    assert set(_SET.findall(page.read_text())) <= keys


@pytest.mark.parametrize("page", USER_PAGES, ids=name_of)
def test_commands_exist(page):
    blocks = re.findall(r"(?s)```(?:bash|console|sh)?\n(.*?)```", page.read_text())
    assert {name for block in blocks for name in _COMMAND.findall(block)} <= set(cli.commands)


def test_every_command_is_documented_and_has_help():
    text = "\n".join(page.read_text() for page in USER_PAGES)
    for name, command in cli.commands.items():
        assert command.help, name
        inner = list(command.commands) if isinstance(command, click.Group) else [""]
        for sub in inner:
            assert f"codecorpus {name} {sub}".strip() in text, f"codecorpus {name} {sub} is in no page"


def test_every_public_name_is_documented():
    text = "\n".join(page.read_text() for page in USER_PAGES)
    for name in codecorpus.__all__:
        assert re.search(rf"\bcc\.{name}\b", text), f"cc.{name} is in no page"


@pytest.mark.parametrize(
    "schema", [DOCUMENTS, DECISIONS, CLUSTERS], ids=["documents", "decisions", "clusters"]
)
def test_every_column_is_documented(schema):
    text = (ROOT / "docs" / "formats.md").read_text()
    assert [name for name in [*schema.names, *MEASURES] if f"`{name}`" not in text] == []


def python_blocks():
    for page in USER_PAGES:
        for number, block in enumerate(re.findall(r"(?s)```python\n(.*?)```", page.read_text())):
            yield pytest.param(block, id=f"{name_of(page)}-{number}")


@pytest.mark.parametrize("block", list(python_blocks()))
def test_python_examples_use_names_that_exist(block):
    """Every `cc.a.b` of an example can be looked up; what a call returns is not known here."""
    for node in ast.walk(ast.parse(block)):
        names = dotted(node)
        if names[:1] != ["cc"]:
            continue
        value = codecorpus
        for name in names[1:]:
            assert hasattr(value, name), f"there is no {'.'.join(names)}"
            value = getattr(value, name)


def dotted(node):
    """The names of `a.b.c`, or nothing for any other expression."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def quickstart(language, home):
    """The quick start's blocks in one language, one after the other, on the example repositories."""
    text = (ROOT / "docs" / "quickstart.md").read_text().replace(home, str(ROOT / "examples" / "repos"))
    return re.findall(rf"(?s)```{language}\n(.*?)```", text)


def test_the_quick_start_runs_in_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in quickstart("python", "/home/me/src"):
        exec(block, names)  # noqa: S102 - the page is ours
    assert names["result"].kept.height > 50
    assert names["corpus"].verify().ok


def test_the_quick_start_runs_as_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [line for block in quickstart("bash", "~/src") for line in block.splitlines()]
    for line in lines:
        words = line.replace("src/parser.py", "src/store.js").split()
        result = CliRunner().invoke(cli, words[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception}"


def test_no_two_rules_have_one_name():
    names = [rule.name for rule in RULES.values()]
    assert len(set(names)) == len(names)
