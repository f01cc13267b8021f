"""Quality in C, from the syntax tree: CC638 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("C",)

C = (
    Rule(
        "CC638",
        "goto in C",
        "The share of goto among the statements is above the limit.",
        "Generated parsers and decompiled code; tests of the kernel, with a label after each check, stay below.",
        source="ours, because hand-written code stays below a half",
        limits=(Limit("max_c_goto_share", "c_goto_share", 0.6, languages=_LANGUAGES),),
    ),
    Rule(
        "CC639",
        "unbounded string functions in C",
        "The share of calls that know no bound, such as strcpy and gets, is above the limit.",
        "A model learns overflows from them.",
        source="SEI CERT C, rules STR31-C and MSC24-C; the limit is ours",
        limits=(Limit("max_c_unbounded_call_share", "c_unbounded_call_share", 0.7, languages=_LANGUAGES),),
    ),
    Rule(
        "CC640",
        "functions before ANSI C",
        "The share of functions whose parameters are declared after the list is above the limit.",
        "The style of the eighties, which C23 no longer accepts.",
        source="ISO C23, which removed it; the limit is ours",
        limits=(Limit("max_c_old_style_share", "c_old_style_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC641",
        "macros for functions in C",
        "The share of macros with parameters among these and functions is above the limit.",
        "Headers of macros teach no C; off by default, because they are part of every C project.",
        source="ours, because code generation by macros reads like no other C",
        limits=(Limit("max_c_macro_function_share", "c_macro_function_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC642",
        "assembler",
        "The share of statements in assembler is above the limit.",
        "Not C.",
        source="ours, because drivers and kernels stay below a tenth",
        limits=(Limit("max_c_asm_share", "c_asm_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC643",
        "disabled code in C",
        "The share of `#if 0` to statements is above the limit.",
        "Dead code kept in the file.",
        source="ours, because one block is a note, many are an archive",
        limits=(Limit("max_c_disabled_share", "c_disabled_share", 0.2, languages=_LANGUAGES),),
    ),
    Rule(
        "CC644",
        "conditional code",
        "The share of `#if` and `#ifdef` to statements is above the limit.",
        "Files that are all configuration; off by default, for they are part of portable C.",
        source="ours, because no function can be read on its own in them",
        limits=(Limit("max_c_conditional_share", "c_conditional_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC645",
        "preprocessor in C",
        "The share of lines that are preprocessor directives is above the limit.",
        "Tables of constants and of registers.",
        source="OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py, which has 0.8",
        limits=(Limit("max_c_preprocessor_share", "preprocessor_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC646",
        "declarations of functions",
        "The share of functions declared without a body is above the limit.",
        "Header files; off by default, because a program needs them.",
        source="ours, because a corpus of bodies alone may want it",
        limits=(Limit("max_c_prototype_share", "c_prototype_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC647",
        "cases in C",
        "The share of cases of switches among the statements is above the limit.",
        "Generated decoders and tables of names.",
        source="ours, because hand-written code stays below a third",
        limits=(Limit("max_c_case_share", "c_case_share", 0.85, languages=_LANGUAGES),),
    ),
    Rule(
        "CC648",
        "register",
        "The share of variables declared register is above the limit.",
        "Compilers have not listened for decades; it marks code of the eighties.",
        source="ISO C++17, which removed it; the limit is ours",
        limits=(Limit("max_c_register_share", "c_register_share", 0.5, languages=_LANGUAGES),),
    ),
)
