import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import Markup

from codecorpus.document import MEASURES
from codecorpus.report import collect, html, render_html
from codecorpus.report.html import Budget
from codecorpus.report.times import StageTime
from codecorpus.rules import RULES
from fake_run import SPECIAL, FakeRun, packed, usual_run

HOSTILE = (
    "</pre></code><script>alert(1)</script><img src=x onerror=alert(1)>\n"
    "<a href='javascript:alert(1)'>x</a> {{ 7*7 }} {% raw %} &lt; ]]> --> \x1b[31mred\x1b[0m \u202egnp.exe\u2066 \ufeff\u200b\x00\r\x07\n"
)
VOID = {"meta", "br", "wbr", "img", "link", "input", "rect", "line", "circle"}


class Page(HTMLParser):
    """Every element with its attributes, in order; complains about tags that do not close."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts, self.ids = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.append(data)


def page_of(fake, out):
    text = render_html(collect(out, fake.write(out)))
    return text, Page(text)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return page_of(usual_run(), tmp_path_factory.mktemp("run"))


def hostile_run(repeat=1):
    """Everything that a dump can choose is hostile: names, text, what is decoded from tokens, alarms."""
    run = FakeRun()
    for index in range(4 * repeat):
        name = f"{HOSTILE * min(repeat, 8)}{index}"
        kept = run.keep(
            name,
            name + ".py",
            HOSTILE * repeat,
            language=HOSTILE[:60],
            licence=HOSTILE[:60],
            max_line_length=999,
        )
        run.drop("filter", name, name, "CC201", measured=1001.0, limit=1000.0, detail=HOSTILE)
        copy = run.drop(
            "dedup", name, "copy" + name, "CC402", measured=0.9, limit=0.7, other_id=kept, detail=HOSTILE
        )
        row = {"cluster_id": kept, "kind": "near"}
        run.clusters.append(row | {"doc_id": kept, "is_representative": True, "similarity": 1.0})
        run.clusters.append(row | {"doc_id": copy, "is_representative": False, "similarity": 0.9})
        run.store(copy, name, "copy" + name, (HOSTILE + str(index)) * repeat, language=HOSTILE[:60])
        run.alarms.append({"kind": "loss", "what": HOSTILE, "measured": 1.0, "limit": 0.95})
        run.copies.append(copy_row(f"{name}a", f"{name}b", copy=f"{name}b", folder=name))
        run.rows.append(
            packed((kept, [SPECIAL[1], HOSTILE * repeat, SPECIAL[3], HOSTILE, SPECIAL[2], "x", SPECIAL[0]]))
        )
    return run


def test_every_element_closes_and_ids_are_unique(usual):
    _, page = usual
    assert len(page.ids) == len(set(page.ids))
    assert page.elements[0][0] == "html"


def test_navigation_leads_to_sections_that_exist(usual):
    _, page = usual
    targets = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert len(targets) >= 9
    assert {target.removeprefix("#") for target in targets} <= set(page.ids)


def test_alarms_stand_before_the_funnel(usual):
    text, _ = usual
    assert 0 < text.index("gamma lost 2 of its 2 documents") < text.index('id="funnel"')


def scripts(text):
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def own_script():
    return (Path(html.__file__).parent / "templates" / "report.js").read_text()


def test_nothing_is_asked_of_a_network_and_nothing_runs_but_our_own_script(usual):
    text, page = usual
    assert scripts(text) == [own_script()]
    assert [attributes for tag, attributes in page.elements if tag == "script"] == [{}]
    for tag, attributes in page.elements:
        assert tag not in {"iframe", "object", "embed", "link", "img", "form", "base"}
        assert not any(
            name.startswith("on") or name in {"src", "style", "srcset", "action"} for name in attributes
        )
        assert attributes.get("href", "#").startswith("#")


def test_the_script_asks_nothing_and_makes_no_markup():
    forbidden = r"fetch|XMLHttp|WebSocket|import|eval|Function|innerHTML|insertAdjacent|document\.write|location|cookie|storage|open\("
    assert re.findall(forbidden, own_script(), re.IGNORECASE) == []


def hash_of(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_allows_the_one_style_sheet_and_the_one_script_and_nothing_else(usual):
    text, _ = usual
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = scripts(text)
    allowed = f"style-src '{hash_of(style)}'; script-src '{hash_of(script)}'"
    assert f"content=\"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'\"" in text
    assert "url(" not in style
    assert "@import" not in style


def test_charts_and_scrolling_parts_can_be_reached_and_have_names(usual):
    _, page = usual
    for tag, attributes in page.elements:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        # Samples are groups: hundreds of landmarks would hide those that lead somewhere.
        if attributes.get("role") in {"region", "group"}:
            assert attributes["tabindex"] == "0"
            assert attributes["aria-label"]


def test_what_a_reader_looks_for_is_there(usual):
    text, page = usual
    words = " ".join(page.texts)
    for wanted in (
        "very long line",
        "at most 1,000",
        "threshold 0.7",
        "0.8125",
        "qwen2.5-coder",
        "not transformed",
        "psm",
    ):
        assert wanted in words
    # paths may break after a slash
    assert "dist/<wbr>close.js" in text


def copy_row(repo_name, other_repo, **values):
    row = {
        "repo_name": repo_name,
        "documents": 20,
        "other_repo": other_repo,
        "shared": 19,
        "containment": 0.95,
    }
    return (
        row | {"reverse_containment": 0.2, "kind": "vendored", "copy": other_repo, "folder": "lib/x"} | values
    )


def test_duplicates_stand_by_level_in_documents_and_bytes(tmp_path):
    run = usual_run()
    run.drop("dedup", "gamma", "same.py", "CC403", measured=1.0, limit=1.0)
    run.drop(
        "dedup", "gamma", "patched.py", "CC405", measured=0.9, limit=0.8, detail="90 % of its 20 documents"
    )
    run.decisions["dedup"].add(run.documents[0]["doc_id"], "alpha", "src/add.py", "CC404", verdict="flagged")
    counts = {"documents_dropped": 1, "bytes_dropped": 12_000, "documents_flagged": 0, "bytes_flagged": 0}
    run.duplicates = {"near": counts, "code": counts | {"bytes_dropped": 7}}
    _, page = page_of(run, tmp_path)
    words = " ".join(" ".join(page.texts).split())
    assert "code CC403 same code 0 1 7 B 0 0 B" in words
    assert "near CC402 near-duplicate 1 1 12.0 kB 0 0 B" in words
    assert "structural CC404 structural duplicate 0 0 – 1 –" in words
    assert "repository CC405 copied repository – 1 – 0 –" in words
    assert "exact CC401 exact duplicate 0 0 – 0 –" in words, "looked for, and nothing found"
    assert words.index("code CC403") < words.index("near CC402 near-duplicate 1 1")


def test_copied_repositories_are_listed_with_the_place_of_the_copy(tmp_path):
    run = usual_run()
    run.copies = [copy_row("library", "app"), copy_row("fork", "good", kind="fork", copy="fork", folder=None)]
    _, page = page_of(run, tmp_path)
    words = " ".join(" ".join(page.texts).split())
    assert "library 20 19 95.0 % app 20.0 % vendored app/lib/ x" in words
    assert "fork 20 19 95.0 % good 20.0 % fork fork" in words
    run.copies = [copy_row(f"r{index:03}", "app") for index in range(100)]
    assert "70 more are in repositories/." in page_of(run, tmp_path / "many")[0]


def test_a_run_without_levels_and_copies_says_nothing_of_them(usual, tmp_path):
    text, _ = usual
    assert "Copied repositories" not in text
    assert '<td class="n">–</td>' in text, "an earlier version did not count bytes"
    none = FakeRun()
    none.keep("r", "a.py", "x = 1\n")
    assert "No duplicates were found." in page_of(none, tmp_path)[0]


def test_a_secret_is_shown_nowhere(usual):
    text, _ = usual
    assert "AKIAQ7Z2" not in text


def test_hostile_text_stays_text(tmp_path):
    text, page = page_of(hostile_run(), tmp_path)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert scripts(text) == [own_script()]
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert not any("javascript:" in str(attributes.get("href", "")) for _, attributes in page.elements)
    assert "49" not in re.findall(r"x</a> (\S+)", "".join(page.texts)), "a template ran"
    for hidden in "\x1b\u202e\u2066\ufeff\u200b\x00\x07":
        assert hidden not in text
    assert "\\u202e" in text
    assert "\\x1b[31m" in "".join(page.texts)


def test_the_page_of_a_huge_hostile_corpus_stays_under_a_megabyte(tmp_path):
    text, _ = page_of(hostile_run(repeat=60), tmp_path)
    assert len(text.encode()) < 1_000_000


def test_the_page_of_hostile_samples_of_every_rule_stays_under_a_megabyte(tmp_path):
    run = FakeRun()
    rules = [code for code, rule in RULES.items() if rule.limits]
    assert len(rules) > 100
    for index, measures in enumerate(dict.fromkeys(MEASURES, value) for value in range(1, 6)):
        run.keep(f"r{index}", f"{HOSTILE * 8}{index}.py", HOSTILE * 60, **measures)
    for code in rules:
        for index in range(5):
            path = f"{HOSTILE * 8}{code}{index}"
            doc_id = run.drop("filter", "r", path, code, measured=1.5, limit=1.0, detail=HOSTILE)
            run.store(doc_id, "r", path, HOSTILE * 12, language=f"{HOSTILE}{code}{index}")
    text, page = page_of(run, tmp_path)
    assert len(text.encode()) < 1_000_000
    words = " ".join(page.texts)
    assert "First lines" in text
    assert "Samples are left out" in words, "there were more than fit, and the page says so"
    assert all(code in words for code in rules), "every rule is listed"


def test_the_page_of_a_corpus_that_is_hostile_in_everything_stays_under_a_megabyte(tmp_path):
    run = hostile_run(repeat=10)
    rules = [code for code, rule in RULES.items() if rule.limits]
    for index in range(60):
        measures = {
            name: 1.0 * 2 ** (index % 30) if not name.endswith("_share") else index / 60 for name in MEASURES
        }
        run.keep(
            f"{index}{HOSTILE}",
            f"{HOSTILE * 8}{index}",
            HOSTILE * 60,
            language=f"{index}{HOSTILE}",
            **measures,
        )
    for code in rules:
        for index in range(5):
            path = f"{HOSTILE * 8}{code}{index}"
            doc_id = run.drop("filter", "r", path, code, measured=1.5, limit=1.0, detail=HOSTILE)
            run.store(doc_id, "r", path, HOSTILE * 12, language=f"{HOSTILE}{code}{index}")
    for index, measure in enumerate(MEASURES):
        for size in range(0, 40, 2):
            run.drop(
                "filter",
                "r",
                f"{measure}{size}",
                rules[index % 100],
                measured=size / 40,
                limit=1.0,
                detail=measure,
            )
    for index in range(60):
        run.drop("dedup", "r", f"{HOSTILE * 8}{index}", "CC501", measured=2.0, limit=1.0, detail=HOSTILE * 8)
    manifest = run.write(tmp_path) | {"contamination": contamination(f"{HOSTILE * 8}{n}" for n in range(90))}
    text = render_html(collect(tmp_path, manifest))
    assert len(text.encode()) < 1_000_000
    assert "left out, or this page would be larger" in text
    assert text.count('<svg class="histogram"') > 30


def test_what_is_paid_for_fits():
    budget = Budget(10)
    assert [budget.admits(Markup("x" * size)) for size in (6, 6, 4, 1)] == [True, False, True, False]
    assert budget.refused == 2


def test_where_many_rules_dropped_files_fewer_of_each_and_of_their_lines_are_shown(tmp_path):
    rules = [code for code, rule in RULES.items() if rule.limits]
    sizes = []
    for count, width in ((5, 30), (60, 50), (100, 60), (150, 60), (170, 130)):
        run = FakeRun()
        for code in rules[:count]:
            for index in range(5):
                doc_id = run.drop("filter", "r", f"{code}{index}.py", code, measured=1.5, limit=1.0)
                text = "".join(f"line_{n} = {'a' * width}\n" for n in range(40))
                run.store(doc_id, "r", f"{code}{index}.py", text)
        text, page = page_of(run, tmp_path / f"{count}-{width}")
        assert len(text.encode()) < 1_000_000
        assert "Samples are left out" not in " ".join(page.texts)
        lines = max(int(number) for number in re.findall(r"line_(\d+) =", text)) + 1
        sizes.append((text.count("line_0 =") // len(rules[:count]), lines))
    assert sizes == [(5, 30), (5, 14), (4, 8), (2, 8), (1, 6)]


def test_the_text_of_a_dropped_file_is_shown_and_that_of_a_duplicate_as_what_differs(usual):
    text, _ = usual
    assert "var close = 1;" in text
    assert '<span class="kept">−     return a + b</span>' in text
    assert '<span class="dropped">+     return b + a</span>' in text
    # Under its rule, and in its cluster.
    assert text.count("return b + a") == 2


def test_a_run_without_stored_samples_says_so(tmp_path):
    run = usual_run()
    run.samples = []
    text, _ = page_of(run, tmp_path)
    assert "This run has no text of dropped files." in text
    assert "var close" not in text


def test_times_are_on_the_page_only_where_they_are_asked_for(usual, tmp_path):
    data = collect(tmp_path, usual_run().write(tmp_path))
    times = (
        StageTime("read", 2, 3_000_000, 4.25, 3.5, 5_000_000),
        StageTime("dedup", 1, 0, 0.5, 0.25, 7_000_000),
    )
    words = " ".join(" ".join(Page(render_html(data, times=times)).texts).split())
    assert "read 2 3.0 MB 4.2 s 3.5 s 5.0 MB dedup 1 – 0.5 s 0.2 s 7.0 MB all 3 – 4.8 s 3.8 s 7.0 MB" in words
    assert "Time and memory by stage differ between equal runs" in usual[0]
    assert "CPU time" not in usual[0]


def test_every_rule_leads_to_the_histogram_of_its_measure(usual):
    text, page = usual
    assert '<a href="#measure-max_line_length">' in text
    assert "measure-max_line_length" in page.ids


def contamination(names):
    counts = {"problems": 9, "searched": 8, "found": 1, "documents": 1}
    return {"action": "drop", "idioms": 0, "benchmarks": [{"benchmark": name, **counts} for name in names]}


@pytest.mark.parametrize(
    ("name", "listed", "said"),
    [
        ("held.py", 40, "Those with the most of a problem in them; 5 more are in decisions/."),
        (
            HOSTILE * 8,
            None,
            "Those with the most of a problem in them, as far as this page stays under a megabyte; ",
        ),
    ],
)
def test_rows_of_benchmark_problems_that_are_not_listed_are_counted(tmp_path, name, listed, said):
    run = FakeRun()
    for index in range(45):
        run.drop("dedup", "r", f"{index}{name}", "CC501", measured=2.0, limit=1.0, detail=name)
    manifest = run.write(tmp_path) | {"contamination": contamination(f"benchmark {n}" for n in range(43))}
    page = render_html(collect(tmp_path, manifest))
    start = '<section aria-labelledby="benchmarks">'
    part = start + page.split(start)[1].split("</section>")[0] + "</section>"
    section = " ".join(" ".join(Page(part).texts).split())
    shown = part.count("<tr data-item>")
    assert shown == listed if listed else 0 < shown < 40
    assert said in section
    assert f"{45 - shown} more are in decisions/." in section
    assert "benchmark 29" in section
    assert "benchmark 30" not in section
    assert "13 more are in manifest.json." in section


def test_the_rows_of_benchmark_problems_stand_beside_clusters_that_fill_their_own_share(
    tmp_path, monkeypatch
):
    run = FakeRun()
    run.drop("dedup", "r", "held.py", "CC501", measured=2.0, limit=1.0, detail="humaneval 7")
    manifest = run.write(tmp_path) | {"contamination": contamination(["humaneval"])}
    monkeypatch.setattr(html, "_DUPLICATE_BYTES", 0)
    assert "humaneval 7" in render_html(collect(tmp_path, manifest))


def test_what_a_rule_says_has_code_as_code_and_no_backticks(tmp_path):
    assert all(f"{rule.meaning}{rule.reason}{rule.source}".count("`") % 2 == 0 for rule in RULES.values())
    run = FakeRun()
    run.drop("filter", "r", "a.html", "CC209", measured=0.1, limit=0.2)
    text, _ = page_of(run, tmp_path)
    assert "`detail` says which" in RULES["CC209"].meaning
    assert "<code>detail</code> says which" in text


@pytest.mark.parametrize(("least", "first"), [(0, "≤1"), (1, "1")])
def test_a_chart_of_counts_says_that_zeros_stand_in_the_bin_of_one(tmp_path, least, first):
    run = FakeRun()
    for index, count in enumerate((least, 1, 3, 90)):
        run.keep("r", f"{index}.py", "x\n", function_count=count)
    text, _ = page_of(run, tmp_path)
    chart = text.split('aria-label="Histogram: functions"')[1].split("</svg>")[0]
    assert re.findall(r"<text[^>]*>([^<]*)</text>", chart)[0] == first


def test_benchmark_problems_and_redactions_are_listed_without_their_text(tmp_path):
    run = usual_run()
    run.decisions["dedup"].stage = "contamination"
    run.decisions["dedup"].add(
        bytes(16),
        "gamma",
        "held.py",
        "CC501",
        measured=12.0,
        limit=1.0,
        detail="humaneval 7 prompt, lines 2-9",
    )
    run.edit(
        "alpha",
        "src/near.py",
        "CC312",
        "IP address: 2 at line 1 [0:4], line 2 [8:12]; e-mail address: 1 at line 9 [7:8]",
    )
    _, page = page_of(run, tmp_path)
    words = " ".join(" ".join(page.texts).split())
    assert "IP address CC312 personal data 2 1 replaced" in words
    assert "e-mail address CC312 personal data 1 1 replaced" in words
    assert "other CC311 secret 1 1 replaced" in words, "a detail that is none of ours is not repeated"
    manifest = run.write(tmp_path / "held") | {"contamination": contamination(["humaneval"])}
    words = " ".join(" ".join(Page(render_html(collect(tmp_path / "held", manifest))).texts).split())
    assert "gamma/ held.py humaneval 7 prompt, lines 2-9 12 1 dropped" in words


def test_bytes_per_token_stand_by_language_and_shares_by_layout_and_middle(usual):
    _, page = usual
    words = " ".join(" ".join(page.texts).split())
    # 6 bytes of near.py, which stand in two rows, and 32 of add.py; a token for each byte.
    assert "Python 2 38 B 44 0.86" in words
    assert "not transformed 1 50.0 % psm 1 50.0 %" in words
    assert "token 1 100.0 %" in words


def test_same_run_same_bytes_wherever_it_lies(tmp_path):
    one, two = (render_html(collect(out, usual_run().write(out))) for out in (tmp_path / "a", tmp_path / "b"))
    assert one == two
    assert str(tmp_path) not in one


def test_a_run_that_kept_nothing_has_a_page(tmp_path):
    fake = FakeRun()
    fake.drop("read", "r", "a.png", "CC004")
    text, page = page_of(fake, tmp_path)
    assert "No document was kept" in text
    assert "No sequences were written" in " ".join(page.texts)


def test_a_code_of_another_version_is_named_as_such(tmp_path):
    fake = FakeRun()
    fake.drop("filter", "r", "a.py", "CC999")
    text, _ = page_of(fake, tmp_path)
    assert "unknown rule" in text
