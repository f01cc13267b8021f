"""Documents inside documents: what is cut out, in which language, and what it adds to the measures of the document around it."""

from __future__ import annotations

import polars as pl
import pytest

from codecorpus.filters import measure
from codecorpus.parse import find_grammar, read_tree
from codecorpus.parse.embedded import embedded

PAGE = """<!doctype html>
<html><head>
<style>p { color: red }</style>
<style lang="scss">p { b { c: d } }</style>
<script>var a = 1;</script>
<script type="module">import b from "b";</script>
<script type="text/template"><p>{{ x }}</p></script>
<script type='application/ld+json'>{"c": 1}</script>
<script lang=ts>let d: number = 2</script>
<script src="e.js"></script>
</head><body><p>Text.</p></body></html>
"""
COMPONENT = """<template><p @click="go">{{ n }}</p></template>
<script setup lang="ts">
import { ref } from "vue";
const n = ref<number>(0);
function go(): void { if (n.value < 3) { n.value++; } }
</script>
<style scoped>p { color: blue }</style>
"""
PHP = """<html><body><?php foreach ($rows as $row): ?>
  <p><?= $row ?></p>
<?php endforeach; ?>
<script>function f() { return document.title; }</script>
<p>Enough of a page around the program.</p></body></html>
"""


def inside(language: str, text: str) -> list[tuple[str, str]]:
    grammar = find_grammar(language)
    assert grammar is not None
    return [
        (name, part.decode())
        for name, part in embedded(text.encode(), grammar, read_tree(text.encode(), grammar))
    ]


def measures_of(language: str, text: str) -> dict[str, float | None]:
    return measure(pl.DataFrame({"content": [text], "language": [language]}))["measures"][0]


def test_scripts_and_styles_of_a_page_are_cut_out_in_their_language():
    assert inside("HTML", PAGE) == [
        ("CSS", "p { color: red }"),
        ("JavaScript", "var a = 1;"),
        ("JavaScript", 'import b from "b";'),
        ("JSON", '{"c": 1}'),
        ("TypeScript", "let d: number = 2"),
    ]


def test_a_component_is_measured_with_its_script():
    measures = measures_of("Vue", COMPONENT)
    assert measures["function_count"] == 1
    assert measures["import_count"] == 1
    assert measures["branch_count"] == 1
    assert measures["error_count"] == 0
    assert measures["js_var_share"] == 0


def test_a_page_around_a_program_is_measured_with_its_script():
    assert inside("PHP", PHP)[0][0] == "HTML"
    measures = measures_of("PHP", PHP)
    assert measures["function_count"] == 1  # the one of the script
    assert measures["branch_count"] == 1  # the one of PHP


def test_a_program_with_hardly_a_page_around_it_holds_nothing():
    assert inside("PHP", "<?php echo 1; ?>\n<b>ok</b>\n") == []


def test_a_script_is_not_counted_as_text_of_the_page():
    with_script = measures_of("HTML", "<p>some words</p><script>var a = 'quite a long text'</script>")
    assert with_script["string_share"] == pytest.approx(
        len("'quite a long text'") / len("<p>some words</p><script>var a = 'quite a long text'</script>")
    )
    assert with_script["visible_text_length"] == len("some words")


@pytest.mark.parametrize(
    "text",
    [
        "<script>",
        "<script>var a",
        "<style>",
        "<script></script>",
        "<script> \n </script>",
        "</script>",
        "<script type=",
        "<script type='x' <script>a</script>",
    ],
)
def test_pages_that_are_cut_short_hold_what_can_be_read(text):
    assert all(part.strip() for _, part in inside("HTML", text))
    assert measures_of("HTML", text)["node_count"] >= 1


def test_other_languages_hold_nothing():
    assert inside("JavaScript", "const html = '<script>var a = 1</script>'") == []


def test_flow_is_read_with_its_types():
    text = "/**\n * @flow strict\n */\nimport type { A } from './a';\nexport function f(a: ?A, b: number): void {}\n"
    assert measures_of("JavaScript", text)["error_count"] == 0
    assert measures_of("JavaScript", text.replace("@flow", "flow"))["error_count"] > 0
