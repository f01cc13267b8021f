"""Repositories written by a random hand, with the imports that are in them: the oracle for references and their resolution."""

from __future__ import annotations

import posixpath


def repository(language, random):
    """Paths, sources and the set of (importing path, imported path)."""
    count = random.randint(2, 12)
    folders = ["", "alpha", "alpha/beta", "gamma", "gamma/delta/eps"]
    places = [(random.choice(folders[1:]), f"{random.choice('mnk')}od{number}") for number in range(count)]
    edges = {
        (one, other)
        for one in range(count)
        for other in range(count)
        if one != other and random.random() < 0.2
    }
    paths, sources = FORMS[language](places, edges, random)
    return paths, sources, {(paths[one], paths[other]) for one, other in edges}


def _relative(one, other):
    path = posixpath.relpath("/" + other, "/" + one)
    return path if path.startswith(".") else "./" + path


def _python(places, edges, random):
    paths = [f"{folder}/{name}.py" for folder, name in places]
    sources = []
    for one, (folder, _) in enumerate(places):
        lines = ["import os, sys", "from typing import (List,  # why", "    Any)", "'import alpha.none'"]
        for other in sorted(target for source, target in edges if source == one):
            there, name = places[other]
            dotted = there.replace("/", ".")
            up = _relative(folder, there)
            dots = "." * (1 + up.count("..")) + up.replace("../", "").strip("./").replace("/", ".")
            forms = [
                f"import {dotted}.{name}",
                f"import {dotted}.{name} as x, json",
                f"from {dotted}.{name} import Thing as T, Other",
                f"from {dotted} import {name}",
                f"def f():\n    from {dotted}.{name} import *",
                f"from {dots} import {name}",
                f"from {dots.rstrip('.') + ('.' if dots.strip('.') else dots)}{name} import (\n    x,\n)",
            ]
            lines.append(random.choice(forms[:6]))
        sources.append("\n".join(lines) + "\n")
    return paths, sources


def _script(extension):
    def write(places, edges, random):
        paths = [f"{folder}/{name}{extension}" for folder, name in places]
        sources = []
        for one, (folder, _) in enumerate(places):
            lines = [
                "import react from 'react';",
                "export default './alpha';",
                "const s = './beta'; // import './x'",
            ]
            for other in sorted(target for source, target in edges if source == one):
                there, name = places[other]
                path = _relative(folder, f"{there}/{name}")
                forms = [
                    f"import x from '{path}';",
                    f'import "{path}";',
                    f"import {{a, b as c}} from '{path}{extension}';",
                    f"export * from '{path}';",
                    f"const y = require('{path}');",
                    f"import('{path}').then(f);",
                    f"import z from '@/{there}/{name}';",
                ]
                if extension == ".ts":
                    forms += [f"import type {{T}} from '{path}.js';", f"import q = require('{path}');"]
                lines.append(random.choice(forms))
            sources.append("\n".join(lines) + "\n")
        return paths, sources

    return write


def _java(extension):
    def write(places, edges, random):
        root = random.choice(["", "src/main/java/"])
        paths = [f"{root}{folder}/{name.title()}{extension}" for folder, name in places]
        end = ";" if extension == ".java" else ""
        sources = []
        for one, (folder, name) in enumerate(places):
            lines, body = [f"package {folder.replace('/', '.')}{end}", f"import java.util.List{end}"], []
            for other in sorted(target for source, target in edges if source == one):
                there, target = places[other]
                dotted = f"{there.replace('/', '.')}.{target.title()}"
                forms = [f"import {dotted}{end}"]
                if extension == ".java":
                    forms += [f"import static {dotted}.value;", f"import {dotted}.Inner;"]
                if there != folder:
                    lines.append(random.choice(forms))
                else:
                    body.append(
                        f"{target.title()} x{other};" if end else f"val x{other} = {target.title()}()"
                    )
            sources.append("\n".join([*lines, f"class {name.title()} {{", *body, "}"]) + "\n")
        return paths, sources

    return write


