"""What is counted in C and C++ alone."""

from __future__ import annotations

from codecorpus.measures.common import C_FAMILY
from codecorpus.measures.share import Pick, Share, every

_UNBOUNDED = "gets strcpy strcat stpcpy sprintf vsprintf scanf wcscpy wcscat _tcscpy lstrcpy"
_OUTDATED = (
    "auto_ptr bind1st bind2nd unary_function binary_function random_shuffle mem_fun mem_fun_ref ptr_fun unexpected"
    " set_unexpected strstream ostrstream istrstream get_temporary_buffer uncaught_exception"
)

C = (
    Share("c_goto_share", "goto / statements, 20 at least", every(C_FAMILY, Pick("goto_statement"))),
    Share(
        "c_unbounded_call_share",
        "calls of string functions that know no bound, such as strcpy and gets / calls, 10 at least",
        {
            "C": (Pick("identifier", "call_expression", words=_UNBOUNDED),),
            "C++": (
                Pick("identifier", "call_expression", words=_UNBOUNDED),
                Pick("identifier", "qualified_identifier", "call_expression", words=_UNBOUNDED),
            ),
        },
        base="calls",
        at_least=10,
    ),
    Share(
        "c_old_style_share",
        "functions in the style before ANSI C, their parameters declared after the list / functions, 2 at least",
        {
            "C": (
                Pick(
                    "declaration",
                    within="function_definition",
                    after="function_declarator pointer_declarator",
                ),
            )
        },
        base="functions",
        at_least=2,
    ),
    Share(
        "c_macro_function_share",
        "macros with parameters / these and functions, 10 at least",
        every(C_FAMILY, Pick("preproc_function_def")),
        per=every(C_FAMILY, Pick("preproc_function_def function_definition")),
        at_least=10,
    ),
    Share(
        "c_asm_share",
        "assembler in the text / statements, 20 at least",
        every(C_FAMILY, Pick("gnu_asm_expression")),
    ),
    Share(
        "c_disabled_share",
        "`#if 0` / statements, 20 at least",
        every(C_FAMILY, Pick("number_literal", "preproc_if", after="'#if'", words="0")),
    ),
    Share(
        "c_conditional_share",
        "`#if`, `#ifdef` and `#elif` / statements, 20 at least",
        every(C_FAMILY, Pick("preproc_if preproc_ifdef preproc_elif preproc_elifdef")),
    ),
    Share(
        "c_register_share",
        "variables declared `register` / statements, 20 at least",
        every(C_FAMILY, Pick("'register'")),
    ),
    Share(
        "c_prototype_share",
        "declarations of functions without a body / statements, 20 at least",
        # A pointer to a function has brackets where a declaration of one has its name.
        every(
            C_FAMILY,
            Pick(
                "identifier field_identifier destructor_name operator_name",
                "function_declarator",
                "declaration field_declaration",
            ),
            Pick(
                "function_declarator",
                "pointer_declarator reference_declarator",
                "declaration field_declaration",
            ),
        ),
    ),
    Share(
        "c_case_share",
        "cases of switches / statements, 20 at least",
        every(C_FAMILY, Pick("case_statement")),
    ),
    Share(
        "c_macro_share",
        "macros without parameters / statements, 20 at least",
        every(C_FAMILY, Pick("preproc_def")),
    ),
)

CPP = (
    Share(
        "cpp_raw_memory_share",
        "new, delete, malloc and free / statements, 20 at least",
        {
            "C++": (
                Pick("new_expression delete_expression"),
                Pick("identifier", "call_expression", words="malloc calloc realloc free"),
                Pick(
                    "identifier",
                    "qualified_identifier",
                    "call_expression",
                    words="malloc calloc realloc free",
                ),
            )
        },
    ),
    Share(
        "cpp_c_cast_share",
        "casts as C writes them / casts, 10 at least",
        {"C++": (Pick("cast_expression"),)},
        per={
            "C++": (
                Pick("cast_expression"),
                Pick(
                    "identifier",
                    "template_function",
                    words="static_cast dynamic_cast const_cast reinterpret_cast",
                ),
            )
        },
        at_least=10,
    ),
    Share(
        "cpp_outdated_share",
        "what C++17 removed: auto_ptr, register, throw(), binders and the like / statements, 20 at least",
        {
            "C++": (
                Pick("identifier type_identifier", words=_OUTDATED),
                Pick("throw_specifier"),
                Pick("'register'"),
            )
        },
    ),
    Share(
        "cpp_using_namespace_share",
        "`using namespace` / statements, 20 at least",
        {"C++": (Pick("'namespace'", "using_declaration"),)},
    ),
    Share(
        "cpp_null_macro_share",
        "`NULL` / null pointers written out, 10 at least",
        {"C++": (Pick("null", words="NULL"),)},
        per={"C++": (Pick("null"),)},
        at_least=10,
    ),
    Share(
        "cpp_template_share",
        "templates / statements, 20 at least",
        {"C++": (Pick("template_declaration"),)},
    ),
    Share(
        "cpp_public_share",
        "`public:`, `private:` and `protected:` / statements, 20 at least",
        {"C++": (Pick("access_specifier", "field_declaration_list"),)},
    ),
)
