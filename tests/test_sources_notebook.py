"""Jupyter notebooks become scripts, or a decision."""

import ast
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codecorpus.document import document_id, git_blob_id
from codecorpus.sources.kernels import comment_marks, kernel_language
from codecorpus.sources.magics import comment_magics
from codecorpus.sources.notebook import NotebookError, Script, script_of
from codecorpus.sources.rows import Entry, RowBuilder


def code(source, **more):
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, **more}


def notebook(*cells, kernel=None, **more):
    metadata = {"kernelspec": kernel} if kernel else {}
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": list(cells), **more}).encode()


EXAMPLE = notebook(
    {"cell_type": "markdown", "source": ["# Title\n", "\n", "Some *text*"]},
    code(["%matplotlib inline\n", "import a\n", "!ls -l\n", "x = a.b(1)"], outputs=[{"text": "long"}, {}]),
    code("   \n"),
    {"cell_type": "raw", "source": "raw text"},
    code("for f in x:\n    !rm $f\n", outputs=[{}]),
    kernel={"name": "python3", "language": "python"},
)
SCRIPT = """\
# %% [markdown]
# # Title
#
# Some *text*

# %%
# %matplotlib inline
import a
# !ls -l
x = a.b(1)

# %% [raw]
# raw text

# %%
for f in x:
    pass  # !rm $f
"""


def test_cells_become_a_script_without_outputs():
    assert script_of(EXAMPLE) == Script(SCRIPT, "Python", 4, 3)
    ast.parse(SCRIPT)


def rows(raw, path="a.ipynb", **options):
    builder = RowBuilder(**options)
    builder.add(Entry("repo", path, len(raw), raw))
    batch = builder.take()
    return batch.documents.to_pylist(), batch.decisions.to_pylist()


def test_a_converted_notebook_is_one_document_and_one_edited_row():
    (document,), (decision,) = rows(EXAMPLE)
    assert (document["content"], document["language"], document["extension"]) == (SCRIPT, "Python", "ipynb")
    assert document["length_bytes"] == len(SCRIPT)
    assert document["doc_id"] == decision["doc_id"] == document_id("repo", "a.ipynb", EXAMPLE)
    assert document["blob_id"] == git_blob_id(EXAMPLE)
    assert (decision["code"], decision["verdict"], decision["stage"]) == ("CC013", "edited", "read")
    assert decision["measured"] == len(EXAMPLE)
    assert decision["detail"] == "4 cells kept, 3 outputs removed"


def test_a_notebook_in_another_encoding_is_decoded_first():
    raw = notebook(code("x = 'é'")).decode().encode("utf-16")
    (document,), _ = rows(raw)
    assert document["src_encoding"] == "UTF-16-LE"
    assert document["content"].endswith("x = 'é'\n")


def test_conversion_can_be_switched_off():
    (document,), decisions = rows(EXAMPLE, notebooks=False)
    assert document["content"] == EXAMPLE.decode()
    assert document["language"] == "Jupyter Notebook"
    assert decisions == []


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"not a notebook",
        b"[]",
        b"null",
        b"NaN",
        b"{}",
        b'{"cells": []}',
        b'{"cells": {}}',
        b'{"cells": NaN}',
        b'{"cells": [1]}',
        b'{"cells": [{"cell_type": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": [NaN]}]}',
        b'{"cells": [{"cell_type": "code", "source": "a\\u0000b"}]}',
        b'{"cells": [{"cell_type": "video", "source": "a"}]}',
        b'{"worksheets": [{"cells": 1}]}',
        b'{"worksheets": []}',
        b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"cells": [{"cell_type": "code", "source": "a", "x": ' + b"[" * 500 + b"]" * 500 + b"}]}",
        b'{"a":' * 200_000,
        b'{"cells": [{"cell_type": "code", "source": "a", "execution_count": 1' + b"0" * 5000 + b"}]}",
        EXAMPLE[:-40],
        b"<<<<<<< HEAD\n" + EXAMPLE,
    ],
)
def test_a_broken_notebook_is_a_decision(raw):
    documents, (decision,) = rows(raw)
    assert documents == []
    assert (decision["code"], decision["verdict"]) == ("CC012", "dropped")
    assert decision["detail"]


def test_a_notebook_of_blank_cells_is_empty():
    documents, (decision,) = rows(notebook(code(" \n"), code("")))
    assert (documents, decision["code"]) == ([], "CC010")


def test_numbers_that_json_does_not_have_are_no_matter_in_outputs():
    raw = b'{"cells": [{"cell_type": "code", "source": "x", "outputs": [{"y": NaN}, {"y": Infinity}]}]}'
    assert script_of(raw) == Script("# %%\nx\n", "Python", 1, 2)


def test_half_a_surrogate_pair_is_replaced():
    script = script_of(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800 \\ud83d\\ude00\'"}]}')
    assert script.text == "# %%\nx = '\ufffd 😀'\n"


def test_pasted_pictures_go_like_outputs():
    text = "![a](data:image/png;base64," + "iVBORw0KGgo" * 40 + ")"
    assert script_of(notebook({"cell_type": "markdown", "source": text})).text.endswith(
        "# ![a](data:image/png;base64,)\n"
    )


