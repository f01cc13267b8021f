"""The report as a reader has it: in a Chromium without a window."""

import os
from contextlib import ExitStack

import pytest

from browser import browser, find_browser
from codecorpus.report import collect, render_html
from fake_run import usual_run
from test_report_page import hostile_run

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="no Chromium: install one, or name it in CODECORPUS_BROWSER"
)

#: What a reader sees of the entries that can be filtered: their first words.
SEEN = """[...document.querySelectorAll("[data-item]")].filter((one) => !one.closest("[hidden]"))
  .map((one) => (one.querySelector("summary") || one).textContent.trim().replace(/\\s+/g, " "))"""


def write_page(fake, folder):
    (folder / "report.html").write_text(render_html(collect(folder, fake.write(folder))), encoding="utf-8")
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty") / "empty.html"
    empty.write_text("<title>empty</title>", encoding="utf-8")
    with ExitStack() as held:
        try:
            opened = held.enter_context(browser())
            opened.open(empty)
        except (AssertionError, OSError) as error:
            if "BROWSER_REQUIRED" in os.environ:
                raise
            pytest.skip(f"the browser that is installed does not start here: {error}")
        yield opened


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return write_page(usual_run(), tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return write_page(hostile_run(), tmp_path_factory.mktemp("hostile"))


def choose(page, text="", language=""):
    """Type into the filter and choose a language, as a reader does."""
    page.evaluate('document.querySelector("#filter input").focus(), document.activeElement.select()')
    page.type(text) if text else page.press("Escape")
    page.evaluate(
        f'(() => {{ const choice = document.querySelector("#filter select"); choice.value = "{language}";'
        'choice.dispatchEvent(new Event("change")); })()'
    )
    return page.evaluate(SEEN)


def test_it_opens_without_an_error_and_asks_for_nothing(page, usual):
    page.open(usual)
    assert page.complaints == []
    assert page.requests == []
    assert page.evaluate("document.title") == "Corpus report"
    # The style sheet and the script are really in force: their hashes in the policy are right.
    assert page.evaluate('getComputedStyle(document.querySelector(".figures")).display') == "grid"
    assert page.evaluate('document.getElementById("filter").hidden') is False


def test_the_browser_would_tell_of_an_error_and_of_a_request(page, tmp_path):
    (tmp_path / "bad.html").write_text(
        "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">"
        "<script>console.error('said'); setTimeout(() => { throw new Error('thrown') })</script>"
        "<link rel=stylesheet href=x.css><img src=y.png>"
    )
    page.open(tmp_path / "bad.html")
    said = " ".join(page.complaints)
    assert "said" in said
    assert "thrown" in said
    assert "Content Security Policy" in said
    assert any(request.endswith("x.css") for request in page.requests)


def test_the_filter_shows_what_has_the_text_and_says_how_much_that_is(page, usual):
    page.open(usual)
    everything = page.evaluate(SEEN)
    found = choose(page, "close.js")
    assert 0 < len(found) < len(everything)
    assert any("CC201" in entry for entry in found), "the rule of the file"
    assert any("dist/close.js" in entry for entry in found), "the file"
    assert not any("dist/far.js" in entry for entry in found), "another file of the same rule"
    assert not any("CC402" in entry for entry in found), "another rule"
    said = page.evaluate('document.querySelector("#filter output").textContent')
    assert said == f"{len(found)} of {len(everything)} entries"
    assert choose(page) == everything


def test_sections_and_headings_without_anything_that_fits_are_hidden_as_long_as_the_filter_holds(page, usual):
    page.open(usual)
    heads = "[...document.querySelectorAll('main h2, main h3')].filter((one) => !one.closest('[hidden]')).map((one) => one.textContent)"
    before = page.evaluate(heads)
    choose(page, "close.js")
    assert page.evaluate(heads) == ["Rules", "Dropped"]
    choose(page, "no such text anywhere")
    assert page.evaluate(heads) == []
    choose(page)
    assert page.evaluate(heads) == before
    assert page.evaluate("document.querySelectorAll('main [hidden]').length") == 0


def test_the_name_of_a_rule_leads_to_all_its_samples(page, usual):
    page.open(usual)
    found = choose(page, "VERY long line")
    assert any("dist/far.js" in entry for entry in found)
    assert any("dist/close.js" in entry for entry in found)
    assert not any("CC204" in entry for entry in found)


def test_the_filter_by_language_leaves_samples_and_rows_of_that_language(page, usual):
    page.open(usual)
    assert page.evaluate('[...document.querySelectorAll("#filter option")].map((one) => one.value)') == [
        "",
        "Go",
        "JavaScript",
        "Python",
    ]
    found = choose(page, language="JavaScript")
    assert any("dist/close.js" in entry for entry in found)
    assert not any("src/add.py" in entry for entry in found)
    assert not any(entry.startswith(("Python", "CC402")) for entry in found)
    assert any(entry.startswith("Go") for entry in choose(page, language="Go"))


def test_nothing_fits_a_text_that_is_nowhere(page, usual):
    page.open(usual)
    assert choose(page, "no such text anywhere") == []


def test_all_opens_and_closes_with_one_button(page, usual):
    page.open(usual)
    closed = "[...document.querySelectorAll('main details')].filter((one) => !one.open).length"
    assert page.evaluate(closed) > 3
    page.evaluate('document.querySelector("#filter button").click()')
    assert page.evaluate(closed) == 0
    page.evaluate('document.querySelector("#filter button").click()')
    assert page.evaluate(closed) > 3


def test_it_can_be_read_without_scripts(page, usual):
    page.open(usual, scripts=False)
    assert page.complaints == []
    assert page.evaluate('document.getElementById("filter").hidden') is True, "no control that does nothing"
    assert page.evaluate('document.querySelectorAll("main [hidden]").length') == 0
    assert "var close = 1;" in page.evaluate("document.body.textContent")
    # The browser itself opens a rule.
    page.evaluate('document.querySelector("#rules ~ details summary").focus()')
    page.press("Enter")
    assert page.evaluate('document.querySelector("#rules ~ details").open') is True


def test_the_first_key_leads_past_the_head_and_every_control_shows_the_focus(page, usual):
    page.open(usual)
    page.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0, (
        "seen when it has the focus"
    )
    page.press("Enter")
    assert page.evaluate("location.hash") == "#funnel"
    focused = set()
    while True:
        page.press("Tab")
        tag = page.evaluate("document.activeElement.tagName")
        if tag == "BODY":
            break
        focused.add(tag)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"SUMMARY", "DIV"} <= focused


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, usual, scheme):
    page.open(usual)
    page.resize(1280, 900, scheme=scheme)
    contrast = """(() => {
      const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
        .map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
      const light = (colour) => parts(colour).reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
      const ground = (one) => { const own = getComputedStyle(one).backgroundColor;
        return own !== "rgba(0, 0, 0, 0)" || !one.parentElement ? own : ground(one.parentElement); };
      const bad = [];
      for (const one of document.querySelectorAll("body *")) {
        const speaks = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!speaks || one.closest("svg, script, option")) continue;
        const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort().reverse();
        if ((a + 0.05) / (b + 0.05) < 4.5) bad.push(one.outerHTML.slice(0, 100));
      }
      return bad; })()"""
    assert page.evaluate(contrast) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_is_as_wide_as_its_window(page, usual, hostile, width):
    for file in (usual, hostile):
        page.open(file, width=width)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_and_texts_stay_inert(page, hostile):
    page.open(hostile)
    page.evaluate("window.alert = () => { window.ran = true; }")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.settle()
    assert page.complaints == []
    assert page.requests == []
    assert page.evaluate("window.ran === undefined")
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.images.length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('a')].every((one) => one.getAttribute('href').startsWith('#'))"
    )
    found = choose(page, "<script>alert")
    assert found
    assert page.complaints == []


def test_a_script_that_came_with_a_sample_would_not_run(page, hostile, tmp_path):
    """If all escaping failed: the policy stands behind it."""
    broken = hostile.read_text(encoding="utf-8").replace(
        "<main>",
        "<main><script>window.ran = true</script><img src=x onerror='window.ran = true'><style>main { color: red }</style>",
    )
    (tmp_path / "broken.html").write_text(broken, encoding="utf-8")
    page.open(tmp_path / "broken.html")
    assert page.evaluate("window.ran === undefined")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).color") != "rgb(255, 0, 0)"
    assert any("Content Security Policy" in said for said in page.complaints)