def _go(places, edges, random):
    # One file is one package, so that edges between files are edges between packages.
    module = "example.org/some/thing"
    paths = [f"{folder}/{name}/{name}.go" for folder, name in places]
    sources = []
    for one, (_, name) in enumerate(places):
        lines = [f"package {name}", "import (", '\t"fmt"', '\t"github.com/else/alpha"']
        for other in sorted(target for source, target in edges if source == one):
            there, target = places[other]
            lines.append(f'\t{random.choice(["", "x ", "_ ", ". "])}"{module}/{there}/{target}"')
        sources.append("\n".join([*lines, ")", "func F() {}"]) + "\n")
    return [*paths, "go.mod"], [*sources, f"module {module}\n\ngo 1.20\n"]


def _c(places, edges, random):
    paths = [f"{folder}/{name}.h" for folder, name in places]
    sources = []
    for one, (folder, _) in enumerate(places):
        lines = ["#include <stdio.h>", '#include "outside.h"', '// #include "alpha/no.h"']
        for other in sorted(target for source, target in edges if source == one):
            there, name = places[other]
            forms = [
                f"<{there}/{name}.h>",
                f'"{there}/{name}.h"',
                f'"{_relative(folder, there)}/{name}.h"',
                f"<{name}.h>",
            ]
            lines.append(f"#{random.choice(['', ' '])}include {random.choice(forms)}")
        sources.append("\n".join(lines) + "\n")
    return paths, sources


def _rust(places, edges, random):
    paths = [f"src/{folder}/{name}.rs" for folder, name in places]
    sources = []
    for one, (folder, _) in enumerate(places):
        lines = ["use std::fmt::{self, Display};", "use serde::Serialize as S;"]
        for other in sorted(target for source, target in edges if source == one):
            there, name = places[other]
            path = f"{there.replace('/', '::')}::{name}"
            up = "super::" * (folder.count("/") + 2)
            forms = [
                f"use crate::{path};",
                f"use crate::{path}::Thing as T;",
                f"pub(crate) use crate::{{{path}::{{self, A, b::*}}}};",
                f"fn f{other}() {{ crate::{path}::call(); }}",
                f"mod tests {{ use super::{up}{path}::X; }}",
                f"use {up}{path}::Y;",
            ]
            lines.append(random.choice(forms))
        sources.append("\n".join(lines) + "\n")
    return [*paths, "src/lib.rs"], [*sources, "pub struct Nothing;\n"]


def _csharp(places, edges, random):
    paths = [f"{folder}/{name.title()}.cs" for folder, name in places]
    sources = []
    for one, (folder, name) in enumerate(places):
        lines, body = ["using System;"], []
        for other in sorted(target for source, target in edges if source == one):
            there, target = places[other]
            space = f"Top.{there.replace('/', '.')}"
            if random.random() < 0.3:
                lines.append(f"using static {space}.{target.title()};")
            else:
                lines.append(f"using {space};")
                body.append(f"{target.title()} x{other};")
        space = f"Top.{folder.replace('/', '.')}"
        members = f"class {name.title()} {{ {' '.join(body)} }}"
        style = random.random() < 0.5
        sources.append(
            "\n".join(
                [*lines, f"namespace {space};\n{members}" if style else f"namespace {space} {{ {members} }}"]
            )
        )
    return paths, sources


def _php(places, edges, random):
    paths = [f"{folder}/{name.title()}.php" for folder, name in places]
    sources = []
    for one, (folder, name) in enumerate(places):
        lines = ["<?php", f"namespace Top\\{folder.replace('/', chr(92))};", "use Else\\Thing;"]
        for other in sorted(target for source, target in edges if source == one):
            there, target = places[other]
            space, kind = f"Top\\{there.replace('/', chr(92))}", target.title()
            forms = [
                f"use {space}\\{kind};",
                f"use {space}\\{kind} as X{other};",
                f"use {space}\\{{{kind}, Missing as M{other}}};",
                f"require_once __DIR__ . '/{_relative(folder, there)}/{kind}.php';",
                f"include '{there}/{kind}.php';",
            ]
            lines.append(random.choice(forms))
        sources.append("\n".join([*lines, f"class {name.title()} {{}}"]) + "\n")
    return paths, sources


FORMS = {
    "Python": _python,
    "JavaScript": _script(".js"),
    "TypeScript": _script(".ts"),
    "TSX": _script(".tsx"),
    "Java": _java(".java"),
    "Kotlin": _java(".kt"),
    "Go": _go,
    "C": _c,
    "C++": _c,
    "Rust": _rust,
    "C#": _csharp,
    "PHP": _php,
}