@pytest.mark.parametrize("nbformat", [2, 3])
def test_worksheets_of_older_formats(nbformat):
    ends = "" if nbformat == 2 else "\n"
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "language": "python", "input": [f"a = 1{ends}", "b = 2"], "outputs": [{}]},
    ]
    raw = json.dumps({"nbformat": nbformat, "worksheets": [{"cells": cells}]}).encode()
    assert script_of(raw) == Script("# %% [markdown]\n# ## Title\n\n# %%\na = 1\nb = 2\n", "Python", 2, 1)


@pytest.mark.parametrize(
    ("kernel", "language", "start"),
    [
        ({"name": "python3", "language": "python"}, "Python", "# "),
        ({"name": "ir", "language": "R"}, "R", "# "),
        ({"name": "julia-1.9"}, "Julia", "# "),
        ({"name": "scala213"}, "Scala", "// "),
        ({"name": "xcpp17", "language": "C++17"}, "C++", "// "),
        ({"name": ".net-csharp"}, "C#", "// "),
        ({"name": "bash"}, "Shell", "# "),
        ({"name": "haskell"}, "Haskell", "-- "),
        ({"name": "matlab"}, "MATLAB", "% "),
        ({"name": "ocaml-jupyter", "language": "OCaml"}, "OCaml", "(* "),
        ({"name": "my-klingon"}, None, "# "),
        (None, "Python", "# "),
    ],
)
def test_the_kernel_says_the_language_and_its_comments(kernel, language, start):
    script = script_of(notebook({"cell_type": "markdown", "source": "a"}, kernel=kernel))
    assert script.language == language
    assert script.text.startswith(start + "%%")
    assert kernel_language({"metadata": {"language_info": {"name": "go"}}}, []) == "Go"


def test_a_comment_never_ends_inside_markdown():
    text = script_of(
        notebook({"cell_type": "markdown", "source": "a *) b\n\u2028c"}, kernel={"name": "ocaml"})
    ).text
    assert text == "(* %% [markdown] *)\n(* a * ) b *)\n(*  *)\n(* c *)\n"
    assert comment_marks("SAS") == ("/* ", " */")


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("x = 1 % y\n", "x = 1 % y\n"),
        ("x = ('%s'\n     % y)\n", "x = ('%s'\n     % y)\n"),
        ("x = (1\n%y)\n", "x = (1\n%y)\n"),
        ('s = """\n%d\n!ls\nname?\n"""\n', 's = """\n%d\n!ls\nname?\n"""\n'),
        ("s = '''it's''' # '''\n!ls\n", "s = '''it's''' # '''\n# !ls\n"),
        ("x = 3 \\\n%y\n", "x = 3 \\\n%y\n"),
        ("a != b\n", "a != b\n"),
        ("%time f()\n", "# %time f()\n"),
        ("%%time\nf()\n", "# %%time\nf()\n"),
        ("files = !ls\n", "# files = !ls\n"),
        ("a, b = %magic\n", "# a, b = %magic\n"),
        ("!a \\\n  b\nc\n", "# !a \\\n  # b\nc\n"),
        ("str.split?\n", "# str.split?\n"),
        ("?x\n", "# ?x\n"),
        ("if a:\n\t!ls\n", "if a:\n\tpass  # !ls\n"),
        ("%%html\n<b>\n", "# %%html\n# <b>"),
        ("# what?\n", "# what?\n"),
        ("x = {'a': '!'}\r\n", "x = {'a': '!'}\r\n"),
    ],
)
def test_magics_of_ipython_become_comments_and_python_stays(source, kept):
    assert comment_magics(source, "Python") == kept


def test_other_kernels_have_no_line_magics():
    assert comment_magics("x %>%\n%in% y\n!ls\n", "R") == "x %>%\n%in% y\n!ls\n"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "cell_type", "source", "input", "metadata", "language", "level"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=12,
)
CELL = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "x"]),
        "source": st.one_of(JSON, st.text()),
    },
    optional={"outputs": JSON, "level": JSON, "language": JSON},
)
NOTEBOOK = st.fixed_dictionaries(
    {"cells": st.lists(CELL, max_size=4)}, optional={"metadata": JSON, "nbformat": JSON}
)


@given(st.one_of(JSON, NOTEBOOK).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
@example(b"")
@settings(max_examples=500, deadline=None)
def test_any_json_is_a_script_or_a_verdict_and_always_the_same(raw):
    try:
        script = script_of(raw)
    except NotebookError:
        return
    assert script == script_of(raw)
    assert "\0" not in script.text
    script.text.encode()


@given(st.text(alphabet="ab'\"#\\%!?()[]= \n\t", max_size=40))
@settings(max_examples=500, deadline=None)
def test_what_python_reads_is_left_alone(source):
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return
    if not source.lstrip().startswith("%%"):
        assert comment_magics(source, "Python") == source


def test_a_string_that_does_not_end_costs_no_more_than_one_that_does():
    """Each escaped quote was once taken for the start of a string of its own: 20,000 of them took 5 s, and 8 MB would have taken days."""

    def seconds(content: bytes) -> float:
        start = time.process_time()
        with pytest.raises(NotebookError):
            script_of(content)
        return time.process_time() - start

    quotes = 200_000
    ended = seconds(b'{"a": "' + b'\\"' * quotes + b'"]')
    for tail in (b"", b"\\"):
        assert seconds(b'{"a": "' + b'\\"' * quotes + tail) < 50 * ended
