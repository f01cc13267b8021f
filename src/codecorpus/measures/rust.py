"""What is counted in Rust alone."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share

_UNCHECKED = "transmute transmute_copy uninitialized zeroed"


def _method(words: str) -> tuple[Pick, ...]:
    return (Pick("field_identifier", "field_expression", "call_expression", words=words),)


RUST = (
    Share(
        "rust_unwrap_share",
        "calls of unwrap and expect / calls, 10 at least",
        {"Rust": _method("unwrap expect")},
        base="calls",
        at_least=10,
    ),
    Share(
        "rust_unsafe_share",
        "unsafe blocks and functions / functions, 5 at least",
        {"Rust": (Pick("unsafe_block"), Pick("'unsafe'", "function_modifiers"))},
        base="functions",
        at_least=5,
    ),
    Share(
        "rust_todo_share",
        "todo! and unimplemented! / functions, 5 at least",
        {"Rust": (Pick("identifier", "macro_invocation", words="todo unimplemented"),)},
        base="functions",
        at_least=5,
    ),
    Share(
        "rust_allow_share",
        "attributes that silence the compiler / statements, 20 at least",
        {"Rust": (Pick("identifier", "attribute", words="allow"),)},
    ),
    Share(
        "rust_foreign_share",
        "functions declared for another language / statements, 20 at least",
        {"Rust": (Pick("function_signature_item", "declaration_list", "foreign_mod_item"),)},
    ),
    Share(
        "rust_clone_share",
        "calls of clone and to_owned / calls, 20 at least",
        {"Rust": _method("clone to_owned")},
        base="calls",
    ),
    Share(
        "rust_transmute_share",
        "transmute, mem::uninitialized and mem::zeroed / calls, 20 at least",
        {
            "Rust": (
                Pick(
                    "identifier", "scoped_identifier", "call_expression generic_function", "'::'", _UNCHECKED
                ),
                Pick("identifier", "call_expression generic_function", words=_UNCHECKED),
            )
        },
        base="calls",
    ),
    Share(
        "rust_static_mut_share",
        "variables that are static and may change / statements, 20 at least",
        {"Rust": (Pick("mutable_specifier", "static_item"),)},
    ),
    Share(
        "rust_outdated_share",
        "`extern crate`, which the 2018 edition made superfluous / imports, 4 at least",
        # `try!` went too, but it is a keyword since, so that the grammar sees an error.
        {"Rust": (Pick("extern_crate_declaration"),)},
        base="imports",
        at_least=4,
    ),
    Share(
        "rust_glob_share",
        "imports of everything in a module / imports, 5 at least",
        {"Rust": (Pick("use_wildcard"),)},
        base="imports",
        at_least=5,
    ),
    Share(
        "rust_cast_share",
        "casts with `as` / statements, 20 at least",
        {"Rust": (Pick("type_cast_expression"),)},
    ),
    Share(
        "rust_constant_share",
        "constants and statics / statements, 20 at least",
        {"Rust": (Pick("const_item static_item"),)},
    ),
)
