"""What each share counts, and what looks like it and is not counted: small sources, counted by hand."""

from __future__ import annotations

import pytest

from codecorpus.measures import SHARES
from test_parse_measures import measures_of

JS = ("JavaScript", "TypeScript", "TSX")

# share → languages, source, what is counted in it, the base (statements and the like are fewer than the least base here)
SMALL = [
    # --- in many languages ------------------------------------------------------------------------------------------------------
    ("print_share", "Python", "print(a)\nx = print\npprint(b)\nlog.print(c)\n", 2, 20),
    ("print_share", "Python", "print a, b\nprint >>f, c\n", 2, 20),
    ("print_share", JS, "console.log(a); console.error(b); log.info(console); x = console;", 2, 20),
    (
        "print_share",
        "Java",
        "class A { void f() { System.out.println(1); System.err.print(2); System.exit(3); out.print(4); } }",
        2,
        20,
    ),
    ("print_share", "C", 'void f(void) { printf("a"); puts("b"); sprintf(s, "c"); x = printf; }', 2, 20),
    (
        "print_share",
        "C++",
        'void f() { std::cout << a << b; cerr << c; printf("d"); std::printf("e"); x << 1; }',
        4,
        20,
    ),
    (
        "print_share",
        "Go",
        'package p\nfunc f() { fmt.Println(1); fmt.Printf("a"); println(2); fmt.Errorf("b"); w.Write(c) }',
        3,
        20,
    ),
    (
        "print_share",
        "Rust",
        'fn f() { println!("a"); eprint!("b"); dbg!(c); format!("d"); print(e); }',
        3,
        20,
    ),
    (
        "print_share",
        "C#",
        "class A { void F() { Console.WriteLine(1); Debug.Print(2); log.Write(3); } }",
        2,
        20,
    ),
    ("print_share", "Ruby", "puts 1\np x\nprint 'a'\nputs_all\nlogger.info 2\n", 3, 20),
    ("print_share", "PHP", "<?php echo 1; print_r($a); var_dump($b); print 2; sprintf('c'); log(3);", 4, 20),
    ("print_share", "Shell", "echo a\nprintf b\ncat c\necho_all d\n", 2, 20),
    ("print_share", "Lua", "print(1)\nio.write(2)\nlog.print(3)\nprint 'a'\n", 2, 20),
    ("print_share", "Kotlin", "fun f() { println(1); print(2); format(3); log.print(4) }", 2, 20),
    ("print_share", "Swift", 'func f() { print(1); NSLog("a"); format(2) }', 2, 20),
    ("print_share", "Scala", "object A { def f() = { println(1); print(2); format(3) } }", 2, 20),
    (
        "assert_share",
        "Python",
        "assert a\nself.assertEqual(b, 1)\nself.assertTrue(c)\nassertion(d)\nself.fail()\n",
        3,
        20,
    ),
    (
        "assert_share",
        JS,
        "expect(a).toBe(1); assert(b); assert.equal(c, 2); t.equal(d, 3); t.render(e); expected(f);",
        4,
        20,
    ),
    (
        "assert_share",
        "Java",
        "class A { void f() { assert a; assertEquals(1, b); verify(c).d(); check(e); } }",
        3,
        20,
    ),
    (
        "assert_share",
        "C",
        "void f(void) { assert(a); ASSERT_TRUE(b); CHECK(c); check(d); x = assert; }",
        3,
        20,
    ),
    (
        "assert_share",
        "C++",
        "void f() { EXPECT_EQ(a, 1); REQUIRE(b); static_assert(sizeof(int) == 4); expect(c); }",
        3,
        20,
    ),
    (
        "assert_share",
        "Go",
        'package p\nfunc f() { assert.Equal(t, 1, a); require.Nil(t, b); t.Fatalf("c"); t.Log(d); assert(e) }',
        3,
        20,
    ),
    ("assert_share", "Rust", "fn f() { assert!(a); assert_eq!(b, 1); debug_assert!(c); check!(d); }", 3, 20),
    (
        "assert_share",
        "C#",
        "class A { void F() { Assert.Equal(1, b); Assert.True(c); Check.That(d); } }",
        2,
        20,
    ),
    ("assert_share", "Ruby", "assert a\nassert_equal 1, b\nexpect(c).to eq 2\nrefute d\ncheck e\n", 4, 20),
    (
        "assert_share",
        "PHP",
        "<?php $this->assertSame(1, $a); self::assertTrue($b); $this->check($c); assertion($d);",
        2,
        20,
    ),
    (
        "test_share",
        "Python",
        "def test_a(): f()\ndef test(): g()\ndef tested(): h()\ndef helper(): i()\n",
        2,
        4,
    ),
    (
        "test_share",
        JS,
        "describe('a', () => { it('b', () => {}); test('c', function () {}); }); function itself() {} item('d');",
        3,
        4,
    ),
    (
        "test_share",
        "Java",
        "class A { @Test void a() { f(); } @ParameterizedTest void b() {} @Override void c() {} void test() {} }",
        2,
        4,
    ),
    (
        "test_share",
        "C++",
        "TEST(A, B) { f(); }\nTEST_F(A, C) { g(); }\nint TESTED(int a) { return a; }\n",
        2,
        3,
    ),
    (
        "test_share",
        "Go",
        "package p\nfunc TestA(t *testing.T) {}\nfunc BenchmarkB(b *testing.B) {}\nfunc tested() {}\nfunc (a A) TestC() {}\n",
        2,
        4,
    ),
    (
        "test_share",
        "Rust",
        "#[test]\nfn a() {}\n#[tokio::test]\nasync fn b() {}\n#[cfg(test)]\nmod m { fn c() {} }\n#[inline]\nfn d() {}\n",
        2,
        4,
    ),
    (
        "test_share",
        "C#",
        "class A { [Fact] void B() { } [Test] void C() { } [TestCase(1)] void D() { } [Obsolete] void E() { } }",
        3,
        4,
    ),
    ("test_share", "Ruby", "def test_a; end\ndef tested; end\ndescribe 'x' do\n  it('y') { z }\nend\n", 3, 2),
    (
        "test_share",
        "PHP",
        "<?php class A { function testB() { f(); } public function test_c() { g(); } function setUp() { h(); } }",
        2,
        3,
    ),
    ("pass_share", "Python", "def f(): pass\nclass A: pass\nif x:\n    y = 'pass'\n", 2, 20),
    (
        "preprocessor_share",
        ("C", "C++"),
        "#include <a>\n#ifdef B\n#define C 1\n#else\n#define D(x) x\n#endif\n#pragma once\nint e; // #if\n",
        7,
        20,
    ),
    ("main_share", ("C", "C++"), "int main(void) { return 0; }\nint mainly(void) { return main(); }\n", 1, 2),
    ("main_share", "Java", "class A { static void main(String[] a) { main(a); } void b() { } }", 1, 2),
    ("main_share", "Go", "package main\nfunc main() {}\nfunc f() { main() }\n", 1, 2),
    ("main_share", "Rust", "fn main() {}\nfn f() { main() }\n", 1, 2),
    ("main_share", "C#", "class A { static void Main() { } void B() { Main(); } }", 1, 2),
    ("main_share", "Kotlin", "fun main() { f() }\nfun f() { main() }\n", 1, 2),
    # --- Python -------------------------------------------------------------------------------------------------------------------
    ("python_wildcard_import_share", "Python", "from a import *\nfrom b import c\nimport d\n", 1, 4),
    (
        "python_bare_except_share",
        "Python",
        "try: a\nexcept: b\ntry: c\nexcept E: d\ntry: e\nexcept (F, G) as g: h\n",
        1,
        4,
    ),
    ("python_eval_share", "Python", "eval(a)\nexec(b)\nmodel.eval()\nx = eval\nf(exec)\n", 2, 20),
    ("python_global_share", "Python", "def f():\n    global a, b\n    nonlocal c\n    globals()\n", 1, 20),
    (
        "python_mutable_default_share",
        "Python",
        "def f(a=[], b={}, c=None, d=()): g([])\ndef h(e: list = [], i: set = set(), j=dict()): k(l=[])\n",
        5,
        5,
    ),
    (
        "python_removed_module_share",
        "Python",
        "import imp\nimport cPickle as pickle\nfrom distutils.core import setup\nimport importlib\nfrom a import imp\n",
        3,
        5,
    ),
    (
        "python_index_loop_share",
        "Python",
        "for i in range(len(a)): b\nfor j in range(9): c\nd = [e for k in range(len(f))]\nfor l in enumerate(g): h\n",
        2,
        5,
    ),
    (
        "python_none_comparison_share",
        "Python",
        "a == None\nb != True\nc is None\nd == 1\nx = None\nNone == e\n",
        2,
        10,
    ),
    (
        "python_type_comparison_share",
        "Python",
        "type(a) == int\ntype(b) != type(c)\ntype(d) is int\nisinstance(e, int)\nf == integer\nint(g) == 1\n",
        2,
        10,
    ),
    (
        "python_old_class_share",
        "Python",
        "class A(object): pass\nclass B: pass\nclass C(Base, object): pass\nf(object)\n",
        2,
        4,
    ),
    # --- JavaScript and TypeScript ------------------------------------------------------------------------------------------------
    ("js_var_share", JS, "var a = 1; let b = 2; const c = 3; for (var d = 0; d < 1; d++) {}", 2, 10),
    (
        "js_eval_share",
        JS,
        "eval(a); new Function('b'); document.write(c); window.eval(d); document.writer(e); x.eval; new Fun();",
        4,
        20,
    ),
    (
        "js_with_share",
        "JavaScript",
        "with (a) { b } function f() { arguments.callee(); arguments.length; }",
        2,
        20,
    ),
    (
        "js_loose_equality_share",
        JS,
        "a == 1; b != c; d == null; e === 2; f !== g; if (h == 'x') {}",
        3,
        10,
    ),
    ("js_debug_share", JS, "debugger; alert(a); confirm(b); c.alert(d); alerts(e);", 3, 20),
    (
        "js_sequence_share",
        JS,
        "a(), b(); function f() { return c(), d } for (i = 0, j = 1; ; i++, j++) {} const e = [1, 2], g = 3;",
        2,
        20,
    ),
    ("js_minified_literal_share", JS, "a = !0; b = !1; c = void 0; d = !e; f = -1; g = 0;", 3, 20),
    (
        "js_transpiled_share",
        JS,
        "__extends(A, B); exports.__esModule; f('__esModule'); _classCallCheck(this, C); extend(D);",
        4,
        20,
    ),
    (
        "js_empty_catch_share",
        JS,
        "try { a } catch (e) {} try { b } catch { /* on purpose */ } try { c } catch (e) { d } function f() {}",
        1,
        8,
    ),
    (
        "ts_any_share",
        ("TypeScript", "TSX"),
        "let a: any; let b: string; let c: Foo; const any = 1; f<any>(d);",
        2,
        20,
    ),
    # --- Java ---------------------------------------------------------------------------------------------------------------------
    ("java_wildcard_import_share", "Java", "import a.*;\nimport a.B;\nimport static c.D.*;\n", 2, 5),
    (
        "java_empty_catch_share",
        "Java",
        "class A { void f() { try { a(); } catch (B b) { } try { c(); } catch (D d) { /* why */ } try { e(); } catch (F g) { h(); } } }",
        1,
        8,
    ),
    (
        "java_broad_catch_share",
        "Java",
        "class A { void f() { try { a(); } catch (Exception e) { } try { b(); } catch (IOException e) { } catch (Throwable t) { } } }",
        2,
        8,
    ),
    (
        "java_stack_trace_share",
        "Java",
        "class A { void f() { try { a(); } catch (B e) { e.printStackTrace(); } printStackTrace(log); } }",
        1,
        8,
    ),
    ("java_exit_share", "Java", "class A { void f() { System.exit(1); context.exit(2); exit(3); } }", 1, 20),
    (
        "java_legacy_type_share",
        "Java",
        "class A { Vector<B> b = new Vector<B>(); List<C> c; StringBuffer d; }",
        3,
        20,
    ),
    (
        "java_cast_share",
        "Java",
        "class A { void f() { a = (B) c; d = (byte) 1; e = (List<F>) g; h = (i) + j; } }",
        2,
        20,
    ),
    (
        "java_instanceof_share",
        "Java",
        "class A { boolean f() { return a instanceof B && !(c instanceof D); } }",
        2,
        20,
    ),
    (
        "java_null_return_share",
        "Java",
        "class A { B f() { if (a) return null; return b; } C g() { return null; } }",
        2,
        10,
    ),
    (
        "java_field_share",
        "Java",
        "class A { int b; static final int C = 1; void f() { int d; } } enum E { F, G }",
        4,
        20,
    ),
    # --- C and C++ ----------------------------------------------------------------------------------------------------------------
    ("c_goto_share", ("C", "C++"), "void f(void) { if (a) goto b; goto c; b: d(); c: return; }", 2, 20),
    (
        "c_unbounded_call_share",
        "C",
        "void f(void) { strcpy(a, b); gets(c); strncpy(d, e, 3); snprintf(g, 4, h); x = strcpy; }",
        2,
        10,
    ),
    (
        "c_unbounded_call_share",
        "C++",
        "void f() { std::strcpy(a, b); sprintf(c, d); std::copy(e, g, h); }",
        2,
        10,
    ),
    (
        "c_old_style_share",
        "C",
        "int f(a, b) int a; char *b; { return a; }\nint g(int a) { int b; return b; }\n",
        1,
        2,
    ),
    ("c_macro_function_share", ("C", "C++"), "#define A(x) x\n#define B 1\nvoid f(void) { A(1); }\n", 1, 10),
    (
        "c_asm_share",
        ("C", "C++"),
        'void f(void) { asm("nop"); __asm__ volatile("" ::: "memory"); asmx("a"); }',
        2,
        20,
    ),
    (
        "c_disabled_share",
        ("C", "C++"),
        "#if 0\nint a;\n#endif\n#if 1\nint b;\n#endif\n#if X\nint c;\n#endif\n",
        1,
        20,
    ),
    (
        "c_conditional_share",
        ("C", "C++"),
        "#ifdef A\nint a;\n#elif B\nint b;\n#endif\n#if C\nint c;\n#endif\n",
        3,
        20,
    ),
    ("c_register_share", "C", "void f(register int a) { register int b; int registered; }", 2, 20),
    (
        "c_prototype_share",
        "C",
        "int f(int a);\nchar *g(void);\nint (*h)(int);\nint i(void) { return f(1); }\nstruct s { int (*j)(void); };\n",
        2,
        20,
    ),
    (
        "c_prototype_share",
        "C++",
        "class A { int f(); A& g(); ~A(); int (*h)(); int i() { return 1; } };",
        3,
        20,
    ),
    (
        "c_case_share",
        ("C", "C++"),
        "int f(int a) { switch (a) { case 1: case 2: return 3; default: return 4; } }",
        3,
        20,
    ),
    ("c_macro_share", ("C", "C++"), "#define A 1\n#define B\n#define C(x) x\n#undef A\n", 2, 20),
    (
        "cpp_raw_memory_share",
        "C++",
        "void f() { a = new B; delete a; free(c); std::malloc(1); d = std::make_unique<B>(); e.free(); }",
        4,
        20,
    ),
    (
        "cpp_c_cast_share",
        "C++",
        "void f() { a = (int)b; c = static_cast<int>(d); e = (int*)g; h = int(i); }",
        2,
        10,
    ),
    (
        "cpp_outdated_share",
        "C++",
        "std::auto_ptr<A> a;\nvoid f() throw();\nvoid g() noexcept { register int b; std::random_shuffle(c, d); }\n",
        4,
        20,
    ),
    (
        "cpp_using_namespace_share",
        "C++",
        "using namespace std;\nusing std::string;\nnamespace a { int b; }\nusing C = int;\n",
        1,
        20,
    ),
    ("cpp_null_macro_share", "C++", "void f() { a = NULL; b = nullptr; c = 0; d(NULL); }", 2, 10),
    (
        "cpp_template_share",
        "C++",
        "template <typename T> struct A {};\ntemplate <class T> T f(T a) { return a; }\nA<int> b;\n",
        2,
        20,
    ),
    ("cpp_public_share", "C++", "class A { public: int a; private: int b; }; struct B : public A {};", 2, 20),
    # --- Go -----------------------------------------------------------------------------------------------------------------------
    (
        "go_discard_share",
        "Go",
        "package p\nfunc f() { _ = a(); _, err := b(); c, _ = d(); e = g() }\nvar _ I = h\n",
        1,
        20,
    ),
    (
        "go_panic_share",
        "Go",
        'package p\nfunc f() { panic("a"); log.Fatal(b); os.Exit(1); log.Print(c); p.panic(); recover() }\n',
        3,
        20,
    ),
    (
        "go_empty_interface_share",
        "Go",
        "package p\nfunc f(a interface{}, b any, c int) string\ntype I interface { M() }\n",
        2,
        20,
    ),
    ("go_goto_share", "Go", "package p\nfunc f() {\na:\n\tgoto a\n\tfor { break a }\n}\n", 1, 20),
    (
        "go_error_check_share",
        "Go",
        "package p\nfunc f() { if err != nil { return }; if b := c(); b != nil { d() }; if e == nil { g() } }\n",
        2,
        20,
    ),
    ("go_dot_import_share", "Go", 'package p\nimport (\n\t. "a"\n\t_ "b"\n\tc "d"\n\t"e"\n)\n', 1, 4),
    (
        "go_unsafe_share",
        "Go",
        "package p\nvar a = unsafe.Pointer(b)\nvar c unsafe.Pointer\nvar d = safe.E\n",
        2,
        20,
    ),
    (
        "go_outdated_share",
        "Go",
        "package p\nfunc f() { ioutil.ReadAll(a); rand.Seed(1); strings.Title(b); io.ReadAll(c); rand.Int() }\n",
        3,
        10,
    ),
    ("go_init_share", "Go", "package p\nfunc init() {}\nfunc initialize() {}\nfunc (a A) init() {}\n", 1, 5),
    (
        "go_tag_share",
        "Go",
        'package p\ntype T struct {\n\tA int `json:"a"`\n\tB string\n}\nvar c = `d`\n',
        1,
        20,
    ),
    ("go_constant_share", "Go", "package p\nconst (\n\tA = iota\n\tB\n)\nconst C = 1\nvar d = 2\n", 3, 20),
    # --- Rust ---------------------------------------------------------------------------------------------------------------------
    (
        "rust_unwrap_share",
        "Rust",
        'fn f() { a.unwrap(); b().expect("c"); d.unwrap_or(1); unwrap(e); }',
        2,
        10,
    ),
    (
        "rust_unsafe_share",
        "Rust",
        "unsafe fn a() { b() }\nfn c() { unsafe { d() } }\nunsafe impl E for F {}\n",
        2,
        5,
    ),
    (
        "rust_todo_share",
        "Rust",
        'fn a() { todo!() }\nfn b() { unimplemented!("c") }\nfn d() { unreachable!() }\n',
        2,
        5,
    ),
    (
        "rust_allow_share",
        "Rust",
        "#![allow(a)]\n#[allow(b, c)]\nfn d() {}\n#[deny(e)]\nfn allow() {}\n",
        2,
        20,
    ),
    (
        "rust_foreign_share",
        "Rust",
        'extern "C" { fn a(); fn b(c: i32); }\nextern "C" fn d() {}\ntrait T { fn e(); }\n',
        2,
        20,
    ),
    ("rust_clone_share", "Rust", "fn f() { a.clone(); b.to_owned(); Arc::clone(&c); d.cloned(); }", 2, 20),
    (
        "rust_transmute_share",
        "Rust",
        "use std::mem::transmute;\nfn f() { transmute(a); mem::zeroed(); mem::transmute::<A, B>(b); mem::swap(c, d); }",
        3,
        20,
    ),
    (
        "rust_static_mut_share",
        "Rust",
        "static mut A: i32 = 1;\nstatic B: i32 = 2;\nfn f() { let mut c = 3; }\n",
        1,
        20,
    ),
    ("rust_outdated_share", "Rust", "extern crate a;\n#[macro_use]\nextern crate b;\nuse c::d;\n", 2, 4),
    ("rust_glob_share", "Rust", "use a::*;\nuse b::{c, d::*};\nuse e::f;\nfn g() { h * i }\n", 2, 5),
    ("rust_cast_share", "Rust", "use a as b;\nfn f() { c as u8; d as *const u8; e::<u8>(); }\n", 2, 20),
    (
        "rust_constant_share",
        "Rust",
        "const A: i32 = 1;\nstatic B: i32 = 2;\nconst fn c() {}\nlet_it!(d);\n",
        2,
        20,
    ),
    # --- C# -----------------------------------------------------------------------------------------------------------------------
    (
        "cs_empty_catch_share",
        "C#",
        "class A { void F() { try { B(); } catch { } try { C(); } catch (D) { /* why */ } try { E(); } catch (G) { H(); } } }",
        1,
        8,
    ),
    (
        "cs_broad_catch_share",
        "C#",
        "class A { void F() { try { B(); } catch (Exception e) { } try { C(); } catch { } try { D(); } catch (IOException) { }"
        " try { E(); } catch (System.Exception) { } } }",
        3,
        8,
    ),
    ("cs_goto_share", "C#", "class A { void F() { B: goto B; break; } }", 1, 20),
    (
        "cs_legacy_type_share",
        "C#",
        "class A { ArrayList b = new ArrayList(); Hashtable c; List<D> e; SortedList<F, G> h; }",
        3,
        20,
    ),
    (
        "cs_dynamic_share",
        "C#",
        "class A { dynamic B(dynamic c) { dynamic d = c; return d; } dynamic E { get; set; } }",
        4,
        20,
    ),
    ("cs_region_share", "C#", "class A {\n#region B\nint c;\n#endregion\n}\n", 1, 20),
    (
        "cs_native_share",
        "C#",
        'class A { [DllImport("b")] static extern int C(); [Obsolete] void D() { } }',
        1,
        20,
    ),
    (
        "cs_unsafe_share",
        "C#",
        "class A { unsafe void B() { fixed (int* c = d) { } } void E() { unsafe { } } }",
        3,
        20,
    ),
    ("cs_property_share", "C#", "class A { int B { get; set; } int C => 1; int d; int E() => 2; }", 2, 20),
    ("cs_pragma_share", "C#", "#pragma warning disable 1\nclass A { }\n#pragma warning restore 1\n", 2, 20),
    (
        "cs_designer_share",
        "C#",
        "class A { A() { InitializeComponent(); } void InitializeComponent() { b = 1; } }",
        1,
        2,
    ),
]

CASES = [
    pytest.param(name, language, source, count / base, id=f"{name}-{language}-{number}")
    for number, (name, languages, source, count, base) in enumerate(SMALL)
    for language in ([languages] if isinstance(languages, str) else languages)
]


@pytest.mark.parametrize(("name", "language", "source", "expected"), CASES)
def test_a_share_counts_what_it_says_and_nothing_like_it(name, language, source, expected):
    assert measures_of(language, source)[name] == pytest.approx(expected)


def test_every_share_is_counted_by_hand_in_every_language_it_has():
    counted = {
        (name, language)
        for name, languages, *_ in SMALL
        for language in ([languages] if isinstance(languages, str) else languages)
    }
    said = {(share.name, language) for share in SHARES for language in share.picks}
    same_grammar = {("js_with_share", "TypeScript"), ("js_with_share", "TSX"), ("c_register_share", "C++")}
    assert said - counted == same_grammar
    assert counted <= said


def test_a_share_is_null_where_its_language_is_another():
    found = measures_of("Ruby", "puts 1\n")
    assert found["print_share"] is not None
    assert found["python_eval_share"] is None
