"""The grammars of the extra `all-languages`: they load, and what they call comments, strings, functions and imports is counted."""

from __future__ import annotations

import numpy as np
import pytest
import tree_sitter

from codecorpus.parse import _kernels_tree as kernels
from codecorpus.parse import find_grammar, languages, walk
from codecorpus.parse import grammars as grammar_table
from codecorpus.parse.common_kinds import USUAL_KINDS
from codecorpus.parse.node_kinds import NODE_KINDS
from codecorpus.parse.pack_kinds import PACK_KINDS
from codecorpus.parse.roles import ROLE_OF_FIELD
from codecorpus.parse.tree import read_tree
from codecorpus.parse.tree_measures import count_tree

needs_pack = pytest.mark.skipif(
    not grammar_table._has_pack(),
    reason="tree-sitter-language-pack 0.13 is not installed (extra all-languages)",
)

# language: source, bytes of comments, bytes of strings, functions, imports; counted by hand. Languages whose functions are
# calls or lists (Elixir, Clojure), or whose grammar sees mere words (Groovy), have none.
BY_HAND = {
    "Objective-C": (
        '// c\n#import "a.h"\n@implementation A\n- (void)m { NSLog(@"s"); }\n@end\nint f(int a) { return 1; }\n',
        4,
        9,
        2,
        1,
    ),
    "Dart": (
        "// c\nimport 'a.dart';\nint f(int a) { return 1; }\nclass A { void m() { print('s'); } }\n",
        4,
        11,
        2,
        1,
    ),
    "Haskell": ('-- c\nmodule A where\nimport B\nf :: Int -> Int\nf x = x + 1\ng = "s"\n', 4, 3, 1, 1),
    "Perl": ('# c\nuse strict;\nsub f { my $a = "s"; return 1; }\n', 3, 3, 1, 1),
    "R": ('# c\nlibrary(a)\nf <- function(x) {\n  "s"\n}\n', 3, 3, 1, 1),
    "Julia": ('# c\nusing A\nfunction f(x)\n  "s"\nend\n', 3, 3, 1, 1),
    "Elixir": ('# c\ndefmodule A do\n  import B\n  def f(x) do\n    "s"\n  end\nend\n', 3, 3, 0, 1),
    "SCSS": ('// c\n@import "a";\n.a { b: "s"; }\n@mixin f($x) { c: $x; }\n', 4, 6, 1, 1),
    "Dockerfile": ('# c\nFROM a\nRUN echo "s"\nENV A="b"\n', 3, 3, 0, 0),
    "Makefile": ('# c\ninclude a.mk\nall: b\n\techo "s"\n', 3, 0, 0, 1),
    "HCL": ('# c\nresource "a" "b" {\n  c = "s"\n}\n', 3, 9, 0, 0),
    "Terraform": ('# c\nresource "a" "b" {\n  c = "s"\n}\n', 3, 9, 0, 0),
    "PowerShell": ('# c\nImport-Module A\nfunction F($x) { "s" }\n', 3, 3, 1, 1),
    "Zig": ('// c\nconst a = @import("a");\nfn f(x: i32) i32 { _ = "s"; return x; }\n', 4, 6, 1, 0),
    "OCaml": ('(* c *)\nopen A\nlet f x = x + 1\nlet g = "s"\n', 7, 3, 1, 1),
    "Clojure": ('; c\n(ns a (:require [b]))\n(defn f [x] "s")\n', 4, 3, 0, 0),
    "Erlang": ('% c\n-module(a).\n-import(b, [c/1]).\nf(X) -> "s".\n', 3, 3, 1, 1),
    "Verilog": (
        '// c\n`include "a.v"\nmodule m;\nfunction f; input x; f = 1; endfunction\nendmodule\n',
        4,
        5,
        1,
        1,
    ),
    "Fortran Free Form": (
        '! c\nmodule m\nuse a\ncontains\nfunction f(x)\n  print *, "s"\nend function\nend module\n',
        3,
        3,
        1,
        1,
    ),
    "Groovy": ('// c\nimport a.B\ndef f(x) { "s" }\n', 4, 3, 0, 1),
    "CMake": ('# c\ninclude(A)\nfunction(f x)\n  message("s")\nendfunction()\n', 3, 3, 1, 1),
    "Protocol Buffer": (
        '// c\nsyntax = "proto3";\nimport "a.proto";\nmessage A { string b = 1; }\n',
        4,
        9,
        0,
        1,
    ),
    "GraphQL": ('# c\ntype A { b: C }\nquery q { a(b: "s") }\n', 3, 3, 0, 0),
    "XML": ('<!-- c -->\n<a b="s">t</a>\n', 10, 3, 0, 0),
    "Nix": ('# c\nlet f = x: "s"; in import ./a.nix\n', 3, 3, 1, 0),
    "Vim Script": ('" c\nfunction! F(x)\n  echo "s"\nendfunction\n', 3, 3, 1, 0),
    "Tcl": ('# c\npackage require A\nproc f {x} { puts "s" }\n', 3, 3, 1, 1),
    "Pascal": (
        "{ c }\nprogram a;\nuses b;\nfunction f(x: integer): integer;\nbegin\n  writeln('s');\nend;\nbegin end.\n",
        5,
        3,
        1,
        1,
    ),
    "Solidity": (
        '// c\nimport "a.sol";\ncontract A { function f() public { string memory x = "s"; } }\n',
        4,
        10,
        1,
        1,
    ),
    "F#": ('// c\nopen A\nlet f x = "s"\n', 4, 3, 1, 1),
    "Cuda": ('// c\n#include "a.h"\n__global__ void f(int* a) { printf("s"); }\n', 4, 8, 1, 1),
    "GLSL": ('// c\n#include "a"\nvoid f(int a) { a = 1; }\n', 4, 3, 1, 1),
    "Common Lisp": ('; c\n(defun f (x) "s")\n', 4, 3, 1, 0),
    "Emacs Lisp": ('; c\n(require \'a)\n(defun f (x) "s")\n', 3, 3, 1, 0),
    "Ada": ('-- c\nwith A;\nprocedure F is\nbegin\n  Put("s");\nend F;\n', 4, 3, 1, 1),
    "VHDL": ("-- c\nlibrary a;\nuse a.b.all;\nentity e is end e;\n", 4, 0, 0, 0),
    "TeX": ("% c\n\\usepackage{a}\n\\section{b}\n", 3, 0, 0, 1),
    "Nim": ('# c\nimport a\nproc f(x: int): int =\n  echo "s"\n', 3, 3, 1, 1),
    "Elm": ('-- c\nmodule A exposing (..)\nimport B\nf x = "s"\n', 4, 3, 1, 1),
    "Starlark": ('# c\nload("a", "b")\ndef f(x):\n  return "s"\n', 3, 9, 1, 0),
    "Assembly": ("; c\nf:\n  mov eax, 1\n", 3, 0, 0, 0),
    "Fish": ('# c\nsource a\nfunction f\n  echo "s"\nend\n', 3, 3, 1, 1),
}


