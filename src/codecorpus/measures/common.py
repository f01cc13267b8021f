"""What is counted alike in many languages: prints, asserts, tests, stubs, preprocessor lines."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share, every

C_FAMILY = ("C", "C++")
SCRIPTS = ("JavaScript", "TypeScript", "TSX")

_JS_PRINT = Pick("identifier", "member_expression", "call_expression", words="console")
_C_PRINTS = "printf puts putchar fprintf perror putc fputs vprintf"
_C_PRINT = Pick("identifier", "call_expression", words=_C_PRINTS)
_JS_TEST = Pick("identifier", "call_expression", words="describe it test suite beforeEach afterEach")

COMMON = (
    Share(
        "print_share",
        "statements that print to the terminal or log to it / statements, 20 at least",
        {
            "Python": (
                Pick("identifier", "call", "expression_statement", words="print pprint"),
                Pick("print_statement"),
            ),
            **every(SCRIPTS, _JS_PRINT),
            "Java": (Pick("field_access", "method_invocation", words="System.out System.err"),),
            "C": (_C_PRINT,),
            "C++": (
                _C_PRINT,
                Pick("identifier", "qualified_identifier", "call_expression", words=_C_PRINTS),
                Pick("identifier", "qualified_identifier", "binary_expression", words="cout cerr clog"),
                Pick("identifier", "binary_expression", words="cout cerr"),
            ),
            "Go": (
                Pick(
                    "field_identifier", "selector_expression", "call_expression", words="Println Printf Print"
                ),
                Pick("identifier", "call_expression", words="println print"),
            ),
            "Rust": (Pick("identifier", "macro_invocation", words="println print eprintln eprint dbg"),),
            "C#": (
                Pick(
                    "identifier", "member_access_expression", "invocation_expression", words="Console Debug"
                ),
            ),
            "Ruby": (Pick("identifier", "call", words="puts print p pp"),),
            "PHP": (
                Pick("echo_statement print_intrinsic"),
                Pick("name", "function_call_expression", words="print_r var_dump printf"),
            ),
            "Shell": (Pick("command_name", words="echo printf"),),
            "Lua": (Pick("identifier", "function_call", words="print"),),
            "Kotlin": (Pick("identifier", "call_expression", words="println print"),),
            "Swift": (Pick("simple_identifier", "call_expression", words="print debugPrint NSLog"),),
            "Scala": (Pick("identifier", "call_expression", words="println print"),),
        },
    ),
    Share(
        "assert_share",
        "assertions / statements, 20 at least",
        {
            "Python": (
                Pick("assert_statement"),
                Pick("identifier", "attribute", "call", words="assertEqual assert*"),
            ),
            **every(
                SCRIPTS,
                Pick("identifier", "call_expression", words="expect assert"),
                Pick("identifier", "member_expression", "call_expression", words="assert"),
                # The argument of tests in tap, tape and ava.
                Pick(
                    "member_expression",
                    "call_expression",
                    words="t.assert* t.deepEqual* t.equal* t.error* t.fail t.false t.falsy t.is t.like t.match* t.not* t.ok t.pass"
                    " t.same* t.strictEqual* t.throws* t.true t.truthy",
                ),
            ),
            "Java": (
                Pick("assert_statement"),
                Pick("identifier", "method_invocation", words="assert* verify"),
            ),
            "C": (
                Pick("identifier", "call_expression", words="assert* ASSERT* EXPECT_* CHECK* TEST_ASSERT*"),
            ),
            "C++": (
                Pick(
                    "identifier", "call_expression", words="assert* ASSERT* EXPECT_* CHECK* REQUIRE* VERIFY*"
                ),
                Pick("static_assert_declaration"),
            ),
            "Go": (
                Pick("identifier", "selector_expression", "call_expression", words="assert require"),
                Pick(
                    "field_identifier", "selector_expression", "call_expression", words="Errorf Fatalf Fatal"
                ),
            ),
            "Rust": (Pick("identifier", "macro_invocation", words="assert* debug_assert*"),),
            "C#": (Pick("identifier", "member_access_expression", "invocation_expression", words="Assert"),),
            "Ruby": (Pick("identifier", "call", words="assert* expect refute*"),),
            "PHP": (Pick("name", "member_call_expression scoped_call_expression", words="assert*"),),
        },
    ),
    Share(
        "test_share",
        "functions and blocks that are tests by their name or mark / functions, 1 at least",
        {
            "Python": (Pick("identifier", "function_definition", words="test_* test"),),
            **every(SCRIPTS, _JS_TEST),
            "Java": (
                Pick(
                    "identifier", "marker_annotation annotation", words="Test ParameterizedTest RepeatedTest"
                ),
            ),
            "C++": (
                Pick("identifier", "function_declarator", words="TEST TEST_F TEST_P TEST_CASE SCENARIO"),
            ),
            "Go": (Pick("identifier", "function_declaration", words="Test* Benchmark* Fuzz* Example*"),),
            "Rust": (
                Pick("identifier", "attribute", words="test bench"),
                Pick("identifier", "token_tree", "attribute", words="test"),
            ),
            "C#": (Pick("identifier", "attribute", words="Test TestMethod Fact Theory TestCase"),),
            "Ruby": (
                Pick("identifier", "method", words="test_*"),
                Pick("identifier", "call", words="describe it context"),
            ),
            "PHP": (Pick("name", "method_declaration", words="test*"),),
        },
        base="functions",
        at_least=1,
    ),
    Share(
        "pass_share",
        "Python's `pass` / statements, 20 at least",
        {"Python": (Pick("pass_statement"),)},
    ),
    Share(
        "preprocessor_share",
        "C and C++: preprocessor directives / lines, 20 at least",
        every(
            C_FAMILY,
            Pick(
                "preproc_include preproc_def preproc_function_def preproc_call preproc_if preproc_ifdef"
                " preproc_elif preproc_elifdef preproc_else '#endif'"
            ),
        ),
        base="lines",
    ),
    Share(
        "main_share",
        "functions named main / functions, 1 at least",
        {
            **every(C_FAMILY, Pick("identifier", "function_declarator", "function_definition", words="main")),
            "Java": (Pick("identifier", "method_declaration", words="main"),),
            "Go": (Pick("identifier", "function_declaration", words="main"),),
            "Rust": (Pick("identifier", "function_item", words="main"),),
            "C#": (Pick("identifier", "method_declaration", words="Main"),),
            "Kotlin": (Pick("identifier", "function_declaration", words="main"),),
        },
        base="functions",
        at_least=1,
    ),
)

#: Words for "not written yet", by language: a function whose one statement has such a node is a stub.
STUBS = {
    "Python": (Pick("identifier", "call raise_statement", words="NotImplementedError"),),
    "Java": (
        Pick(
            "type_identifier",
            "object_creation_expression",
            words="UnsupportedOperationException NotImplementedException",
        ),
    ),
    "C#": (
        Pick(
            "identifier", "object_creation_expression", words="NotImplementedException NotSupportedException"
        ),
    ),
    "Rust": (Pick("identifier", "macro_invocation", words="todo unimplemented"),),
    "Kotlin": (Pick("identifier", "call_expression", words="TODO"),),
    "Scala": (Pick("operator_identifier identifier", words="???"),),
    "Ruby": (Pick("constant", "argument_list call", words="NotImplementedError"),),
}
