"""Quality in Java, from the syntax tree: CC626 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("Java",)

JAVA = (
    Rule(
        "CC626",
        "imports of packages",
        "The share of imports of whole packages is above the limit.",
        "Nobody can tell where a name comes from. Off by default: it is a matter of style.",
        source="Google Java Style Guide, 3.3.1",
        limits=(
            Limit("max_java_wildcard_import_share", "java_wildcard_import_share", None, languages=_LANGUAGES),
        ),
    ),
    Rule(
        "CC627",
        "empty handlers in Java",
        "The share of catch clauses without a statement is above the limit.",
        "Errors are swallowed.",
        source="Google Java Style Guide, 6.2; the limit is ours",
        limits=(Limit("max_java_empty_catch_share", "java_empty_catch_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC628",
        "broad handlers in Java",
        "The share of catch clauses for Exception or Throwable is above the limit.",
        "Errors that nobody expected are treated like those that were. Off by default: frameworks and tests have reasons.",
        source="Effective Java, item 77",
        limits=(Limit("max_java_broad_catch_share", "java_broad_catch_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC629",
        "printed stack traces",
        "The share of printStackTrace to catch clauses is above the limit.",
        "The wizard of an editor writes it; exercises keep it.",
        source="ours, because it marks code that was never finished",
        limits=(Limit("max_java_stack_trace_share", "java_stack_trace_share", 0.95, languages=_LANGUAGES),),
    ),
    Rule(
        "CC630",
        "exits",
        "The share of statements that end the virtual machine is above the limit.",
        "Exercises and throw-away tests.",
        source="ours, because a library never does it",
        limits=(Limit("max_java_exit_share", "java_exit_share", 0.2, languages=_LANGUAGES),),
    ),
    Rule(
        "CC631",
        "outdated types in Java",
        "The share of Vector, Hashtable, StringBuffer and their like among the types is above the limit.",
        "Replaced in Java 1.2 and 5: code of the nineties, applets included.",
        source="The Java API documentation, which names the replacement of each; the limit is ours",
        limits=(Limit("max_java_legacy_type_share", "java_legacy_type_share", 0.4, languages=_LANGUAGES),),
    ),
    Rule(
        "CC632",
        "casts in Java",
        "The share of casts to classes, to statements, is above the limit.",
        "Code before generics, or generated code.",
        source="ours, because hand-written code stays below a third",
        limits=(Limit("max_java_cast_share", "java_cast_share", 0.7, languages=_LANGUAGES),),
    ),
    Rule(
        "CC633",
        "tests of type",
        "The share of instanceof to statements is above the limit.",
        "Chains of type tests are generated visitors and equals methods.",
        source="ours, because hand-written code stays below a fifth",
        limits=(Limit("max_java_instanceof_share", "java_instanceof_share", 0.6, languages=_LANGUAGES),),
    ),
    Rule(
        "CC634",
        "return null",
        "The share of `return null` among the returns is above the limit.",
        "Stubs and adapters that do nothing.",
        source="ours, because half-filled interfaces return null everywhere",
        limits=(Limit("max_java_null_return_share", "java_null_return_share", 0.85, languages=_LANGUAGES),),
    ),
    Rule(
        "CC635",
        "fields alone",
        "The share of fields among the statements is above the limit.",
        "Lists of constants and records without behaviour; off by default, because they are honest files.",
        source="ours, because generated tables of constants have thousands",
        limits=(Limit("max_java_field_share", "java_field_share", None, languages=_LANGUAGES),),
    ),
)
