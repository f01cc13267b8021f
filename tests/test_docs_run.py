"""Every block of code in README and docs runs as it stands, in the order of its page.

What cannot run on any machine is marked in the page, `<!-- not run: REASON -->` on the line before it, and counted here: a block that
is marked without need, or under a reason of its own, is noticed. Lines about the checkout (`make …`, `python benchmarks/…`, `pip install
…`) are not run but held to what there is: the target, the script and its options, the extra.
"""

import re
import shlex
import shutil
import tomllib
from collections import Counter

import pytest

from codecorpus.config import load_config
from conftest import importable
from docs_world import ROOT, extras, make_targets, make_world, read_blocks, run_command

GENERATED = {
    "docs/rules.md",
    "docs/commands.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("api*.md")),
}
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    if page.relative_to(ROOT).as_posix() not in GENERATED
]
BLOCKS = {page.relative_to(ROOT).as_posix(): read_blocks(page) for page in PAGES}
LANGUAGES = {"bash", "python", "toml", "yaml", "text"}

#: Reason → how many blocks are marked with it.
NOT_RUN = {
    "needs an object store; tests/test_build_store.py does the same with one": 4,
    "needs the extra magika": 1,
    "needs Kubernetes": 1,
    "needs Slurm": 2,
    "needs the trainer's own package; make conformance opens these files with it": 7,
}


def sessions(language):
    """Pages with a block to run in a language."""
    return [name for name in BLOCKS if to_run(name, language)]


def to_run(name, language):
    return [block.text for block in BLOCKS[name] if block.language == language and block.reason is None]


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Where the examples run, and a copy of it as it was: restored at the same path, the run in it is finished, and is not built again."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(make_world(folder / "place"), folder / "pristine")
    return folder


@pytest.fixture
def place(world, monkeypatch):
    """The world as it was, which is also the current folder."""
    folder = world / "place"
    shutil.rmtree(folder)
    shutil.copytree(world / "pristine", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", importable(ROOT / "src"))  # for workers, whose folder this is too
    return folder


def commands(text):
    """The lines of a block of shell: continued lines put together, comments gone, words split."""
    for line in text.replace("\\\n", " ").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


@pytest.mark.parametrize("name", sessions("bash"))
def test_commands_run(name, place):
    for text in to_run(name, "bash"):
        for words in commands(text):
            if words[0] == "codecorpus":
                run_command([re.sub(r"^~/", f"{place}/home/", word) for word in words[1:]], place)
            else:
                check_of_the_checkout(words)


def check_of_the_checkout(words):
    """A line about the checkout or the installation: what it names has to be there."""
    program, *rest = words
    named = [word for word in rest if not word.startswith("-")]
    if program == "make":
        assert {word for word in named if "=" not in word} <= make_targets(), words
    elif words[:2] == ["pip", "install"]:
        inside = [one for word in named for one in re.findall(r"codecorpus\[(\w[\w,-]*)\]", word)]
        assert set(",".join(inside).split(",")) - {""} <= extras(), words
    elif program == "jupyter":
        assert all((ROOT / word).exists() for word in named[1:]), words
    elif program == "python":
        script = (ROOT / named[0]).read_text(encoding="utf-8")
        assert [word for word in rest if word.startswith("--") and f'"{word}"' not in script] == [], words
    else:
        assert (ROOT / program).is_file(), f"{words}: neither a command of ours nor a file of the checkout"


@pytest.mark.parametrize("name", sessions("python"))
def test_python_runs(name, place):
    run_command("init --out my.toml", place)  # a page that shows both has made it by its commands
    names = {}
    for number, text in enumerate(to_run(name, "python")):
        code = compile(text.replace("/home/me/", f"{place}/home/"), f"{name}, Python block {number}", "exec")
        exec(code, names)  # noqa: S102 - the page is ours


@pytest.mark.parametrize("name", sessions("toml"))
def test_configuration_is_accepted(name, tmp_path):
    for text in to_run(name, "toml"):
        path = tmp_path / "some.toml"
        path.write_text(text, encoding="utf-8")
        config = load_config(path)
        for table, values in tomllib.loads(text).items():
            assert set(values) <= set(type(getattr(config, table)).model_fields)


@pytest.mark.parametrize("name", list(BLOCKS))
def test_every_block_says_what_it_is(name):
    """A block without a language would be run by nobody; pictures and output are `text`."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(BLOCKS[name]) * 2 == len(re.findall(r"(?m)^ *```", text)), (
        "a fence that is no block of its own"
    )
    assert {block.language for block in BLOCKS[name]} <= LANGUAGES
    code = [block.text for block in BLOCKS[name] if block.language == "text"]
    assert [one for one in code if re.search(r"(?m)^(\$ )?(codecorpus|make|import|python) ", one)] == []


def test_what_is_not_run_is_counted():
    found = Counter(block.reason for blocks in BLOCKS.values() for block in blocks if block.reason)
    assert dict(found) == NOT_RUN


def test_most_blocks_run():
    blocks = [block for each in BLOCKS.values() for block in each if block.language != "text"]
    assert len(blocks) > 70
    assert sum(block.reason is None for block in blocks) / len(blocks) > 0.8


def test_a_line_that_names_nothing_there_is_noticed():
    for line in (
        "make nothing",
        "pip install codecorpus[nothing]",
        "python benchmarks/parse.py --nothing",
        "gcc x.c",
    ):
        with pytest.raises((AssertionError, FileNotFoundError)):
            check_of_the_checkout(line.split())
