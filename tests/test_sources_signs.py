"""Signs in the text decide where an extension belongs to several languages; and none of them runs away."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.sources import detect_language, language_type
from codecorpus.sources.language import compiled, language_table


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("run", b"#!/usr/bin/env python3\nx", "Python"),
        ("run", b"#!/usr/bin/python3.11 -u\n", "Python"),
        ("run", b"#!/usr/bin/env -S node --flag\n", "JavaScript"),
        ("run", b"#! /bin/sh\n", "Shell"),
        ("run", b"#!/usr/bin/env perl\n", "Perl"),
        ("run", b"#!/usr/bin/nothing\n", None),
        ("run", b"#!" + b"\xff" * 20, None),
        ("run", b"# completion -*- shell-script -*-\n", "Shell"),
        ("run", b"// -*- mode: C++; tab-width: 4 -*-\n", "C++"),
        ("_git", b"#compdef git\n", "Shell"),
        ("a.py", b"#!/bin/sh\n", "Python"),
        ("a.h", b"struct a;\n", "C"),
        ("a.h", b"#include <stdio.h>\n", "C"),
        ("a.h", b"#include <vector>\n", "C++"),
        ("a.h", b"template <class T>\nstruct a;", "C++"),
        ("a.h", b"@interface A : NSObject\n", "Objective-C"),
        ("a.m", b"#import <Foundation/Foundation.h>\n", "Objective-C"),
        ("a.m", b"% adds\nfunction y = f(x)\n", "MATLAB"),
        ("a.pl", b"use strict;\n", "Perl"),
        ("a.pl", b":- module(a, [b/1]).\n", "Prolog"),
        ("a.ts", b"export const a = 1", "TypeScript"),
        ("a.ts", b'<?xml version="1.0"?><TS>', "XML"),
        ("a.v", b"module a(input b);\nendmodule\n", "Verilog"),
        ("a.v", b"Theorem a : True.\nProof. auto. Qed.", "Rocq Prover"),
        ("a.d", b"import std.stdio;\n", "D"),
        ("a.d", b"src/a.o: src/a.c a.h\n", "Makefile"),
        ("a.inc", b"<?php echo 1;", "PHP"),
        ("a.1", b'.TH A 1 "now"\n', "Roff"),
        ("a.1", b"one\n", None),
        ("a.h", b"#import <Foundation/Foundation.h>\n", "Objective-C"),
        ("a.h", b"#import <functional>\nnamespace a {\n", "C++"),
        ("a.h", b"/* class of its own */\nint f(void);\n", "C"),
        ("a.h", b'#ifdef __cplusplus\nextern "C" {\n#endif\nint f(int a);\n', "C"),
        ("a.h", b"struct A { bool operator==(const A &) const; };\n", "C++"),
        ("a.h", b"int f(const std::string& s);\n", "C++"),
        ("a.m", b":- module a.\n", "Mercury"),
        ("a.m", b"(* ::Package:: *)\n", "Wolfram Language"),
        ("a.m", b"# octave\nif (x != 3)\n  error('x')\nendif\n", "MATLAB"),
        ("a.pl", b"% facts\nlikes(mary, wine).\n", "Prolog"),
        ("a.pl", b"+{\n  a => 1,\n}\n", "Perl"),
        ("a.pm", b"/* XPM */\n", "X PixMap"),
        ("a.t", b"use v6;\n", "Raku"),
        ("a.t", b"use Test::More tests => 1;\n", "Perl"),
        ("a.ts", b"<!DOCTYPE TS>\n<TS>", "XML"),
        ("a.v", b"module main\n\nfn main() {\n}\n", "V"),
        ("a.v", b"`timescale 1ns/1ps\n", "Verilog"),
        ("a.sql", b"SELECT 1;\n", "SQL"),
        ("a.sql", b"SET NOCOUNT ON\nGO\n", "TSQL"),
        ("a.sql", b"CREATE FUNCTION f() RETURNS int AS $$ $$ LANGUAGE plpgsql;\n", "PLpgSQL"),
        ("a.sql", b"CREATE OR REPLACE PACKAGE p AS\n v VARCHAR2(3);\n", "PLSQL"),
        ("a.r", b"x <- 1\n", "R"),
        ("a.r", b"REBOL [Title: {x}]\n", "Rebol"),
        ("a.d", b"#pragma D option quiet\n", "DTrace"),
        ("a.cls", b"\\ProvidesClass{a}\n", "TeX"),
        ("a.cls", b"public class A {\n", "Apex"),
        ("a.cls", b"VERSION 1.0 CLASS\nBEGIN\n", "VBA"),
        ("a.cls", b"nothing\n", None),
        ("a.inc", b"#define A 1\n", "C++"),
        ("a.inc", b"inherit cmake\n", "BitBake"),
        ("a.inc", b"stock int Max(int a)\n", "SourcePawn"),
        ("a.inc", b"plain words\n", None),
        ("a.fs", b"module A\n", "F#"),
        ("a.fs", b"#version 330\n", "GLSL"),
        ("a.fs", b": square ( n -- n ) dup * ;\n", "Forth"),
        ("a.pro", b"QT += core\n", "QMake"),
        ("a.pro", b"-keep class a\n", "Proguard"),
        ("a.pro", b"pro a, b\n  compile_opt idl2\n", "IDL"),
        ("a.mod", b"module example.com/a\n", "Go Module"),
        ("a.mod", b"MODULE Sort;\nEND Sort.\n", "Modula-2"),
        ("a.mod", b"NEURON {\n", "NMODL"),
        ("a.s", b"\t.globl main\n", "Unix Assembly"),
        ("a.s", b"  move.l d0,a1\n  moveq #1,d0\n", "Motorola 68K Assembly"),
        ("a.md", b"# Title\n", "Markdown"),
        ("a.md", b";; comment\n(define_insn a\n", "GCC Machine Description"),
        ("a.rs", b"fn main() {}\n", "Rust"),
        ("a.rs", b"#pragma version(1)\n", "RenderScript"),
        ("a.rs", b"<?xml version='1.0'?>\n", "XML"),
        ("a.cs", b"using System;\n", "C#"),
        ("a.cs", b"!Object methodsFor: 'x'!\n", "Smalltalk"),
        ("a.php", b"<?php\n", "PHP"),
        ("a.php", b"<?hh // strict\n", "Hack"),
        ("a.cl", b"__kernel void f(__global int *a) {}\n", "OpenCL"),
        ("a.cl", b"(defun f ())\n", "Common Lisp"),
        ("a.l", b"%{\n#include <a.h>\n%}\n%%\n", "Lex"),
        ("a.l", b"(de f (X) X)\n", "PicoLisp"),
        ("a.ms", b".TL\nTitle\n", "Roff"),
        ("a.ms", b"fn f a = a\nglobal b\n", "MAXScript"),
        ("a.st", b"main(a) ::= <<\n$a$\n>>\n", "StringTemplate"),
        ("a.as", b"package a {\npublic class B {\n", "ActionScript"),
        ("a.as", b"void main() { Foo@ f; }\n", "AngelScript"),
        ("a.f", b"      program a\n", "Fortran"),
        ("a.f", b": a 1 ;\n", "Forth"),
        ("a.fr", b"module A where\n", "Frege"),
        ("a.gd", b"extends Node\n", "GDScript"),
        ("a.gd", b'DeclareOperation("a", []);\n', "GAP"),
        ("a.j", b".class public A\n.super java/lang/Object\n", "Jasmin"),
        ("a.j", b"@implementation A : B\n", "Objective-J"),
        ("a.typ", b"#let a = 1\n", "Typst"),
        ("a.typ", b"<?xml version='1.0'?>", "XML"),
        ("a.yy", b"%{\n%}\n%%\n", "Yacc"),
        ("a.yy", b'{\n  "id": 1}', "JSON"),
        ("a.lisp", b"(define (f) 1)\n", "NewLisp"),
        ("a.bas", b"10 PRINT 1\n", "BASIC"),
        ("a.bas", b'Attribute VB_Name = "A"\n', "VBA"),
        ("a.bas", b"DECLARE SUB f ()\n", "QuickBASIC"),
        ("a.hh", b"#pragma once\n", "C++"),
        ("a.ice", b'{"a": 1}', "JSON"),
        ("a.pp", b"class a { }\n", "Puppet"),
        ("a.pp", b"unit A;\n", "Pascal"),
        ("a.pp", b"fn main() {}\n", "Rust"),
        ("a.ncl", b"<?xml version='1.0'?>\n", "XML"),
        ("a.nl", b"(println 1)\n", "NewLisp"),
        ("a.q", b"select a from b\n", "HiveQL"),
        ("a.sc", b"SynthDef(1)\n", "SuperCollider"),
        ("a.sc", b"object A\n", "Scala"),
        ("a.sol", b"pragma solidity ^0.8;\n", "Solidity"),
        ("a.sol", b"G01*\nD10*\n", "Gerber Image"),
        ("a.toc", b"## Title: x\na.lua\n", "World of Warcraft Addon Data"),
        ("a.toc", b"\\contentsline {x}\n", "TeX"),
        ("a.w", b"@* Title.\n@c\n", "CWeb"),
        ("a.x", b"SECTIONS\n{\n", "Linker Script"),
        ("a.x", b"program A {\n version B {\n", "RPC"),
        ("a.x", b"%hook A\n%end\n", "Logos"),
        ("a.ftl", b"key = value\n", "Fluent"),
        ("a.ftl", b"<#if a>${b}</#if>\n", "FreeMarker"),
        ("a.scm", b"((comment) @comment)\n", "Tree-sitter Query"),
        ("a.scm", b"(define x 1)\n", "Scheme"),
        ("a.tpl", b"<?php echo 1;", "PHP"),
        ("a.tpl", b"{if $a}x{/if}", "Smarty"),
        ("a.tpl", b"{{ .Values.a }}", "Go Template"),
        ("a.js", b"// @flow strict\n", "JavaScript"),
        ("a.js.flow", b"// @flow\n", "JavaScript"),
        ("Dense", b'#include "Core"\n#include "LU"\n', "C++"),
        ("vector", b"#ifndef _V\n#define _V 1\nnamespace std {\n", "C++"),
        ("algorithm", b"// <algorithm> -*- C++ -*-\n", "C++"),
        ("FFT", b'#ifndef EIGEN_FFT_H\n#include "src/FFT/ei_impl.h"\n', "C++"),
        ("functions", b"f () {\n  local a\n}\n", "Shell"),
        ("tool", b"# vim: set ft=python :\n", "Python"),
        ("notes", b"some words of prose\n", None),
        ("a.vcxitems", b'<?xml version="1.0"?>\n<Project/>', "XML"),
        ("a.unknown", b"\n<!DOCTYPE html>\n<html>", "HTML"),
        ("a.unknown", b"import a\n", None),
        ("model.php.stub", b"<?php\n", "PHP"),
        ("Kconfig.debug", b"config A\n", "Kconfig"),
        ("a.py.in.in.in", b"", "Python"),
        ("x.in.in.in.in.in.in", b"", None),
    ],
)
def test_by_what_stands_at_the_head(path, head, language):
    assert detect_language(path, head) == language


NASTY = [
    b" ",
    b"\t",
    b"a ",
    b"a.",
    b"a:",
    b"(a, ",
    b"#include <",
    b"#ifndef A\n",
    b"# a\n",
    b"% a\n",
    b"-*-",
    b"::",
    b"{ ",
    b"\n",
    b"vim: ft",
]


def test_no_sign_runs_away_on_nasty_text():
    patterns = {
        pattern
        for signs in language_table().signs.values()
        for sign in signs
        for pattern in (sign.pattern, sign.also, sign.unless)
        if pattern
    }
    assert len(patterns) > 200
    slow = []
    for pattern in sorted(patterns):
        for seed in NASTY:
            start = time.process_time()
            compiled(pattern).search((seed * 8192)[:8192])
            if time.process_time() - start > 0.3:
                slow.append((pattern, seed))
    assert slow == []


def test_every_sign_can_be_reached():
    table = language_table()
    for extension, signs in table.signs.items():
        known = extension in table.extensions or extension in (".", "*") or extension in table.wrappers
        assert known or any(sign.language for sign in signs)
        assert len({(sign.language, sign.pattern) for sign in signs}) == len(signs), extension


@given(st.sampled_from(sorted(language_table().signs)), st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_the_same_bytes_have_the_same_language(extension, head):
    path = "name" if extension == "." else f"a.{extension}"
    language = detect_language(path, head)
    assert language == detect_language(path, head)
    assert language is None or language_type(language) is not None
