"""Path and language → the class of a document: `code`, `tests`, `documentation` or `tasks`.

What comes in: one path and one language for each document. What goes out: one class. Nothing is read but the two.

The first that holds:

1. `tasks`: a folder of exercises (`exercises/`, `katas/`, `leetcode/`, …): what stands there states a problem or solves one, its tests
   included. Pairs that are tasks from the outset bring their class with them and are not asked here.
2. `documentation`: prose that is about the repository. A licence's text, `README` and the like wherever they stand, unless they are in a
   language of programs (`install.js`); languages that are written for readers (Markdown, reStructuredText, …), but for what tests read
   (`testdata/a.md`); plain text, HTML and TeX only in a folder of documentation, for elsewhere they are data and templates.
3. `tests`: by the conventions of each language, `codecorpus.parse.text.TEST_PATHS` and those below.
4. `code`: everything else, data and configuration too.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.parse.text import TEST_PATHS

CLASSES = ("code", "tests", "documentation", "tasks")

#: Languages (Linguist's names) that are written to be read: documentation wherever they stand.
PROSE_LANGUAGES = (
    "AsciiDoc", "Creole", "Gemini", "MDX", "Markdown", "Muse", "Org", "Pod", "Pod 6", "RDoc", "RMarkdown", "Quarto", "Rich Text Format",
    "Roff", "Roff Manpage", "Sweave", "Texinfo", "Textile", "Typst", "Wikitext", "reStructuredText",
)  # fmt: skip

#: Languages that are documentation in a folder of documentation only. Of 73 files of plain text in 54 repositories, 37
#: were licences and READMEs, which are known by name; the others were test data, lists of names and templates.
FOLDER_LANGUAGES = ("HTML", "BibTeX", "TeX", "Text", "XHTML")

#: Names of documents about a repository, such as `README.fr.md`, `COPYING.LESSER`, `LICENSE-APACHE`, `CHANGES`.
DOCUMENT_NAMES = (
    r"(?i)(?:^|/)(?:readme|licen[cs]es?|licensing|copying|copyright|unlicense|notices?|patents|authors|contributors|contributing|maintainers|"
    r"credits|thanks|changelog|changes|history|news|release[-_]?notes|whatsnew|install|installation|hacking|todo|faq|security|code[-_]of[-_]conduct|"
    r"governance|support|roadmap|upgrading|upgrade|migrating|third[-_]?party[-_]?(?:notices|licenses))"
    r"(?:[._-](?:[a-z]{2}(?:[-_][a-z]{2})?|lesser|lib|mit|apache|apache-?2\.0|bsd|gpl|lgpl|v?[0-9][0-9.]{0,9}))?"
    r"(?:\.(?:md|mkd|markdown|mdx|rst|txt|adoc|asciidoc|org|pod|textile|rdoc|html?))?$"
)

#: Folders of documentation.
DOCUMENT_FOLDERS = (
    r"(?i)(?:^|/)(?:docs?|documentation|manuals?|man|wiki|javadoc|apidocs?|guides?|tutorials?)/"
)

#: Folders of exercises; names that are used for little else (`problems/`, `assignments/` and `examples/` are not among them).
TASK_FOLDERS = (
    r"(?i)(?:^|/)(?:exercises?|katas?|koans|leetcode|hackerrank|codewars|codeforces|topcoder|atcoder|exercism|rosalind|"
    r"project-?_?euler|advent-?_?of-?_?code|aoc-?_?20[0-9]{2}|rosetta-?_?code|homework|problem-?_?sets?)/"
)

#: Tests, where `TEST_PATHS` has no name for them. RSpec, Busted and others keep `spec/`, in their languages only: elsewhere
#: it holds specifications. Perl keeps `t/`. Arrow's RE2 takes linear time, whatever the path.
MORE_TEST_PATHS = (
    r"(?i)(?:^|/)specs?/.+\.(?:rb|lua|moon|cr|js|jsx|ts|tsx|coffee|php)$"
    r"|(?:^|/)x?t/.+\.(?:t|pl|pm)$"
    r"|(?:^|/)(?:fixtures|__fixtures__|__mocks__|__snapshots__|cypress|androidtest|unit-?_?tests|integration-?_?tests|test-?_?data|testcases?|testsuites?)/"
    r"|(?:^|/)src/[a-z]*test/"
    r"|[^/]+_(?:test|tests|spec|unittest|testlib)\.(?:clj|cljs|cljc|lua|jl|ml|nim|zig|erl|hs|sh|php|py|swift|r|d|cxx|hpp|h|mjs|jsx|tsx|kt|v|gleam)$"
    r"|[^/]+_unittest\.(?:cc|cpp|py)$|(?:^|/)tests\.(?:py|rs)$|[^/]+_suite\.erl$|[^/]+\.bats$|(?:^|/)runtests\.jl$"
    r"|(?:^|/)test_[^/]+\.(?:c|cc|cpp|cxx|h|hpp|rb|lua|jl|sh|nim|exs|f90|ml|rs|go|js|ts|php|el|adb)$"
    r"|(?:^|/)(?-i:[A-Z][^/]*(?:Tests?|Spec|Specs)\.(?:hs|lhs|m|mm|dart|fs|cpp|cc|cxx|elm|purs|ts|js|kt|groovy|swift|fsx|cs|rb))$"
)


def document_classes(paths: pa.Array | pa.ChunkedArray, languages: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The class of each document.

    Args:
        paths: string, within the repository, with `/` between folders.
        languages: string, Linguist's names; null where none was found.

    Returns:
        string, one of `CLASSES` for each document.

    >>> paths = pa.array(["src/a.py", "tests/a.py", "docs/a.rst", "tests/README", "exercises/two-fer/two_fer.go"])
    >>> document_classes(paths, pa.array(["Python", "Python", "reStructuredText", "Text", "Go"])).to_pylist()
    ['code', 'tests', 'documentation', 'documentation', 'tasks']
    """
    in_tests = pc.or_(_matches(paths, TEST_PATHS), _matches(paths, MORE_TEST_PATHS))
    prose = _is_in(languages, PROSE_LANGUAGES)
    beside_code = pc.and_(_is_in(languages, FOLDER_LANGUAGES), _matches(paths, DOCUMENT_FOLDERS))
    named = pc.and_(
        _matches(paths, DOCUMENT_NAMES), _is_in(languages, (*PROSE_LANGUAGES, *FOLDER_LANGUAGES, None))
    )
    about = pc.or_(named, pc.and_(pc.or_(prose, beside_code), pc.invert(in_tests)))
    classes = pc.case_when(
        pc.make_struct(_matches(paths, TASK_FOLDERS), about, in_tests),
        "tasks",
        "documentation",
        "tests",
        "code",
    )
    return classes.combine_chunks() if isinstance(classes, pa.ChunkedArray) else classes


def document_class(path: str, language: str | None) -> str:
    """The class of one document.

    >>> document_class("pkg/a_test.go", "Go"), document_class("spec/api.json", "JSON"), document_class("LICENSE.md", "Markdown")
    ('tests', 'code', 'documentation')
    """
    return str(document_classes(pa.array([path]), pa.array([language], pa.string()))[0].as_py())


def _matches(paths: pa.Array | pa.ChunkedArray, pattern: str) -> pa.Array | pa.ChunkedArray:
    return pc.match_substring_regex(paths, pattern)


def _is_in(
    languages: pa.Array | pa.ChunkedArray, names: tuple[str | None, ...]
) -> pa.Array | pa.ChunkedArray:
    return pc.is_in(languages, value_set=pa.array(names, pa.string()))