@needs_pack
@pytest.mark.parametrize("language", sorted(BY_HAND))
def test_counts_by_hand(language):
    source, *expected = BY_HAND[language]
    grammar = find_grammar(language)
    tree = read_tree(source.encode(), grammar)
    assert not tree.errors.any()
    counts = count_tree(tree, grammar, source.encode()).counts
    columns = (kernels.COMMENT_BYTES, kernels.STRING_BYTES, kernels.FUNCTIONS, kernels.IMPORTS)
    assert [int(counts[column]) for column in columns] == expected


@needs_pack
@pytest.mark.parametrize("language", sorted(grammar_table._IN_PACK))
def test_every_grammar_loads_and_both_walks_agree(language):
    grammar = find_grammar(language)
    assert language in languages()
    for source in (b"", b"a b(c) { 'd' }\n// e\n# f\n", b'<a>(: x = "1"; [2] :)</a>\n' * 20, b"\xff\0)("):
        tree = tree_sitter.Parser(grammar.language).parse(source)
        assert walk._same(tree, walk.flatten_by_cursor(tree))
        assert np.all(walk.flatten(tree).ends <= len(source))


@needs_pack
@pytest.mark.parametrize("language", sorted(PACK_KINDS))
def test_every_kind_that_is_listed_is_one_of_the_grammar(language):
    grammar = find_grammar(language)
    for field in ROLE_OF_FIELD:
        names = getattr(PACK_KINDS[language], field)
        if names != getattr(USUAL_KINDS, field):
            assert [name for name in names if not grammar.ids(name)] == []


def test_no_language_has_two_grammars_and_none_is_described_in_vain():
    assert not set(grammar_table._IN_PACK) & set(grammar_table._WHEELS)
    assert not set(PACK_KINDS) & set(NODE_KINDS)
    assert set(PACK_KINDS) <= set(grammar_table._IN_PACK)


def test_without_the_pack_its_languages_have_no_grammar(monkeypatch):
    monkeypatch.setattr(grammar_table, "_has_pack", lambda: False)
    find_grammar.cache_clear()
    try:
        assert find_grammar("Haskell") is None
        assert "Haskell" not in languages()
        assert find_grammar("Python") is not None
    finally:
        find_grammar.cache_clear()
