"""Quality in C#, from the syntax tree: CC686 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("C#",)

CSHARP = (
    Rule(
        "CC686",
        "empty handlers in C#",
        "The share of catch clauses without a statement is above the limit.",
        "Errors are swallowed.",
        source="Roslyn, RCS1075; the limit is ours",
        limits=(Limit("max_cs_empty_catch_share", "cs_empty_catch_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC687",
        "broad handlers in C#",
        "The share of catch clauses for everything or for Exception is above the limit.",
        "Off by default: programs with a window catch everything, and have to.",
        source=".NET code analysis, CA1031",
        limits=(Limit("max_cs_broad_catch_share", "cs_broad_catch_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC688",
        "goto in C#",
        "The share of goto among the statements is above the limit.",
        "Decompiled code and generated state machines.",
        source="ours, because hand-written C# hardly knows it",
        limits=(Limit("max_cs_goto_share", "cs_goto_share", 0.1, languages=_LANGUAGES),),
    ),
    Rule(
        "CC689",
        "outdated types in C#",
        "The share of ArrayList, Hashtable, BinaryFormatter and their like to statements is above the limit.",
        "Replaced in .NET 2.0, or removed as unsafe.",
        source=".NET documentation, SYSLIB0011, and Non-generic collections should not be used; the limit is ours",
        limits=(Limit("max_cs_legacy_type_share", "cs_legacy_type_share", 0.4, languages=_LANGUAGES),),
    ),
    Rule(
        "CC690",
        "dynamic",
        "The share of `dynamic` to statements is above the limit.",
        "Types that say nothing.",
        source="ours, because wrappers of COM are made of it",
        limits=(Limit("max_cs_dynamic_share", "cs_dynamic_share", 0.4, languages=_LANGUAGES),),
    ),
    Rule(
        "CC691",
        "regions",
        "The share of #region to statements is above the limit.",
        "Folded away by the author; marked, not dropped.",
        source="StyleCop, SA1124; the limit is ours",
        limits=(Limit("max_cs_region_share", "cs_region_share", 0.2, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC692",
        "native methods",
        "The share of methods that stand for functions of another language is above the limit.",
        "Lists of declarations of the Windows interface.",
        source="ours, because such files have no body to learn from",
        limits=(Limit("max_cs_native_share", "cs_native_share", 0.35, languages=_LANGUAGES),),
    ),
    Rule(
        "CC693",
        "unsafe in C#",
        "The share of unsafe and fixed blocks and members to statements is above the limit.",
        "Bindings; off by default.",
        source="ours, because it marks C in C#",
        limits=(Limit("max_cs_unsafe_share", "cs_unsafe_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC694",
        "properties alone",
        "The share of properties among the statements is above the limit.",
        "Records of an API or a table, often generated; off by default, because every service has some.",
        source="ours, because generated models are made of them",
        limits=(Limit("max_cs_property_share", "cs_property_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC695",
        "pragmas",
        "The share of #pragma to statements is above the limit.",
        "Generated code silences the compiler.",
        source="ours, because generated interfaces do it on every member",
        limits=(Limit("max_cs_pragma_share", "cs_pragma_share", 0.35, languages=_LANGUAGES),),
    ),
    Rule(
        "CC696",
        "written by a form designer",
        "The share of functions that form designers write is above the limit.",
        "Generated: positions and colours of controls.",
        source="ours, because not every such file is named *.Designer.cs",
        limits=(Limit("max_cs_designer_share", "cs_designer_share", 0.45, languages=_LANGUAGES),),
    ),
)
