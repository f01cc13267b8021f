"""Quality in Python, from the syntax tree: CC601 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("Python",)

PYTHON = (
    Rule(
        "CC601",
        "Python 2",
        "Python's own parser rejects the file, and what only Python 2 has stands in it.",
        "Python 2 ended in 2020; a model that mixes the two writes neither.",
        source="ours, because tree-sitter accepts 71 of 75 files of Python 2 that `ast` rejects",
        limits=(Limit("max_python_2_count", "python_2_count", 0, languages=_LANGUAGES),),
    ),
    Rule(
        "CC602",
        "does not parse",
        "Python's own parser rejects the file.",
        "The file is broken, a template, or in another version of Python.",
        source="OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py: Python files have to parse",
        limits=(Limit("max_python_syntax_error", "python_syntax_error", 0, languages=_LANGUAGES),),
    ),
    Rule(
        "CC603",
        "wildcard imports",
        "The share of `from x import *` among the imports is above the limit.",
        "Nobody can tell where a name comes from, and neither can a model. Off by default: the index files of packages are made of them.",
        source="PEP 8, Imports; the limit is ours",
        limits=(
            Limit(
                "max_python_wildcard_import_share", "python_wildcard_import_share", None, languages=_LANGUAGES
            ),
        ),
    ),
    Rule(
        "CC604",
        "bare except",
        "The share of `except:` without a type among the handlers is above the limit.",
        "It hides every error, the programmer's own included.",
        source="PEP 8, Programming Recommendations; the limit is ours",
        limits=(
            Limit("max_python_bare_except_share", "python_bare_except_share", 0.9, languages=_LANGUAGES),
        ),
    ),
    Rule(
        "CC605",
        "eval and exec",
        "The share of statements that run text as code is above the limit.",
        "Such programs unpack themselves: obfuscated code and code golf.",
        source="ours, because packed and obfuscated scripts are mostly this",
        limits=(Limit("max_python_eval_share", "python_eval_share", 0.15, languages=_LANGUAGES),),
    ),
    Rule(
        "CC606",
        "global statements",
        "The share of global statements is above the limit.",
        "Scripts that pass everything through globals show how not to.",
        source="ours, because a statement in eight that asks for a global is a script that grew",
        limits=(Limit("max_python_global_share", "python_global_share", 0.12, languages=_LANGUAGES),),
    ),
    Rule(
        "CC607",
        "pass",
        "The share of `pass` among the statements is above the limit.",
        "Skeletons and exercises to fill in.",
        source="OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py, which has 0.05 of the lines and counts the letters `pass` anywhere",
        limits=(
            Limit(
                "max_pass_share",
                "pass_share",
                0.35,
                languages=_LANGUAGES,
                why="Abstract classes and exceptions reach a fifth.",
            ),
        ),
    ),
    Rule(
        "CC608",
        "mutable defaults",
        "Parameters with a list, dictionary or set as a default, to functions, are above the limit.",
        "The value is shared by all calls: one of the best known mistakes.",
        source="ours, because one slips in, many are a habit",
        limits=(
            Limit(
                "max_python_mutable_default_share", "python_mutable_default_share", 0.5, languages=_LANGUAGES
            ),
        ),
    ),
    Rule(
        "CC609",
        "removed modules",
        "The share of imports of modules that current Python no longer has is above the limit.",
        "The file does not run any more.",
        source="PEP 594 and PEP 632, and the names that 2to3 renames; the limit is ours",
        limits=(
            Limit(
                "max_python_removed_module_share",
                "python_removed_module_share",
                0.5,
                languages=_LANGUAGES,
                why="A fallback for an old version beside the new name is good practice.",
            ),
        ),
    ),
    Rule(
        "CC610",
        "loops over indices",
        "The share of loops over `range(len(x))` is above the limit.",
        "Written in Python, thought in another language. Off by default: numerical code has reasons.",
        source="ours, because it marks translated code",
        limits=(Limit("max_python_index_loop_share", "python_index_loop_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC611",
        "comparison with None",
        "The share of comparisons with None, True or False by `==` is above the limit.",
        "PEP 8 asks for `is`; arrays and query builders are the exception.",
        source="PEP 8, Programming Recommendations; the limit is ours",
        limits=(
            Limit(
                "max_python_none_comparison_share", "python_none_comparison_share", 0.75, languages=_LANGUAGES
            ),
        ),
    ),
    Rule(
        "CC612",
        "comparison of types",
        "The share of comparisons with a type by `==` is above the limit.",
        "It breaks with every subclass.",
        source="PEP 8, Programming Recommendations; the limit is ours",
        limits=(
            Limit(
                "max_python_type_comparison_share", "python_type_comparison_share", 0.7, languages=_LANGUAGES
            ),
        ),
    ),
    Rule(
        "CC613",
        "classes of object",
        "The share of classes that derive from `object` by name is above the limit.",
        "Needed in Python 2 only; marked, not dropped, for such code is still right.",
        source="ours, because it tells the age of a file",
        limits=(Limit("max_python_old_class_share", "python_old_class_share", 0.5, languages=_LANGUAGES),),
        action="flagged",
    ),
)
