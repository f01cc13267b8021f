"""What is counted in C# alone."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share

_LANGUAGE = "C#"
_CATCHES = {_LANGUAGE: (Pick("catch_clause"),)}
_LEGACY = (
    "ArrayList Hashtable BinaryFormatter SoapFormatter WebClient HttpWebRequest RNGCryptoServiceProvider"
    " MD5CryptoServiceProvider SHA1Managed HybridDictionary StringCollection CollectionBase"
)

CSHARP = (
    Share(
        "cs_empty_catch_share",
        "catch clauses without a statement or a comment / catch clauses, 8 at least",
        {_LANGUAGE: (Pick("block", "catch_clause", is_empty=True),)},
        per=_CATCHES,
        at_least=8,
    ),
    Share(
        "cs_broad_catch_share",
        "catch clauses for everything or for Exception / catch clauses, 8 at least",
        {
            _LANGUAGE: (
                Pick("block", "catch_clause", after="'catch'"),
                Pick("identifier", "catch_declaration", after="'('", words="Exception SystemException"),
                Pick("qualified_name", "catch_declaration", words="System.Exception System.SystemException"),
            )
        },
        per=_CATCHES,
        at_least=8,
    ),
    Share("cs_goto_share", "goto / statements, 20 at least", {_LANGUAGE: (Pick("goto_statement"),)}),
    Share(
        "cs_legacy_type_share",
        "ArrayList, Hashtable, BinaryFormatter and the like / statements, 20 at least",
        {_LANGUAGE: (Pick("identifier", words=_LEGACY),)},
    ),
    Share(
        "cs_dynamic_share",
        "`dynamic` / statements, 20 at least",
        {
            _LANGUAGE: (
                Pick(
                    "identifier",
                    "variable_declaration parameter type_argument_list method_declaration property_declaration"
                    " cast_expression array_type nullable_type local_function_statement",
                    words="dynamic",
                ),
            )
        },
    ),
    Share("cs_region_share", "#region / statements, 20 at least", {_LANGUAGE: (Pick("preproc_region"),)}),
    Share(
        "cs_native_share",
        "methods that stand for functions of another language / statements, 20 at least",
        {_LANGUAGE: (Pick("identifier", "attribute", words="DllImport LibraryImport"),)},
    ),
    Share(
        "cs_unsafe_share",
        "unsafe and fixed blocks, and members declared unsafe / statements, 20 at least",
        {_LANGUAGE: (Pick("unsafe_statement fixed_statement"), Pick("modifier", words="unsafe"))},
    ),
    Share(
        "cs_property_share",
        "properties / statements, 20 at least",
        {_LANGUAGE: (Pick("property_declaration"),)},
    ),
    Share(
        "cs_pragma_share",
        "#pragma / statements, 20 at least",
        {_LANGUAGE: (Pick("preproc_pragma"),)},
    ),
    Share(
        "cs_designer_share",
        "methods that form designers write / functions, 1 at least",
        {_LANGUAGE: (Pick("identifier", "method_declaration", words="InitializeComponent"),)},
        base="functions",
        at_least=1,
    ),
)
