"""What a notebook shows of every public value: it is there, and a corpus cannot get markup, or what is unseen, into it."""

import html.parser
import inspect
from importlib import import_module

import polars as pl
import pyarrow as pa
import pytest

import codecorpus as cc
import naive_fim
from codecorpus.addresses import Access
from codecorpus.config import Config
from codecorpus.fragments import MOST_ROWS, cell, facts, paragraph, show_fields, summary, table
from codecorpus.run.estimate import Estimate, StageEstimate
from codecorpus.run.verify import Verification
from codecorpus.sources import Part
from conftest import write_repositories
from report_text import UNSEEN

PACKAGES = ("dedup", "filters", "fim", "formats", "parse", "sources", "tokenize")
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e<img src=x onerror=alert(1)>'\"&"

#: Names that are no classes of values: what a caller may bring himself, and what is raised.
NOT_SHOWN = {"codecorpus.tokenize.Encoder", "codecorpus.CodecorpusError"}


def public_classes():
    names = [("codecorpus", name) for name in cc.__all__ if name not in PACKAGES]
    names += [
        (f"codecorpus.{package}", name)
        for package in PACKAGES
        for name in import_module(f"codecorpus.{package}").__dict__.get("__all__")
        or import_module(f"codecorpus.{package}").__dict__
        if not name.startswith("_")
    ]
    for module, name in names:
        value = getattr(import_module(module), name)
        if inspect.isclass(value) and value.__module__.startswith("codecorpus"):
            yield f"{module}.{name}", value


