import base64
import hashlib
import re

import pyarrow as pa
import pytest

import codecorpus as cc
from codecorpus.errors import StorageError
from codecorpus.report.comparison import comparison_html, token_views
from codecorpus.report.comparison_text import comparison_text
from codecorpus.tokenize import compare, train
from codecorpus.tokenize.comparison_snippets import Snippet
from test_report_page import HOSTILE, Page

LANGUAGES = ["Python", "Go", "Rust", "C", "Java", "Ruby", "Lua", "PHP"]


def corpus(languages=LANGUAGES, text=""):
    rows = [
        {
            "repo_name": f"{language}{number % 6}",
            "path": f"src/{number}.x",
            "language": language,
            "content": (text or f"def name_{number}(x):\n    return x + {number}\n\n") * (4 + number),
        }
        for language in languages
        for number in range(12)
    ]
    return pa.Table.from_pylist(rows)


@pytest.fixture(scope="module")
def tokenizers():
    table = corpus()
    sizes = {f"code of size {size}": train(table, vocab_size=size).encoder for size in (260, 280, 300)}
    return sizes | {"plain": train(table, vocab_size=300, mode="plain").encoder}


@pytest.fixture(scope="module")
def result(tokenizers):
    return compare(corpus(), tokenizers)


def test_the_page_closes_its_elements_and_leads_to_its_sections(result):
    page = Page(comparison_html(result))
    assert len(page.ids) == len(set(page.ids))
    targets = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert {target.removeprefix("#") for target in targets} <= set(page.ids)


def test_the_page_asks_nothing_of_a_network_and_runs_nothing(result):
    text = comparison_html(result)
    for tag, attributes in Page(text).elements:
        assert tag not in {"script", "iframe", "object", "embed", "link", "img", "form", "base"}
        assert not any(name.startswith("on") or name in {"src", "style", "action"} for name in attributes)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in text
    assert "url(" not in style


def test_every_language_and_tokenizer_has_a_bar_with_its_figure(result):
    text = comparison_html(result)
    for row in result.rows.iter_rows(named=True):
        assert f"{row['bytes_per_token']:.3f}" in text
    assert text.count('<svg class="bar"') == len(result.rows)
    assert "95 % interval" in text


def test_the_bytes_depend_on_the_result_alone(tokenizers, result):
    assert comparison_html(result) == comparison_html(result)
    again = compare(corpus(), tokenizers)
    without_speed = [re.sub(r"MB per CPU second</th>.*", "", comparison_html(one)) for one in (result, again)]
    assert without_speed[0] == without_speed[1]


def test_hostile_text_and_names_become_text_that_is_seen(tokenizers):
    table = corpus(["<script>", HOSTILE[:90]], HOSTILE)
    page = comparison_html(compare(table, {HOSTILE: tokenizers["plain"], "<b>": tokenizers["plain"]}))
    tags = {tag for tag, _ in Page(page).elements}
    assert not tags & {"script", "img", "b"}
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", page)
    assert '<span class="esc">\\x' in page


def test_the_page_stays_below_a_megabyte(tokenizers, monkeypatch):
    languages = [f"language {number}" for number in range(60)]
    many = {f"tokenizer {number}": tokenizers["code of size 260"] for number in range(24)}
    result = compare(corpus(languages, "\u202e\x1b\u2066" * 28 + "\n"), many, sample=20)
    assert len(comparison_html(result).encode()) < 1_000_000
    monkeypatch.setattr("codecorpus.report.comparison._MOST_BYTES", 300_000)
    page = comparison_html(result)
    assert len(page.encode()) <= 300_000
    Page(page)
    assert "do not fit on this page" in page
    assert "45 more languages" in page


def test_a_token_is_marked_where_the_first_tokenizer_has_none():
    tokens = ((b"ab", b" c\n", "é".encode()), (b"ab", b" ", b"c\n", b"\xc3", b"\xa9"))
    first, second = token_views(Snippet("x", "y", "ab c\né", tokens), ["one", "two"])
    assert (first.tokens, first.differing) == (3, 0)
    assert (second.tokens, second.differing) == (5, 4)
    assert str(second.markup) == (
        '<span class="t0">ab</span><span class="t1 d"> </span><span class="t2 d">c⏎\n</span>'
        '<span class="t3 d"><span class="esc">\\xc3</span></span><span class="t0 d"><span class="esc">\\xa9</span></span>'
    )


def test_snippets_show_every_byte_under_every_tokenizer(result):
    assert [snippet.language for snippet in result.snippets] == result.table()["language"].to_list()[:6]
    for snippet in result.snippets:
        assert all(b"".join(tokens).decode() == snippet.text for tokens in snippet.tokens)
        assert snippet.text.count("\n") <= 12


@pytest.mark.parametrize("count", range(1, 9))
def test_the_terminal_table_fits_80_columns(tokenizers, count):
    named = {f"tokenizer-{number}": tokenizers["code of size 260"] for number in range(count)}
    table = corpus(["Python", "A language with a very long name", "bad\x1b[31m\u202e"])
    text = comparison_text(compare(table, named, training=table))
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert all(name in text for name in named)


def test_the_terminal_table_names_few_tokenizers_in_its_head(tokenizers):
    lines = comparison_text(compare(corpus(["Go"]), {"ours": tokenizers["plain"]})).splitlines()
    assert lines[0].split() == ["ours"]
    assert any(re.fullmatch(r"  median file +\d+\.\d{3}", line) for line in lines)
    assert not any("ratio" in line for line in lines)


def test_nothing_to_compare_on_is_said(tokenizers):
    empty = compare(corpus()[:0], {"t": tokenizers["plain"]})
    assert "hold no text" in comparison_html(empty)
    assert "tokens" in comparison_text(empty)


def test_the_page_is_written_where_asked(result, tmp_path):
    text = cc.comparison_page(result, tmp_path / "new" / "page.html")
    assert (tmp_path / "new" / "page.html").read_text("utf-8") == text == cc.comparison_page(result)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"file/page\.html.*\n.*another file"):
        cc.comparison_page(result, tmp_path / "file" / "page.html")
