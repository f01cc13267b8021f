"""Kinds of node of languages whose grammars come with `tree-sitter-language-pack` and do not use the usual names.

Each is `USUAL_KINDS` with what its grammar calls otherwise. Where a language writes functions as mere calls or lists (Elixir, Clojure,
Scheme, Racket), they are not counted; nor are assignments of lambdas where there is no other function (Nix has nothing else, and counts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codecorpus.parse.common_kinds import USUAL_KINDS
from codecorpus.parse.node_kinds import NodeKinds


def _usual(**fields: Any) -> NodeKinds:
    """The usual kinds; what is named here replaces a field."""
    return replace(USUAL_KINDS, **fields)


_HCL = _usual(strings=("string_lit", "quoted_template", "heredoc_template"))
_VERILOG = _usual(
    strings=("double_quoted_string", "string_literal"),
    imports=("include_compiler_directive", "package_import_declaration"),
    functions=("function_declaration", "task_declaration"),
    classes=("module_declaration", "class_declaration", "interface_declaration", "package_declaration"),
)

#: By Linguist's name.
PACK_KINDS: Mapping[str, NodeKinds] = {
    "Ada": _usual(
        functions=("subprogram_body",),
        imports=("with_clause", "use_clause"),
        classes=("package_declaration",),
    ),
    "Assembly": _usual(identifiers=("ident",)),
    "Clojure": _usual(strings=("str_lit",), identifiers=("sym_name", "kwd_name")),
    "CMake": _usual(
        comments=("line_comment", "bracket_comment"),
        strings=("quoted_argument", "bracket_argument"),
        functions=("function_def", "macro_def"),
        import_calls=("normal_command",),
        import_names=("include", "find_package"),
    ),
    "Common Lisp": _usual(strings=("str_lit",), identifiers=("sym_lit",), functions=("defun",)),
    "Dart": _usual(
        functions=("function_body",),  # every function with a body has one, whatever it is called
        imports=("import_or_export",),
        comments=("comment", "documentation_comment"),
        classes=("class_definition", "enum_declaration", "mixin_declaration", "extension_declaration"),
    ),
    "Dockerfile": _usual(
        strings=("double_quoted_string", "single_quoted_string"),
        identifiers=("image_name", "unquoted_string", "variable"),
    ),
    "Elixir": _usual(
        strings=("string", "charlist", "sigil"),
        identifiers=("identifier", "alias", "atom"),
        import_calls=("call",),
        import_names=("import", "alias", "require", "use"),
    ),
    "Elm": _usual(
        strings=("string_constant_expr",),
        identifiers=("lower_case_identifier", "upper_case_identifier"),
        functions=("value_declaration",),
        imports=("import_clause",),
        classes=("type_declaration", "type_alias_declaration"),
    ),
    "Erlang": _usual(
        identifiers=("atom", "var"),
        functions=("fun_decl",),
        imports=("import_attribute", "pp_include", "pp_include_lib"),
    ),
    "F#": _usual(
        functions=("function_or_value_defn", "member_defn"),
        imports=("import_decl",),
        classes=("type_definition",),
    ),
    "Fish": _usual(
        strings=("double_quote_string", "single_quote_string"),
        identifiers=("word", "variable_name"),
        import_calls=("command",),
        import_names=("source", "."),
    ),
    "GraphQL": _usual(
        strings=("string_value",),
        classes=("object_type_definition", "interface_type_definition", "enum_type_definition"),
    ),
    "Groovy": _usual(import_calls=("command",), import_names=("import",)),
    "Haskell": _usual(
        identifiers=("variable", "name", "module_id", "constructor"),
        functions=(),
        functions_if_body=("function",),  # a type with an arrow has the same kind, and no match
        bodies=("match",),
        comments=("comment", "haddock"),
        imports=("import",),
        classes=("class", "data_type", "newtype", "instance"),
    ),
    "HCL": _HCL,
    "Julia": _usual(
        strings=("string_literal", "prefixed_string_literal", "command_literal"),
        imports=("using_statement", "import_statement"),
        functions=("function_definition", "macro_definition"),
    ),
    "Makefile": _usual(
        identifiers=("word", "variable_reference"),
        imports=("include_directive",),
        functions=("define_directive",),
    ),
    "Nim": _usual(
        functions=(
            "proc_declaration",
            "func_declaration",
            "method_declaration",
            "iterator_declaration",
            "template_declaration",
        ),
        strings=("interpreted_string_literal", "raw_string_literal", "long_string_literal"),
    ),
    "Nix": _usual(
        strings=("string_expression", "indented_string_expression"),
        functions=("function_expression",),
        identifiers=("identifier",),
    ),
    "Objective-C": _usual(
        classes=("class_interface", "class_implementation", "protocol_declaration"),
        imports=("preproc_include", "module_import"),
    ),
    "OCaml": _usual(
        identifiers=("value_name", "module_name", "constructor_name", "field_name", "type_constructor"),
        functions=("fun_expression", "function_expression", "method_definition"),
        functions_if_body=("let_binding",),
        bodies=("parameter",),  # a binding with parameters is a function
        imports=("open_module", "include_module"),
        classes=("module_definition", "class_definition", "type_definition"),
    ),
    "Pascal": _usual(
        strings=("literalString",), functions=("defProc",), imports=("declUses",), classes=("declClass",)
    ),
    "Perl": _usual(
        comments=("comment", "pod"),
        strings=(
            "string_literal",
            "interpolated_string_literal",
            "command_string",
            "heredoc_content",
            "quoted_word_list",
        ),
        identifiers=("varname", "bareword", "package", "function", "method"),
        functions=(
            "subroutine_declaration_statement",
            "anonymous_subroutine_expression",
            "method_declaration_statement",
        ),
        imports=("use_statement", "require_expression"),
        classes=("package_statement", "class_statement"),
    ),
    "PowerShell": _usual(
        identifiers=("variable", "command_name", "function_name", "type_identifier", "simple_name"),
        functions=("function_statement", "class_method_definition"),
        classes=("class_statement", "enum_statement"),
        import_calls=("command",),
        import_names=("Import-Module", "import-module", "using"),
    ),
    "Protocol Buffer": _usual(
        imports=("import",), functions=("rpc",), classes=("message", "enum", "service"), strings=("string",)
    ),
    "R": _usual(
        import_calls=("call",),
        import_names=("library", "require", "source", "requireNamespace", "loadNamespace"),
    ),
    "SCSS": _usual(
        comments=("comment", "js_comment"),
        strings=("string_value",),
        identifiers=(
            "class_name",
            "id_name",
            "property_name",
            "tag_name",
            "feature_name",
            "function_name",
            "variable",
        ),
        functions=("mixin_statement", "function_statement"),
        imports=("import_statement", "use_statement", "forward_statement"),
    ),
    "SystemVerilog": _VERILOG,
    "Tcl": _usual(
        strings=("quoted_word",),
        identifiers=("simple_word",),
        functions=("procedure",),
        import_calls=("command",),
        import_names=("package", "source"),
    ),
    "Terraform": _HCL,
    "TeX": _usual(
        identifiers=("command_name",),
        strings=(),
        imports=("package_include", "latex_include", "class_include", "import_include", "bibtex_include"),
        functions=("new_command_definition",),
    ),
    "Verilog": _VERILOG,
    "Vim Script": _usual(
        functions=("function_definition",), imports=("runtime_statement", "source_statement")
    ),
    "XML": _usual(comments=("Comment",), strings=("AttValue",), identifiers=("Name",)),
    "Zig": _usual(
        comments=("line_comment", "doc_comment", "container_doc_comment"),
        strings=("STRINGLITERALSINGLE", "LINESTRING"),
        identifiers=("IDENTIFIER", "BUILTINIDENTIFIER"),
        functions_if_body=("Decl",),
        bodies=("FnProto",),
        classes=("ContainerDecl",),
    ),
}
