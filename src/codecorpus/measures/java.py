"""What is counted in Java alone."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share

_CATCHES = {"Java": (Pick("catch_clause"),)}

JAVA = (
    Share(
        "java_wildcard_import_share",
        "imports of a whole package / imports, 5 at least",
        {"Java": (Pick("asterisk", "import_declaration"),)},
        base="imports",
        at_least=5,
    ),
    Share(
        "java_empty_catch_share",
        "catch clauses without a statement or a comment / catch clauses, 8 at least",
        {"Java": (Pick("block", "catch_clause", is_empty=True),)},
        per=_CATCHES,
        at_least=8,
    ),
    Share(
        "java_broad_catch_share",
        "catch clauses for Exception or Throwable / catch clauses, 8 at least",
        {
            "Java": (
                Pick("type_identifier", "catch_type", words="Exception Throwable RuntimeException Error"),
            )
        },
        per=_CATCHES,
        at_least=8,
    ),
    Share(
        "java_stack_trace_share",
        "calls of printStackTrace / catch clauses, 8 at least",
        {"Java": (Pick("identifier", "method_invocation", after="'.'", words="printStackTrace"),)},
        per=_CATCHES,
        at_least=8,
    ),
    Share(
        "java_exit_share",
        "System.exit and its like / statements, 20 at least",
        {
            "Java": (
                Pick(
                    "method_invocation",
                    words="System.exit(* Runtime.getRuntime().exit(* Runtime.getRuntime().halt(*",
                ),
            )
        },
    ),
    Share(
        "java_legacy_type_share",
        "Vector, Hashtable, StringBuffer, Enumeration and the like / names of types, 20 at least",
        {
            "Java": (
                Pick(
                    "type_identifier",
                    words="Vector Hashtable StringBuffer Enumeration Dictionary Observable Applet",
                ),
            )
        },
        per={"Java": (Pick("type_identifier"),)},
    ),
    Share(
        "java_cast_share",
        "casts to classes, which generics made superfluous / statements, 20 at least",
        {
            "Java": (
                Pick(
                    "type_identifier scoped_type_identifier generic_type array_type",
                    "cast_expression",
                    after="'('",
                ),
            )
        },
    ),
    Share(
        "java_instanceof_share",
        "tests with instanceof / statements, 20 at least",
        {"Java": (Pick("instanceof_expression"),)},
    ),
    Share(
        "java_null_return_share",
        "`return null` / returns, 10 at least",
        {"Java": (Pick("null_literal", "return_statement"),)},
        per={"Java": (Pick("return_statement"),)},
        at_least=10,
    ),
    Share(
        "java_field_share",
        "fields / statements, 20 at least",
        {"Java": (Pick("field_declaration constant_declaration enum_constant"),)},
    ),
)
