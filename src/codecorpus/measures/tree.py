"""What is measured on the syntax tree of any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Name → (whether it is a count, meaning). Null where the document has no syntax tree.
TREE: Final[Mapping[str, tuple[bool, str]]] = {
    "comment_share": (False, "bytes of comments and Python docstrings / bytes"),
    "error_share": (
        False,
        "bytes the grammar could not place: those in errors, but for what was parsed inside them / bytes",
    ),
    "error_count": (True, "stretches the grammar could not place, and tokens it had to make up"),
    "node_count": (True, "nodes of the syntax tree"),
    "tree_depth": (True, "deepest level of the syntax tree"),
    "function_count": (
        True,
        "functions and methods with a body, and JavaScript's arrow functions; no other lambdas",
    ),
    "class_count": (True, "classes, structs, interfaces, traits, enums"),
    "import_count": (True, "import, include, use and require statements"),
    "identifier_count": (True, "identifiers, with repeats"),
    "string_share": (False, "bytes inside string literals that are not docstrings / bytes"),
    "statement_count": (True, "what stands directly in a block or in the file, but for comments"),
    "branch_count": (True, "places where the flow forks: conditions, loops, cases, handlers, `and`, `or`"),
    "call_count": (True, "calls of functions, methods and macros"),
    "logic_count": (True, "forks, calls and functions"),
    "number_share": (False, "numbers / leaves of the tree that are not comments, 100 at least"),
    "mean_identifier_length": (False, "bytes of identifiers / identifiers, 20 at least"),
    "short_identifier_share": (False, "identifiers of one byte / identifiers, 50 at least"),
    "distinct_identifier_share": (False, "different identifiers / identifiers, 50 at least"),
    "import_share": (False, "imports / statements, 1 at least"),
    "function_share": (False, "functions / lines"),
    "function_line_share": (False, "lines in functions / lines"),
    "max_function_lines": (
        True,
        "lines of the longest function, without those of functions inside it; one with 20 functions inside is no function but a module",
    ),
    "max_complexity": (True, "forks in a function + 1, the most: McCabe's cyclomatic complexity"),
    "max_nesting": (True, "control structures inside one another, the most"),
    "max_function_nesting": (True, "functions inside one another, the most"),
    "max_parameters": (True, "parameters of a function, the most"),
    "empty_function_share": (
        False,
        "functions without a comment, and with an empty body or nothing but `pass` or not-implemented / functions with a block, 8 at least",
    ),
    "simple_function_share": (False, "functions of one statement / functions with a block, 8 at least"),
    "accessor_share": (
        False,
        "functions of one statement named get or set / functions with a block, 8 at least",
    ),
    "documented_function_share": (
        False,
        "functions with a docstring, or a comment right before them / functions, 1 at least",
    ),
    "data_share": (
        False,
        "bytes in tables of literals: lists of 64 nodes or more, without functions in them / bytes",
    ),
    "commented_code_share": (False, "lines of comments that read as code / lines, 50 at least"),
}
