"""What is counted in Go alone."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share

GO = (
    Share(
        "go_discard_share",
        "results thrown away by `_ =` / statements, 20 at least",
        {"Go": (Pick("identifier", "expression_list", "assignment_statement", words="_", is_alone=True),)},
    ),
    Share(
        "go_panic_share",
        "calls of panic and log.Fatal / statements, 20 at least",
        {
            "Go": (
                Pick("identifier", "call_expression", words="panic"),
                Pick(
                    "selector_expression",
                    "call_expression",
                    words="log.Fatal log.Fatalf log.Fatalln log.Panic os.Exit",
                ),
            )
        },
    ),
    Share(
        "go_empty_interface_share",
        "`interface{}` and `any` / names of types, 20 at least",
        {"Go": (Pick("interface_type", is_empty=True), Pick("type_identifier", words="any"))},
        per={"Go": (Pick("type_identifier interface_type"),)},
    ),
    Share("go_goto_share", "goto / statements, 20 at least", {"Go": (Pick("goto_statement"),)}),
    Share(
        "go_error_check_share",
        "`if err != nil` / statements, 20 at least",
        {"Go": (Pick("nil", "binary_expression", "if_statement", after="'!='"),)},
    ),
    Share(
        "go_dot_import_share",
        "imports into the file's own names / imports, 4 at least",
        {"Go": (Pick("dot", "import_spec"),)},
        base="imports",
        at_least=4,
    ),
    Share(
        "go_unsafe_share",
        "uses of package unsafe, and directives for the compiler / statements, 20 at least",
        {
            "Go": (
                Pick("identifier", "selector_expression", words="unsafe"),
                Pick("package_identifier", words="unsafe"),
            )
        },
    ),
    Share(
        "go_outdated_share",
        "calls of io/ioutil and rand.Seed, which are deprecated / calls, 10 at least",
        {
            "Go": (
                Pick("identifier", "selector_expression", "call_expression", words="ioutil"),
                Pick("selector_expression", "call_expression", words="rand.Seed strings.Title"),
            )
        },
        base="calls",
        at_least=10,
    ),
    Share(
        "go_init_share",
        "functions named init / functions, 5 at least",
        {"Go": (Pick("identifier", "function_declaration", words="init"),)},
        base="functions",
        at_least=5,
    ),
    Share(
        "go_tag_share",
        "fields with a tag / fields, 20 at least",
        {"Go": (Pick("raw_string_literal", "field_declaration"),)},
        per={"Go": (Pick("field_declaration"),)},
    ),
    Share(
        "go_constant_share",
        "constants / statements, 20 at least",
        {"Go": (Pick("const_spec"),)},
    ),
)
