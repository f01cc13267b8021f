"""Which kinds of syntax node are comments, strings, functions, classes, imports: one value per language, as data.

The names are those of the official grammars, as their `node-types.json` lists them. A kind that a newer grammar renames simply no longer
counts, so `tests/test_parse_node_kinds.py` fails for a name that the installed grammar does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class NodeKinds:
    """Kinds of named nodes by what they are; names of anonymous tokens are never listed.

    Attributes:
        comments: comments; the outermost one counts, with all that is inside.
        strings: string literals; the outermost one counts. Characters and numbers are not strings.
        identifiers: leaves that name something: variables, types, fields, keywords of arguments.
        functions: functions and methods that always have a body. Lambdas are left out, but for JavaScript's arrow functions.
        functions_if_body: functions that count only with one of `bodies` as a direct child.
        classes: classes, structs, interfaces, traits, enums and modules that always define.
        classes_if_body: the same, only with one of `bodies` as a direct child (C writes a mere mention with the same kind).
        bodies: see above.
        imports: import, include, use and require statements.
        import_calls: nodes whose first leaf names what is called, for the languages whose imports are calls.
        import_names: names of those calls.
        docstring_statements: statements that may hold nothing but a string.
        docstring_blocks: blocks whose first statement may be a docstring, where a function or class owns them.
        docstring_roots: the same, for the file itself.
        blocks: what holds statements: every named child of one that is neither a comment nor a block again is a statement.
        branches: where the flow forks. A token, in quotes, counts where it stands between two operands.
        nests: control structures that count as a level of nesting.
        elses: what stands between two `if` of a chain, which then count as one level.
        numbers: numeric literals.
        collections: literals of lists, arrays, dictionaries, structs.
        calls: calls of functions, methods and macros.
        parameters: lists of parameters; each named child is one.
        trivial: statements that do nothing.
        elided: what stands for a body in a mere declaration, as `...` does in Python.
    """

    comments: tuple[str, ...] = ("comment",)
    strings: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ("identifier",)
    functions: tuple[str, ...] = ()
    functions_if_body: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    classes_if_body: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    import_calls: tuple[str, ...] = ()
    import_names: tuple[str, ...] = ()
    docstring_statements: tuple[str, ...] = ()
    docstring_blocks: tuple[str, ...] = ()
    docstring_roots: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    nests: tuple[str, ...] = ()
    elses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    trivial: tuple[str, ...] = ()
    elided: tuple[str, ...] = ()


_JAVASCRIPT = NodeKinds(
    comments=("comment", "html_comment"),
    strings=("string", "template_string"),
    identifiers=(
        "identifier",
        "property_identifier",
        "private_property_identifier",
        "shorthand_property_identifier",
        "shorthand_property_identifier_pattern",
        "statement_identifier",
    ),
    functions=(
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
    ),
    classes=("class", "class_declaration"),
    imports=("import_statement",),
    import_calls=("call_expression",),
    import_names=("require",),
)

_TYPESCRIPT = replace(
    _JAVASCRIPT,
    identifiers=(*_JAVASCRIPT.identifiers, "type_identifier"),
    classes=(
        "class",
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "enum_declaration",
        "internal_module",
    ),
)

_C = NodeKinds(
    strings=("string_literal",),
    identifiers=("identifier", "field_identifier", "type_identifier", "statement_identifier"),
    functions=("function_definition",),
    classes_if_body=("struct_specifier", "union_specifier", "enum_specifier"),
    bodies=("field_declaration_list", "enumerator_list"),
    imports=("preproc_include",),
)

#: By Linguist's name of the language. A language that is not here has no grammar.
NODE_KINDS: Mapping[str, NodeKinds] = {
    "Python": NodeKinds(
        strings=("string", "concatenated_string"),
        functions=("function_definition",),
        classes=("class_definition",),
        imports=("import_statement", "import_from_statement", "future_import_statement"),
        docstring_statements=("expression_statement",),
        docstring_blocks=("block",),
        docstring_roots=("module",),
    ),
    "JavaScript": _JAVASCRIPT,
    "TypeScript": _TYPESCRIPT,
    "TSX": _TYPESCRIPT,
    "Java": NodeKinds(
        comments=("line_comment", "block_comment"),
        strings=("string_literal",),
        identifiers=("identifier", "type_identifier"),
        functions=("constructor_declaration", "compact_constructor_declaration"),
        functions_if_body=("method_declaration",),
        classes=(
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "annotation_type_declaration",
        ),
        bodies=("block",),
        imports=("import_declaration",),
    ),
    "C": _C,
    "C++": replace(
        _C,
        strings=("string_literal", "raw_string_literal"),
        identifiers=(*_C.identifiers, "namespace_identifier"),
        functions=(),
        functions_if_body=("function_definition",),
        classes_if_body=(*_C.classes_if_body, "class_specifier"),
        bodies=(*_C.bodies, "compound_statement", "try_statement"),
        imports=("preproc_include",),
    ),
    "C#": NodeKinds(
        strings=(
            "string_literal",
            "raw_string_literal",
            "verbatim_string_literal",
            "interpolated_string_expression",
        ),
        functions_if_body=(
            "method_declaration",
            "constructor_declaration",
            "destructor_declaration",
            "operator_declaration",
            "conversion_operator_declaration",
            "local_function_statement",
        ),
        classes=(
            "class_declaration",
            "struct_declaration",
            "interface_declaration",
            "record_declaration",
            "enum_declaration",
        ),
        bodies=("block", "arrow_expression_clause"),
        imports=("using_directive",),
    ),
    "Go": NodeKinds(
        strings=("interpreted_string_literal", "raw_string_literal"),
        identifiers=("identifier", "field_identifier", "type_identifier", "package_identifier", "label_name"),
        functions=("func_literal",),
        functions_if_body=("function_declaration", "method_declaration"),
        classes_if_body=("type_spec",),
        bodies=("block", "struct_type", "interface_type"),
        imports=("import_spec",),
    ),
    "Rust": NodeKinds(
        comments=("line_comment", "block_comment"),
        strings=("string_literal", "raw_string_literal"),
        identifiers=("identifier", "field_identifier", "type_identifier", "shorthand_field_identifier"),
        functions=("function_item",),
        classes=("struct_item", "enum_item", "union_item", "trait_item"),
        imports=("use_declaration", "extern_crate_declaration"),
    ),
    "Ruby": NodeKinds(
        strings=("string", "heredoc_body", "chained_string"),
        identifiers=(
            "identifier",
            "constant",
            "instance_variable",
            "class_variable",
            "global_variable",
            "hash_key_symbol",
        ),
        functions=("method", "singleton_method"),
        classes=("class", "module", "singleton_class"),
        import_calls=("call",),
        import_names=("require", "require_relative", "load", "autoload"),
    ),
    "PHP": NodeKinds(
        strings=("string", "encapsed_string", "heredoc", "nowdoc"),
        identifiers=("name",),
        functions=("function_definition", "anonymous_function", "arrow_function"),
        functions_if_body=("method_declaration",),
        classes=(
            "class_declaration",
            "interface_declaration",
            "trait_declaration",
            "enum_declaration",
            "anonymous_class",
        ),
        bodies=("compound_statement",),
        imports=(
            "namespace_use_declaration",
            "include_expression",
            "include_once_expression",
            "require_expression",
            "require_once_expression",
        ),
    ),
    "Shell": NodeKinds(
        strings=("string", "raw_string", "ansi_c_string", "translated_string", "heredoc_body"),
        identifiers=("variable_name", "command_name"),
        functions=("function_definition",),
        import_calls=("command_name",),
        import_names=("source", "."),
    ),
    "Scala": NodeKinds(
        comments=("comment", "block_comment"),
        strings=("string", "interpolated_string_expression"),
        identifiers=("identifier", "type_identifier", "operator_identifier"),
        functions=("function_definition",),
        classes=(
            "class_definition",
            "trait_definition",
            "object_definition",
            "enum_definition",
            "package_object",
        ),
        imports=("import_declaration",),
    ),
    "Kotlin": NodeKinds(
        comments=("line_comment", "block_comment"),
        strings=("string_literal", "multiline_string_literal"),
        functions=("anonymous_function",),
        functions_if_body=("function_declaration", "secondary_constructor"),
        classes=("class_declaration", "object_declaration", "companion_object"),
        bodies=("function_body", "block"),
        imports=("import",),
    ),
    "Swift": NodeKinds(
        comments=("comment", "multiline_comment"),
        strings=("line_string_literal", "multi_line_string_literal", "raw_string_literal"),
        identifiers=("simple_identifier", "type_identifier"),
        functions_if_body=("function_declaration", "init_declaration", "deinit_declaration"),
        classes=("class_declaration", "protocol_declaration"),
        bodies=("function_body",),
        imports=("import_declaration",),
    ),
    "Lua": NodeKinds(
        strings=("string",),
        functions=("function_declaration", "function_definition"),
        import_calls=("function_call",),
        import_names=("require", "dofile", "loadfile"),
    ),
    "HTML": NodeKinds(strings=("quoted_attribute_value",), identifiers=("tag_name", "attribute_name")),
    "CSS": NodeKinds(
        comments=("comment", "js_comment"),
        strings=("string_value",),
        identifiers=("class_name", "id_name", "property_name", "tag_name", "feature_name", "function_name"),
        imports=("import_statement",),
    ),
    "JSON": NodeKinds(strings=("string",), identifiers=()),
    "YAML": NodeKinds(
        strings=("single_quote_scalar", "double_quote_scalar", "block_scalar"),
        identifiers=("anchor_name", "alias_name"),
    ),
    "TOML": NodeKinds(strings=("string",), identifiers=("bare_key",)),
    "SQL": NodeKinds(comments=("comment", "marginalia"), functions=("create_function",)),
    "Markdown": NodeKinds(comments=(), identifiers=()),
}
