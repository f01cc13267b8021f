"""Quality, from the syntax tree of any language: CC206, CC207, CC212, CC240 and on."""

from __future__ import annotations

from codecorpus.rules.groups import LOOSE_GRAMMAR, PROSE
from codecorpus.rules.rule import STARCODER, Limit, Rule

_OPENCODER = (
    "OpenCoder (arXiv 2411.04905) and OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py"
)
_MCCABE = "McCabe 1976, A Complexity Measure; the limit is ours: it is reached by generated parsers and dispatchers, hardly by hand"


def _programs(
    key: str, measure: str, default: float | None, why: str = "", *more_exempt: str
) -> tuple[Limit, ...]:
    """One limit for programming languages."""
    return (Limit(key, measure, default, exempt=(*PROSE, *more_exempt), why=why),)


TREE = (
    Rule(
        "CC206",
        "few comments",
        "The share of comments and docstrings is below the limit. For programming languages only.",
        "Undocumented files taught StarCoder less; off in the default recipe, which keeps them.",
        source=STARCODER,
        limits=_programs("min_comment_share", "comment_share", None),
    ),
    Rule(
        "CC207",
        "mostly comments",
        "The share of comments and docstrings is above the limit. For programming languages only.",
        "Such files are licence texts, commented-out code or prose.",
        source=f"{STARCODER}, which has 0.8; ours is higher, because documented interfaces of Java and headers of C lie above 0.8",
        limits=_programs("max_comment_share", "comment_share", 0.95),
    ),
    Rule(
        "CC212",
        "parse errors",
        "The share of bytes that the grammar could not place is above the limit; what was parsed inside an error was placed.",
        "The file is broken, or not in the language its name says.",
        source="ours: measured by tree-sitter; exempt by default are C and C++, whose macros do not parse, and SQL and shells, which have a grammar per vendor",
        limits=(Limit("max_error_share", "error_share", 0.5, exempt=LOOSE_GRAMMAR),),
    ),
    Rule(
        "CC240",
        "no logic",
        "Nothing in the file forks, calls or defines a function, and it is longer than a few statements.",
        "Tables, constants and lists of names under a code extension teach no programming. Off by default: declarations, types and settings are honest files.",
        source=f"{_OPENCODER}, whose rule of this name draws a random number",
        limits=_programs("min_logic_count", "logic_count", None),
    ),
    Rule(
        "CC241",
        "any parse error",
        "The grammar could not place more stretches of the file than the limit.",
        "Seed-Coder drops every file that does not parse. Off by default, because grammars lag behind their languages.",
        source="Seed-Coder (arXiv 2506.03524), which drops files with syntax errors",
        limits=_programs("max_error_count", "error_count", None, "", *LOOSE_GRAMMAR),
    ),
    Rule(
        "CC242",
        "mostly imports",
        "The share of imports among the statements is above the limit.",
        "Such files hand names on and hold nothing of their own.",
        source=f"{_OPENCODER}, which counts lines",
        limits=_programs(
            "max_import_share",
            "import_share",
            None,
            "Off: an index of a package is short, and small files are judged by other rules.",
        ),
    ),
    Rule(
        "CC243",
        "mostly strings",
        "The share of bytes in string literals is above the limit.",
        "Such files are texts, templates or encoded data with a program around them.",
        source=f"{_OPENCODER}, which has 0.6",
        limits=_programs(
            "max_string_share", "string_share", 0.85, "Messages and fixtures below it are still programs."
        ),
    ),
    Rule(
        "CC244",
        "data table",
        "Tables of literals take more of the file than the limit.",
        "Numbers and names in rows are data; a model that predicts them learns nothing it can use.",
        source="ours, because the share of digits misses tables of strings and of hexadecimal numbers, and hits none of their rows",
        limits=_programs("max_data_share", "data_share", 0.9),
    ),
    Rule(
        "CC245",
        "mostly numbers",
        "The share of numbers among the tokens is above the limit.",
        "Such files are coefficients, glyphs, bytecode or test vectors.",
        source="ours, because OpenCoder's share of digits counts the digits of names and of hashes in comments",
        limits=_programs("max_number_share", "number_share", 0.4),
    ),
    Rule(
        "CC246",
        "commented-out code",
        "Lines of comments that read as code take more of the file than the limit.",
        "Dead code is unfinished thought, and a model that continues it writes comments.",
        source="ours: no published pipeline measures it",
        limits=_programs(
            "max_commented_code_share",
            "commented_code_share",
            0.4,
            "In Go, C for cgo and the expected output of examples stand in comments.",
            "Go",
        ),
    ),
    Rule(
        "CC247",
        "empty functions",
        "The share of functions without a comment and without a body of their own, stubs included, is above the limit.",
        "Skeletons show names without what they do.",
        source="ours, because OpenCoder counts the word `pass`, also inside `password`",
        limits=_programs(
            "max_empty_function_share",
            "empty_function_share",
            0.9,
            "Interfaces of C# and type stubs of Python have no bodies at all and are not counted; what is documented is an interface too.",
        ),
    ),
    Rule(
        "CC248",
        "accessors",
        "The share of getters and setters of one statement among the functions is above the limit.",
        "Such classes are written by a wizard, one like the other.",
        source="ours, because generators of beans and models write no marker",
        limits=_programs(
            "max_accessor_share",
            "accessor_share",
            None,
            "Off: most hits were documented models and containers of services.",
        ),
    ),
    Rule(
        "CC249",
        "very long function",
        "The longest function has more lines than the limit.",
        "A function of so many lines is generated, or a table in disguise, and fills a whole sequence with one context.",
        source="ours: the hundred longest of the corpus were read",
        limits=_programs(
            "max_function_lines",
            "max_function_lines",
            3000,
            "Compilers written by hand have functions of 2,900 lines; seven of the eighteen above 1,500 were such.",
        ),
    ),
    Rule(
        "CC250",
        "deep nesting",
        "More control structures stand inside one another than the limit.",
        "Nobody writes or reads such code; it is generated, decompiled or obfuscated.",
        source="ours: the deepest of the corpus were read",
        limits=_programs("max_nesting", "max_nesting", 20),
    ),
    Rule(
        "CC251",
        "complex function",
        "A function has more forks than the limit.",
        "Such functions are generated parsers, decoders and dispatchers.",
        source=_MCCABE,
        limits=_programs(
            "max_complexity",
            "max_complexity",
            800,
            "Compilers written by hand reach 757; four of the nine above 500 were such.",
        ),
    ),
    Rule(
        "CC252",
        "many parameters",
        "A function has more parameters than the limit.",
        "Such functions wrap a foreign interface or are generated.",
        source="ours: the longest lists of the corpus were read",
        limits=_programs("max_parameters", "max_parameters", 60),
    ),
    Rule(
        "CC253",
        "functions inside functions",
        "More functions stand inside one another than the limit.",
        "Callbacks so deep are minified bundles, or machine output.",
        source="ours: the deepest of the corpus were read",
        limits=_programs("max_function_nesting", "max_function_nesting", 25),
    ),
    Rule(
        "CC254",
        "deep tree",
        "The syntax tree is deeper than the limit.",
        "Chains of thousands of operators or brackets are encoded data or an attack on the parser.",
        source="ours, because expressions by hand stay below a hundred levels",
        limits=(Limit("max_tree_depth", "tree_depth", 500),),
    ),
    Rule(
        "CC255",
        "one-letter names",
        "The share of identifiers of one letter is above the limit.",
        "Minified and obfuscated code keeps its structure and loses its meaning.",
        source="ours, because minified code that was formatted again has short lines",
        limits=(
            Limit(
                "max_short_identifier_share",
                "short_identifier_share",
                0.75,
                languages=("JavaScript", "TypeScript", "TSX"),
                why="For other languages off: there, mathematics and ciphers reach nine tenths, and hardly anybody minifies.",
            ),
        ),
    ),
    Rule(
        "CC256",
        "very long names",
        "The mean length of identifiers is above the limit.",
        "Such names are mangled or generated.",
        source="ours: the longest of the corpus were read",
        limits=_programs(
            "max_mean_identifier_length",
            "mean_identifier_length",
            60,
            "The names of commands in Shell are paths and options.",
            "Shell",
        ),
    ),
    Rule(
        "CC257",
        "few different names",
        "The share of different identifiers among all is below the limit.",
        "The same few names over and over are tables and unrolled loops.",
        source="ours, because repeated lines that differ in a number are not repeated lines",
        limits=_programs(
            "min_distinct_identifier_share",
            "distinct_identifier_share",
            None,
            "Off: long honest files go down to 0.01 too.",
        ),
    ),
    Rule(
        "CC258",
        "mostly printing",
        "The share of statements that print is above the limit.",
        "Such scripts are exercises, menus and drawings.",
        source=f"{_OPENCODER}, which has 0.4 of the lines",
        limits=_programs("max_print_share", "print_share", 0.6, "", "Shell"),
    ),
    Rule(
        "CC259",
        "mostly assertions",
        "The share of assertions among the statements is above the limit.",
        "Such files are test vectors: a list of values and results.",
        source=f"{_OPENCODER}, which has 0.4 of the lines",
        limits=_programs(
            "max_assert_share",
            "assert_share",
            0.8,
            "Tests are worth learning from; a list of nothing else is data.",
        ),
    ),
    Rule(
        "CC260",
        "tests by their content",
        "The share of functions that are tests, by their name or their mark, reaches the limit.",
        "Marked and kept: a mixture may want more of them, or fewer.",
        source="ours: by convention of each language's test tools",
        limits=_programs("max_test_share", "test_share", 0.5),
        action="flagged",
    ),
    Rule(
        "CC261",
        "few documented functions",
        "The share of functions with a docstring or a comment right before them is below the limit.",
        "For corpora of documented code; off by default.",
        source="ours, because the share of comments counts the licence text",
        limits=_programs("min_documented_function_share", "documented_function_share", None),
    ),
    Rule(
        "CC262",
        "functions of one statement",
        "The share of functions of one statement among those with a block is above the limit.",
        "Wrappers that hand each call on teach little; off by default, because so are good small functions.",
        source=f"{_OPENCODER}, which has 0.1 for Python",
        limits=_programs("max_simple_function_share", "simple_function_share", None),
    ),
    Rule(
        "CC263",
        "nothing but main",
        "The share of functions named main is above the limit.",
        "Exercises have one function; off by default, because so have good programs.",
        source=f"{_OPENCODER}, which has more than one main for C and C++",
        limits=_programs("max_main_share", "main_share", None),
    ),
    Rule(
        "CC264",
        "many functions a line",
        "The share of functions to lines is above the limit.",
        "Several functions to a line are minified code or lists of stubs; off by default, for long lines are judged by CC201.",
        source=f"{_OPENCODER}, which has 0.2",
        limits=_programs("max_function_share", "function_share", None),
    ),
    Rule(
        "CC265",
        "few statements",
        "The file has fewer statements than the limit.",
        "A file of one statement says little; off by default, because small files are cheap.",
        source="ours, because lines and characters count comments too",
        limits=_programs("min_statement_count", "statement_count", None),
    ),
)
