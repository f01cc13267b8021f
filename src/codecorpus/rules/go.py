"""Quality in Go, from the syntax tree: CC662 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("Go",)

GO = (
    Rule(
        "CC662",
        "results thrown away",
        "The share of `_ =` among the statements is above the limit.",
        "Errors are swallowed, or unused names kept alive.",
        source="Effective Go, The blank identifier; the limit is ours",
        limits=(Limit("max_go_discard_share", "go_discard_share", 0.4, languages=_LANGUAGES),),
    ),
    Rule(
        "CC663",
        "panic",
        "The share of panic, log.Fatal and os.Exit among the statements is above the limit.",
        "Exercises and generators; libraries return errors.",
        source="Go Code Review Comments, Don't Panic; the limit is ours",
        limits=(Limit("max_go_panic_share", "go_panic_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC664",
        "empty interfaces",
        "The share of `interface{}` and `any` among the types is above the limit.",
        "Types that say nothing: wrappers of dynamic data.",
        source="ours, because hand-written code stays below a half",
        limits=(
            Limit("max_go_empty_interface_share", "go_empty_interface_share", 0.8, languages=_LANGUAGES),
        ),
    ),
    Rule(
        "CC665",
        "goto in Go",
        "The share of goto among the statements is above the limit.",
        "Generated parsers and machine-translated C.",
        source="ours, because hand-written Go hardly knows it",
        limits=(Limit("max_go_goto_share", "go_goto_share", 0.25, languages=_LANGUAGES),),
    ),
    Rule(
        "CC666",
        "checks of errors",
        "The share of `if err != nil` among the statements is above the limit.",
        "Glue that calls and checks, over and over.",
        source="ours, because hand-written code stays below 0.3, and a check with its return is two statements",
        limits=(Limit("max_go_error_check_share", "go_error_check_share", 0.35, languages=_LANGUAGES),),
    ),
    Rule(
        "CC667",
        "dot imports",
        "The share of imports into the file's own names is above the limit.",
        "Nobody can tell where a name comes from; marked, not dropped, for languages inside the language, such as avo and Gomega, are made for it.",
        source="Go Code Review Comments, Import Dot; the limit is ours",
        limits=(Limit("max_go_dot_import_share", "go_dot_import_share", 0.5, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC668",
        "unsafe in Go",
        "The share of uses of package unsafe to statements is above the limit.",
        "Bindings and tables of system calls.",
        source="ours, because the run-time library stays below it",
        limits=(Limit("max_go_unsafe_share", "go_unsafe_share", 0.8, languages=_LANGUAGES),),
    ),
    Rule(
        "CC669",
        "deprecated calls",
        "The share of calls of io/ioutil and rand.Seed is above the limit.",
        "Deprecated since Go 1.16 and 1.20; marked, not dropped.",
        source="The documentation of package io/ioutil; the limit is ours",
        limits=(Limit("max_go_outdated_share", "go_outdated_share", 0.3, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC670",
        "init functions",
        "The share of functions named init is above the limit.",
        "Registries: lists of what registers itself. Off by default.",
        source="ours, because they run before anybody calls them",
        limits=(Limit("max_go_init_share", "go_init_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC671",
        "fields with tags",
        "The share of fields with a tag is above the limit.",
        "Records of an API, often generated; off by default, because every service has some.",
        source="ours, because generated clients are made of them",
        limits=(Limit("max_go_tag_share", "go_tag_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC672",
        "constants in Go",
        "The share of constants to statements is above the limit.",
        "Tables of system calls and error numbers, generated per platform.",
        source="ours, because the lists of package syscall are thousands of lines of them",
        limits=(Limit("max_go_constant_share", "go_constant_share", 3.0, languages=_LANGUAGES),),
    ),
)
