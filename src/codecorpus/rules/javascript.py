"""Quality in JavaScript and TypeScript, from the syntax tree: CC614 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("JavaScript", "TypeScript", "TSX")

JAVASCRIPT = (
    Rule(
        "CC614",
        "var",
        "The share of variables declared with `var` is above the limit.",
        "The language before 2015. Marked, not dropped: much of it is good code.",
        source="ours, because it tells the age of a file",
        limits=(Limit("max_js_var_share", "js_var_share", 0.9, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC615",
        "code from text",
        "The share of statements that run text as code, or write a page from a script, is above the limit.",
        "Packers, trackers and obfuscated code.",
        source="ours, because packed scripts are mostly this",
        limits=(Limit("max_js_eval_share", "js_eval_share", 0.15, languages=_LANGUAGES),),
    ),
    Rule(
        "CC616",
        "forbidden in strict mode",
        "The share of `with` and `arguments.callee` is above the limit.",
        "Modules and classes are strict: such code does not run in them.",
        source="ECMA-262, annex C; the limit is ours",
        limits=(Limit("max_js_with_share", "js_with_share", 0.1, languages=_LANGUAGES),),
    ),
    Rule(
        "CC617",
        "loose equality",
        "The share of `==` and `!=` among comparisons, but for those with null, is above the limit.",
        "It converts before it compares. Off by default: a third of older libraries is written so.",
        source="ESLint, rule eqeqeq",
        limits=(Limit("max_js_loose_equality_share", "js_loose_equality_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC618",
        "left from debugging",
        "The share of debugger statements and calls of alert is above the limit.",
        "Exercises and code that was never finished.",
        source="ESLint, rules no-debugger and no-alert; the limit is ours",
        limits=(Limit("max_js_debug_share", "js_debug_share", 0.25, languages=_LANGUAGES),),
    ),
    Rule(
        "CC619",
        "commas for semicolons",
        "The share of statements strung together by commas is above the limit.",
        "Minifiers and transpilers write so.",
        source="ours, because minified code that was formatted again has short lines",
        limits=(Limit("max_js_sequence_share", "js_sequence_share", 0.3, languages=_LANGUAGES),),
    ),
    Rule(
        "CC620",
        "literals of a minifier",
        "The share of `!0`, `!1` and `void 0` is above the limit.",
        "Minifiers write true, false and undefined so.",
        source="ours, because minified code that was formatted again has short lines",
        limits=(
            Limit(
                "max_js_minified_literal_share",
                "js_minified_literal_share",
                0.4,
                languages=_LANGUAGES,
                why="Some authors write `void 0` by hand.",
            ),
        ),
    ),
    Rule(
        "CC621",
        "helpers of a compiler",
        "The share of names that compilers and bundlers write is above the limit.",
        "The output of a compiler stands beside its source, which is the better text.",
        source="ours, because such files carry no mark of a generator",
        limits=(Limit("max_js_transpiled_share", "js_transpiled_share", 0.1, languages=_LANGUAGES),),
    ),
    Rule(
        "CC622",
        "empty handlers in JavaScript",
        "The share of catch clauses without a statement is above the limit.",
        "Errors are swallowed.",
        source="ESLint, rule no-empty; the limit is ours",
        limits=(Limit("max_js_empty_catch_share", "js_empty_catch_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC623",
        "any",
        "The share of `any` among the types is above the limit.",
        "Types that say nothing: declarations generated from JavaScript.",
        source="typescript-eslint, rule no-explicit-any; the limit is ours",
        limits=(Limit("max_ts_any_share", "ts_any_share", 0.85, languages=_LANGUAGES),),
    ),
)
