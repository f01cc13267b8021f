"""Quality in Rust, from the syntax tree: CC674 and on."""

from __future__ import annotations

from codecorpus.rules.rule import Limit, Rule

_LANGUAGES = ("Rust",)

RUST = (
    Rule(
        "CC674",
        "unwrap",
        "The share of unwrap and expect among the calls is above the limit.",
        "Exercises and examples; libraries hand errors on.",
        source="ours, because the tests of libraries stay below it, and a call with its unwrap is two calls",
        limits=(Limit("max_rust_unwrap_share", "rust_unwrap_share", 0.45, languages=_LANGUAGES),),
    ),
    Rule(
        "CC675",
        "unsafe in Rust",
        "The share of unsafe blocks and functions to functions is above the limit.",
        "Bindings to other languages; off by default, because good wrappers are made of it too.",
        source="ours, because it marks code that does not show what Rust is for",
        limits=(Limit("max_rust_unsafe_share", "rust_unsafe_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC676",
        "not written yet",
        "The share of todo! and unimplemented! to functions is above the limit.",
        "Skeletons.",
        source="ours, because half of the functions missing is not a program",
        limits=(Limit("max_rust_todo_share", "rust_todo_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC677",
        "silenced warnings",
        "The share of `allow` attributes to statements is above the limit.",
        "Generated bindings silence the compiler on every item.",
        source="ours, because hand-written code stays below a tenth",
        limits=(Limit("max_rust_allow_share", "rust_allow_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC678",
        "foreign functions",
        "The share of functions declared for another language is above the limit.",
        "Generated bindings.",
        source="ours, because bindgen's output carries its mark only at times",
        limits=(Limit("max_rust_foreign_share", "rust_foreign_share", 0.85, languages=_LANGUAGES),),
    ),
    Rule(
        "CC679",
        "clone",
        "The share of clone among the calls is above the limit.",
        "Fights with the borrow checker.",
        source="ours, because hand-written code stays below a fifth",
        limits=(Limit("max_rust_clone_share", "rust_clone_share", 0.5, languages=_LANGUAGES),),
    ),
    Rule(
        "CC680",
        "transmute",
        "The share of transmute, zeroed and uninitialized among the calls is above the limit.",
        "Bindings, and code the compiler can prove nothing about.",
        source="The Rustonomicon, Transmutes; the limit is ours",
        limits=(Limit("max_rust_transmute_share", "rust_transmute_share", 0.6, languages=_LANGUAGES),),
    ),
    Rule(
        "CC681",
        "static mut",
        "The share of statics that may change among the statements is above the limit.",
        "References to them are an error since the 2024 edition.",
        source="The Rust Edition Guide, 2024, Disallow references to static mut; the limit is ours",
        limits=(Limit("max_rust_static_mut_share", "rust_static_mut_share", 0.2, languages=_LANGUAGES),),
    ),
    Rule(
        "CC682",
        "the 2015 edition",
        "The share of `extern crate` among the imports is above the limit.",
        "Marked, not dropped: it tells the age of a file.",
        source="The Rust Edition Guide, 2018; the limit is ours",
        limits=(Limit("max_rust_outdated_share", "rust_outdated_share", 0.5, languages=_LANGUAGES),),
        action="flagged",
    ),
    Rule(
        "CC683",
        "imports of everything",
        "The share of imports of everything in a module is above the limit.",
        "Off by default: preludes and tests are made for it.",
        source="ours, because nobody can tell where a name comes from",
        limits=(Limit("max_rust_glob_share", "rust_glob_share", None, languages=_LANGUAGES),),
    ),
    Rule(
        "CC684",
        "casts in Rust",
        "The share of casts with `as` to statements is above the limit.",
        "Machine-translated C.",
        source="ours, because the output of c2rust casts in every expression",
        limits=(Limit("max_rust_cast_share", "rust_cast_share", 0.8, languages=_LANGUAGES),),
    ),
    Rule(
        "CC685",
        "constants in Rust",
        "The share of constants among the statements is above the limit.",
        "Tables of registers and error numbers, generated; off by default.",
        source="ours, because bindings are lists of them",
        limits=(Limit("max_rust_constant_share", "rust_constant_share", None, languages=_LANGUAGES),),
    ),
)
