"""The documentation does not lie about names, and leaves none out: links, rules, commands, options, keys, public names, generated pages.

That its examples run is for `test_docs_run.py`.
"""

import ast
import doctest
import fnmatch
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import click
import pyarrow as pa
import pytest

import codecorpus
from codecorpus.cli import cli
from codecorpus.config import option_rows
from codecorpus.document import (
    CLUSTERS,
    DECISIONS,
    DOCUMENTS,
    MEASURES,
    PAIRS,
    PART_FIELDS,
    REPOSITORIES,
    sequences_schema,
)
from codecorpus.rules import RULES
from codecorpus.sources import FOUND_LICENCES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
USER_PAGES = [page for page in PAGES if page.name not in {"design.md", "log.md", "CHANGELOG.md"}]
GENERATED = {DOCS / "rules.md", DOCS / "commands.md", DOCS / "api.md", *(DOCS / "api").glob("*.md")}
#: What a reader is led through; a command that only a generated page names is hardly found.
WRITTEN = [page for page in USER_PAGES if page not in GENERATED]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SET = re.compile(r"--set[ =]([a-z_]+(?:\.[a-z_]+)?)=")
_COMMAND = re.compile(r"(?m)^\s*(?:\$ )?codecorpus ([a-z-]+)(?: |$)")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def script(name):
    """A script of `docs/`, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generate():
    return script("generate")


@pytest.fixture(scope="module")
def reference(generate):
    return generate.reference


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


def test_every_command_is_shown_in_a_page_that_was_written(reference):
    text = "\n".join(page.read_text() for page in WRITTEN)
    for name, _ in reference.commands():
        assert name in text, f"{name} is in no page"


def test_every_option_is_in_its_command_s_section(reference):
    page = (DOCS / "commands.md").read_text()
    sections = dict(re.findall(r"(?ms)^## (codecorpus [a-z -]+)\n(.*?)(?=^## |\Z)", page))
    for name, command in reference.commands():
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert f"`{param.opts[0]}" in sections[name], f"{name} {param.opts[0]}"
            elif isinstance(param, click.Argument):
                metavar = (
                    param.make_metavar(click.Context(command)).strip("[].").partition("|")[0].rstrip(".")
                )
                assert metavar in sections[name], f"{name} {metavar}"


def test_every_key_has_a_meaning_in_the_page_of_keys():
    page = (DOCS / "configuration.md").read_text()
    for key, _, _, description in option_rows():
        assert description, key
        assert f"| `{key}` |" in page, key


def test_every_rule_says_what_why_and_where_from():
    for rule in RULES.values():
        assert all((rule.name, rule.meaning, rule.reason, rule.source)), rule.code


def test_every_public_name_is_shown_in_a_page_that_was_written():
    text = "\n".join(page.read_text() for page in WRITTEN)
    for name in codecorpus.__all__:
        assert re.search(rf"\bcc\.{name}\b", text), f"cc.{name} is in no page"


def test_every_public_name_of_a_package_is_in_the_reference(reference):
    assert {*reference.PACKAGES} == {
        name for name in codecorpus.__all__ if hasattr(getattr(codecorpus, name), "__path__")
    }
    for package in reference.PACKAGES:
        page = (DOCS / "api" / f"{package}.md").read_text()
        for name in getattr(codecorpus, package).__all__:
            assert f"## cc.{package}.{name}\n" in page, f"cc.{package}.{name}"


def test_what_is_undocumented_ends_the_making_of_the_reference(reference, monkeypatch):
    @click.command()
    @click.option("--new")
    def silent(new):
        pass

    monkeypatch.setattr(reference, "commands", lambda: [("codecorpus silent", silent)])
    with pytest.raises(SystemExit, match="codecorpus silent: no help"):
        reference.commands_page()
    silent.help = "Does nothing."
    with pytest.raises(SystemExit, match="codecorpus silent --new: no help"):
        reference.commands_page()

    class Quiet:
        """Says what it is."""

        def method(self):
            pass

    monkeypatch.setattr(codecorpus.formats, "write_format", lambda: None)
    with pytest.raises(SystemExit, match="write_format: no docstring"):
        reference.api_pages()
    monkeypatch.setattr(codecorpus.formats, "write_format", Quiet)
    with pytest.raises(SystemExit, match=r"write_format\.method: no docstring"):
        reference.api_pages()


SCHEMAS = {
    "documents": DOCUMENTS,
    "decisions": DECISIONS,
    "clusters": CLUSTERS,
    "pairs": PAIRS,
    "repositories": REPOSITORIES,
    "licences": FOUND_LICENCES,
    "sequences": sequences_schema(pa.uint16(), loss_mask=True),
}


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_column_is_documented_in_its_table_s_section(table):
    page = (DOCS / "formats.md").read_text()
    section = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", page))[table]
    assert [name for name in SCHEMAS[table].names if f"`{name}`" not in section] == []
    inner = {"documents": [*MEASURES], "sequences": PART_FIELDS.names}.get(table, [])
    assert [name for name in inner if f"`{name}`" not in section] == []


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


def test_no_two_rules_have_one_name():
    names = [rule.name for rule in RULES.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["generate", "reference", "site"])
def test_the_examples_in_the_scripts_are_right(name):
    assert doctest.testmod(script(name)).failed == 0


def test_the_menu_of_the_site_has_every_page_once():
    site = script("site")
    entries = [entry for pages in site.MENU.values() for entry in pages]
    pages = {page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md")} - {"index"}
    pages |= {name.removesuffix(".md") for name in site.ROOT_PAGES.values()}
    found = [page for entry in entries for page in sorted(pages) if fnmatch.fnmatch(page, entry)]
    assert sorted(found) == sorted(pages)
    assert [entry for entry in entries if not fnmatch.filter(pages, entry)] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    missing = [name for name in ("sphinx", "myst_parser", "furo") if not importlib.util.find_spec(name)]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (they are in the extra dev)")
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run([sys.executable, DOCS / "site.py", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def test_the_site_has_every_page_and_asks_no_other_server(site):
    assert (site / "index.html").is_file()
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).is_file()
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"([^\"]+)\"", text)
        loaded += re.findall(r"<link[^>]*\bhref=\"([^\"]+)\"", text)
        assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []


def test_a_broken_link_fails_the_site(tmp_path, monkeypatch):
    pytest.importorskip("sphinx")
    site = script("site")
    for name in ("index", "other"):
        (tmp_path / "docs" / f"{name}.md").parent.mkdir(exist_ok=True)
        (tmp_path / "docs" / f"{name}.md").write_text(f"# {name}\n\n[a](other.md#other) [b](index.md)\n")
    monkeypatch.setattr(site, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(site, "ROOT_PAGES", {})
    monkeypatch.setattr(site, "MENU", {"All": ("other",)})
    assert site.build(tmp_path / "right") == 0
    (tmp_path / "docs" / "other.md").write_text("# other\n\n[a](nowhere.md)\n")
    assert site.build(tmp_path / "wrong") == 1
    (tmp_path / "docs" / "other.md").write_text("# other\n\n[a](index.md#no-such-heading)\n")
    assert site.build(tmp_path / "worse") == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_figure_is_left_to_be_filled_in(page):
    assert not re.findall(r"@@\w+", page.read_text(encoding="utf-8"))