class Inert(html.parser.HTMLParser):
    """Collects the tags, and fails on what could run, ask for something, or style the page around it."""

    allowed = {  # noqa: RUF012
        *("div", "p", "span", "pre", "code", "strong", "br"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary"),
        *("svg", "rect"),
    }

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        assert tag in self.allowed, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("href", "src", "srcset", "id"), name
            assert "url(" not in (value or ""), value
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in self.allowed, tag

    def handle_endtag(self, tag):
        if tag not in ("br", "rect"):
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def inert_text(markup):
    """The text of a fragment that is shown to be inert and whole."""
    parser = Inert()
    parser.feed(markup)
    parser.close()
    assert parser.open == []
    assert not UNSEEN.search(markup), UNSEEN.search(markup)
    return "".join(parser.text)


@pytest.mark.parametrize(
    "known", [pytest.param(value, id=name) for name, value in public_classes() if name not in NOT_SHOWN]
)
def test_every_public_class_shows_itself(known):
    assert callable(getattr(known, "_repr_html_", None))


def test_the_names_that_are_not_shown_are_there():
    assert set(dict(public_classes())) >= NOT_SHOWN


def hostile_table(count=4):
    body = "".join(f"value_{n} = compute({n}, limit={n})  # {HOSTILE}\n" for n in range(40))
    return pl.DataFrame(
        {
            "repo_name": [f"{HOSTILE}{n}" for n in range(count)],
            "path": [f"src/{HOSTILE}/{n}.py" for n in range(count)],
            "language": ["Python"] * count,
            "content": [body.replace("limit=3", f"limit={n}") for n in range(count)],
        }
    )


def filtered():
    return cc.filters.apply(hostile_table())


def packed():
    return cc.fim.pack(hostile_table(), encoder=naive_fim.ByteEncoder(), sequence_length=256)


def trained():
    return cc.tokenize.train(hostile_table(), vocab_size=300, special_tokens=[f"<|{HOSTILE}|>"])


def extended(tmp_path):
    trained().save(tmp_path)
    return cc.tokenize.extend(
        tmp_path, cc.tokenize.count_for(tmp_path, hostile_table()["content"].to_arrow()), add=5
    )


def estimate():
    stages = (StageEstimate(HOSTILE, 1.0, 2.0, 3_000_000),)
    return Estimate(10, 5, 2, 1, 20, 10, 1000, 3, 2, 1_000_000, 100, 50, stages, {})


VALUES = {
    "Config": lambda _: Config(),
    "FilterOptions": lambda _: cc.filters.FilterOptions(languages=(HOSTILE,), max_line_length=None),
    "RULES": lambda _: cc.RULES,
    "Rule": lambda _: cc.RULES["CC204"],
    "FilterResult": lambda _: filtered(),
    "DedupResult": lambda _: cc.dedup.near_duplicates(hostile_table()),
    "Duplicates": lambda _: cc.dedup.near_duplicates(hostile_table()).duplicates,
    "DecontaminationResult": lambda _: cc.dedup.decontaminate(hostile_table(), ["humaneval"]),
    "Packed": lambda _: packed(),
    "RowView": lambda _: packed().show(0),
    "SentinelIds": lambda _: packed().sentinels,
    "TrainedTokenizer": lambda _: trained(),
    "Bpe": lambda _: trained().bpe,
    "NativeEncoder": lambda _: trained().encoder,
    "ExtendedTokenizer": extended,
    "Counting": lambda _: cc.tokenize.Counting(mode="code"),
    "NgramIndex": lambda _: cc.dedup.index_benchmarks(["humaneval"]),
    "Estimate": lambda _: estimate(),
    "PretokenCounts": lambda _: cc.tokenize.count(hostile_table()),
    "TokenizerComparison": lambda _: cc.tokenize.compare(hostile_table(), {HOSTILE: trained().encoder}),
    "Part": lambda _: Part(
        "folder", f"/{HOSTILE}", HOSTILE, "key", "00", 1, access=Access(("KEY", "SECRETWORD"))
    ),
    "Facts": lambda _: cc.formats.Facts("uint16", 10, 4, end_id=0),
    "Verification": lambda _: Verification(3, 4, (f"{HOSTILE}: missing",)),
    "FlatTree": lambda _: cc.parse.read_tree(b"x = 1\n", cc.parse.find_grammar("Python")),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_is_shown_is_inert(name, tmp_path):
    text = inert_text(VALUES[name](tmp_path)._repr_html_())
    assert "SECRETWORD" not in text
    assert text.strip()


def test_names_of_a_corpus_are_shown_as_text():
    text = inert_text(cc.dedup.near_duplicates(hostile_table())._repr_html_())
    assert "<script>alert(1)</script>\\x1b[31m\\u202e" in text


def test_pairs_without_paths_are_shown_by_their_ids():
    table_of_ids = hostile_table().select("content", doc_id=pl.Series(["one", "two", "three", "four"]))
    text = inert_text(cc.dedup.near_duplicates(table_of_ids)._repr_html_())
    assert "one" in text


def test_a_corpus_shows_its_funnel_and_has_a_short_repr(tmp_path):
    folder = write_repositories(tmp_path / "repos")
    corpus = cc.build(
        folder,
        out=tmp_path / "run",
        settings={"tokenizer.vocab_size": 300, "sequence_length": 256},
        workers=1,
        progress=False,
    )
    assert "filter" in inert_text(corpus._repr_html_())
    assert repr(corpus).endswith(f"{corpus.documents(['path']).height} documents")
    assert "nothing is wrong" in inert_text(corpus.verify()._repr_html_())


def test_settings_that_were_moved_are_named():
    text = inert_text(cc.load_config("default", {"dedup.threshold": 0.85})._repr_html_())
    assert text.startswith("Config: 1 of ")
    assert "dedup.threshold0.850.7" in text


# ---- fragments ---------------------------------------------------------------------------------------------------------


def test_a_table_says_what_it_leaves_out():
    markup = table(["n"], [(n,) for n in range(MOST_ROWS + 7)])
    assert markup.count("<tr>") == MOST_ROWS + 1
    assert "7 more rows" in markup


def test_numbers_stand_to_the_right():
    assert table(["name", "files"], [("a", 1)]).count("text-align:right") == 2
    assert "text-align:right" not in table(["name"], [("a",)])


def test_long_text_loses_its_middle():
    shown = cell("a" * 500 + "end")
    assert len(shown) < 130
    assert shown.endswith("end")


def test_fields_that_a_class_hides_stay_hidden():
    assert "SECRETWORD" not in show_fields(Access(("KEY", "SECRETWORD")))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (pa.table({"a": [1, 2]}), "2 rows: a"),
        (pl.DataFrame({"a": [1], "b": [2]}), "1 rows: a, b"),
        ({"x": 1, "y": None}, "x: 1, y: –"),
        (len, "len"),
        (b"\x01", b"\x01"),
        ((), "none"),
    ],
)
def test_large_values_are_summed_up(value, shown):
    assert summary(value) == shown


def test_fragments_escape_everything():
    for markup in (
        paragraph(HOSTILE),
        facts([(HOSTILE, HOSTILE)], caption=HOSTILE),
        table([HOSTILE], [(HOSTILE,)]),
    ):
        assert HOSTILE.split("\x1b", 1)[0] in inert_text(markup)
