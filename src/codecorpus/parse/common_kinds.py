"""Kinds of node that mean the same wherever a grammar has them: what all languages share beside their own `node_kinds`.

Grammars name alike what is alike, so that one list serves all of them, those of `tree-sitter-language-pack` included. The names are those
of the official grammars; a grammar simply lacks most of them.
"""

from __future__ import annotations

from codecorpus.parse.node_kinds import NodeKinds


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LOOPS = _names(
    "for_statement for_in_statement for_range_loop enhanced_for_statement foreach_statement "
    "c_style_for_statement for_expression for while_statement while_expression while until do_statement "
    "do_while_statement do_while_expression loop_expression repeat_statement repeat_while_statement"
)
_CONDITIONS = _names("if_statement if_expression if unless guard_statement")

#: For every grammar, on top of what its language says.
COMMON_KINDS = NodeKinds(
    comments=(),
    identifiers=(),
    blocks=_names(
        "block statement_block compound_statement body_statement statement_list statements class_body "
        "interface_body enum_body enum_body_declarations annotation_type_body declaration_list "
        "field_declaration_list constructor_body function_body indented_block template_body do_block "
        "block_body then do else begin ensure do_group preproc_if preproc_ifdef preproc_else preproc_elif "
        "preproc_elifdef protocol_body enum_class_body switch_block_statement_group linkage_specification"
    ),
    branches=(
        *_LOOPS,
        *_CONDITIONS,
        *_names(
            "elif_clause elsif elseif_statement else_if_clause if_modifier unless_modifier while_modifier "
            "until_modifier if_clause for_in_clause case_clause expression_case type_case communication_case "
            "case_statement case_item switch_case switch_label switch_section switch_expression_arm match_arm "
            "match_conditional_expression switch_entry when when_entry catch_clause catch_block except_clause "
            "rescue rescue_modifier conditional_expression ternary_expression conditional '&&' '||' 'and' 'or' "
            "'??'"
        ),
    ),
    nests=(
        *_LOOPS,
        *_CONDITIONS,
        *_names(
            "switch_statement switch_expression expression_switch_statement type_switch_statement "
            "select_statement match_statement match_expression when_expression case try_statement try_expression "
            "try_with_resources_statement with_statement synchronized_statement lock_statement"
        ),
    ),
    elses=("else_clause", "else", "else_statement"),
    numbers=_names(
        "number integer float integer_literal float_literal number_literal int_literal imaginary_literal "
        "real_literal hex_literal decimal_integer_literal hex_integer_literal octal_integer_literal "
        "binary_integer_literal decimal_floating_point_literal hex_floating_point_literal "
        "floating_point_literal oct_literal bin_literal"
    ),
    collections=_names(
        "list dictionary set tuple array object hash initializer_list array_initializer array_literal "
        "array_expression dictionary_literal collection_literal initializer_expression literal_value "
        "table_constructor collection_expression array_creation_expression tuple_expression"
    ),
    calls=_names(
        "call call_expression method_invocation invocation_expression function_call_expression "
        "member_call_expression nullsafe_member_call_expression scoped_call_expression function_call "
        "macro_invocation command object_creation_expression new_expression"
    ),
    parameters=_names(
        "parameters formal_parameters parameter_list method_parameters function_value_parameters "
        "closure_parameters"
    ),
    trivial=("pass_statement", "empty_statement"),
    elided=("ellipsis",),
)

#: For a grammar whose language has no `NodeKinds` of its own: the commonest names.
USUAL_KINDS = NodeKinds(
    comments=("comment", "line_comment", "block_comment", "multiline_comment", "doc_comment", "comments"),
    strings=_names(
        "string string_literal raw_string_literal interpreted_string_literal template_string heredoc_body "
        "char_literal line_string_literal multi_line_string_literal quoted_string"
    ),
    identifiers=_names(
        "identifier type_identifier field_identifier property_identifier simple_identifier variable_name "
        "constant symbol variable name"
    ),
    functions=_names(
        "function_definition function_declaration function_item method_definition method_declaration method "
        "function func_literal subroutine_declaration_statement anonymous_function procedure_declaration "
        "function_clause"
    ),
    classes=_names(
        "class_definition class_declaration class struct_declaration struct_definition interface_declaration "
        "enum_declaration trait_definition object_definition module type_declaration"
    ),
    imports=_names(
        "import_statement import_declaration import_from_statement import include_statement preproc_include "
        "use_declaration using_directive require_statement use_statement open_statement import_directive"
    ),
)
