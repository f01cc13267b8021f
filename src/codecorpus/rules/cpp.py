"""Quality in C++, from the syntax tree: CC650 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("C++",)

CPP = (
    Rule(
        "CC650",
        "goto in C++",
        "The share of goto among the statements is above the limit.",
        "Generated parsers and state machines.",
        source="C++ Core Guidelines, ES.76; the limit is ours",
        limits=(Limit("max_cpp_goto_share", "c_goto_share", 0.2, languages=_LANGUAGES),),
    ),
    Rule(
        "CC651",
        "unbounded string functions in C++",
        "The share of calls that know no bound, such as strcpy and sprintf, is above the limit.",
        "A model learns overflows from them.",
        source="C++ Core Guidelines, SL.str.1, and SEI CERT C, rule STR31-C; the limit is ours",
        limits=(Limit("max_cpp_unbounded_call_share", "c_unbounded_call_share", 0.7, languages=_LANGUAGES),),
    ),
    Rule(
        "CC652",
        "raw memory",
        "The share of new, delete, malloc and free to statements is above the limit.",
        "Since C++11 there are owners for memory.",
        source="C++ Core Guidelines, R.11; the limit is ours",
        limits=(Limit("max_cpp_raw_memory_share", "cpp_raw_memory_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC653",
        "casts of C",
        "The share of casts as C writes them is above the limit.",
        "They hide what they do. Off by default: half of good code has them.",
        source="C++ Core Guidelines, ES.49",
        limits=(Limit("max_cpp_c_cast_share", "cpp_c_cast_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC654",
        "removed from the language",
        "The share of what C++17 removed, such as auto_ptr and throw(), is above the limit.",
        "The file does not compile any more.",
        source="ISO C++17, annex C; the limit is ours",
        limits=(Limit("max_cpp_outdated_share", "cpp_outdated_share", 0.3, languages=_LANGUAGES),),
    ),
    Rule(
        "CC655",
        "using namespace",
        "The share of `using namespace` to statements is above the limit.",
        "Files of directives and little else.",
        source="C++ Core Guidelines, SF.7; the limit is ours",
        limits=(
            Limit("max_cpp_using_namespace_share", "cpp_using_namespace_share", 0.3, languages=_LANGUAGES),
        ),
    ),
    Rule(
        "CC656",
        "NULL",
        "The share of the macro NULL among null pointers written out is above the limit.",
        "The language before 2011; marked, not dropped.",
        source="C++ Core Guidelines, ES.47; the limit is ours",
        limits=(Limit("max_cpp_null_macro_share", "cpp_null_macro_share", 0.9, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC657",
        "preprocessor in C++",
        "The share of lines that are preprocessor directives is above the limit.",
        "Tables of constants, and code written by macros.",
        source="OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py, which has 0.8",
        limits=(Limit("max_cpp_preprocessor_share", "preprocessor_share", 0.9, languages=_LANGUAGES),),
    ),
    Rule(
        "CC658",
        "disabled code in C++",
        "The share of `#if 0` to statements is above the limit.",
        "Dead code kept in the file.",
        source="ours, because one block is a note, many are an archive",
        limits=(Limit("max_cpp_disabled_share", "c_disabled_share", 0.2, languages=_LANGUAGES),),
    ),
    Rule(
        "CC659",
        "cases in C++",
        "The share of cases of switches among the statements is above the limit.",
        "Generated decoders and tables of names.",
        source="ours, because hand-written code stays below a third",
        limits=(Limit("max_cpp_case_share", "c_case_share", 0.85, languages=_LANGUAGES),),
    ),
    Rule(
        "CC660",
        "templates",
        "The share of templates among the statements is above the limit.",
        "Libraries of templates for templates; off by default.",
        source="ours, because a corpus of applications may want it",
        limits=(Limit("max_cpp_template_share", "cpp_template_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC661",
        "macros for functions in C++",
        "The share of macros with parameters among these and functions is above the limit.",
        "Off by default, because they are part of many projects.",
        source="C++ Core Guidelines, ES.31",
        limits=(Limit("max_cpp_macro_function_share", "c_macro_function_share", None, languages=_LANGUAGES),),
    ),
)
