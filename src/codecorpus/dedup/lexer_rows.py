"""The languages of the code lexer, one row each, by Linguist's names; sources are the languages' own reference manuals.

Where a manual leaves a choice (does `'` in SQL know backslashes?), the row says what was chosen. What a byte lexer cannot know without
parsing is left out on purpose: comments inside of expressions in strings, and quotes in the text of JSX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codecorpus.dedup import lexer_words as words
from codecorpus.dedup.lexers import Language, Rule

_SLASHES = Rule("line", "//")
_HASH = Rule("line", "#")
_DASHES = Rule("line", "--")
_STARS = Rule("block", "/*", "*/", lines=True)
_NESTED_STARS = Rule("block", "/*", "*/", lines=True, nested=True)
_MARKUP = Rule("block", "<!--", "-->", lines=True)
_QUOTES = Rule("string", '"', '"', "\\")
_APOSTROPHES = Rule("string", "'", "'", "\\")
_LONG_QUOTES = Rule("string", '"', '"', "\\", lines=True)
_LONG_APOSTROPHES = Rule("string", "'", "'", "\\", lines=True)
_THREE_QUOTES = Rule("string", '"""', '"""', "\\", lines=True)
_THREE_APOSTROPHES = Rule("string", "'''", "'''", "\\", lines=True)
_DOUBLED_QUOTES = Rule("string", '"', '"', doubled=True, lines=True)
_DOUBLED_APOSTROPHES = Rule("string", "'", "'", doubled=True, lines=True)
_CHAR = Rule("char", "'")

_C_RULES = (Rule("line", "//", continued=True), _STARS, _QUOTES, _APOSTROPHES)
_CPP_RULES = (*_C_RULES, *(Rule("cpp_raw", prefix + 'R"') for prefix in ("", "u8", "u", "U", "L")))
_C = Language(_C_RULES, words.C)
_CPP = Language(_CPP_RULES, words.CPP, quoted_numbers=True)
_JAVA = Language((_SLASHES, _STARS, _THREE_QUOTES, _QUOTES, _APOSTROPHES), words.JAVA, word_bytes="$")
_JAVASCRIPT = Language(
    (
        _SLASHES,
        _STARS,
        _QUOTES,
        _APOSTROPHES,
        Rule("string", "`", "`", "\\", lines=True, hole="${"),
        Rule("regex", "/"),
    ),
    words.JAVASCRIPT,
    words.BEFORE_REGEX,
    word_bytes="$",
)
_TYPESCRIPT = replace(_JAVASCRIPT, keywords=words.TYPESCRIPT)
_PYTHON = Language((_HASH, _THREE_QUOTES, _THREE_APOSTROPHES, _QUOTES, _APOSTROPHES), words.PYTHON)
_GO = Language((_SLASHES, _STARS, _QUOTES, Rule("string", "`", "`", lines=True), _APOSTROPHES), words.GO)
_RUST = Language(
    (_SLASHES, _NESTED_STARS, _LONG_QUOTES, *(Rule("raw", prefix) for prefix in ("r", "br", "cr")), _CHAR),
    words.RUST,
)
_C_SHARP = Language(
    (
        _SLASHES,
        _STARS,
        Rule("string", '"""', '"""', lines=True),
        *(Rule("string", prefix + '"', '"', doubled=True, lines=True) for prefix in ("@", "$@", "@$")),
        Rule("string", '$"', '"', "\\", hole="{"),
        _QUOTES,
        _APOSTROPHES,
    ),
    words.C_SHARP,
)
_PHP = Language(
    (
        Rule("op", "#["),
        Rule("line", "#", before_tag=True),
        Rule("line", "//", before_tag=True),
        _STARS,
        _LONG_QUOTES,
        _LONG_APOSTROPHES,
        Rule("string", "`", "`", "\\", lines=True),
        Rule("heredoc", "<<<", indented=True, open_end=True),
        Rule("tag_end", "?>"),
    ),
    words.PHP,
    word_bytes="$",
    folds_case=True,
    starts_in_text=True,
)
_SHELL = Language(
    (
        Rule("line", "#", where="shell"),
        Rule("string", '"', '"', "\\", lines=True, hole="$("),
        Rule("string", "'", "'", lines=True),
        Rule("string", "$'", "'", "\\", lines=True),
        Rule("op", "<<<"),
        Rule("heredoc", "<<"),
        Rule("heredoc", "<<-", indented=True),
        Rule("op", "$#"),
    ),
    words.SHELL,
    escapes=True,
)
_RUBY = Language(
    (
        Rule("op", "$'"),
        Rule("op", '$"'),
        Rule("op", "$`"),
        Rule("op", '?"', where="free"),
        Rule("op", "?'", where="free"),
        Rule("op", "?#", where="free"),
        _HASH,
        Rule("block", "=begin", "\n=end", lines=True, to_line_end=True, where="line"),
        Rule("rest", "__END__", where="line"),
        Rule("string", '"', '"', "\\", lines=True, hole="#{"),
        _LONG_APOSTROPHES,
        Rule("string", "`", "`", "\\", lines=True, hole="#{"),
        Rule("heredoc", "<<", where="free"),
        *(Rule("heredoc", "<<" + mark, indented=True, where="free") for mark in "~-"),
        *(
            Rule("quote", "%" + letter, where="free")
            for letter in ("w", "W", "i", "I", "q", "Q", "r", "s", "x", "")
        ),
        Rule("regex", "/", lines=True),
    ),
    words.RUBY,
    words.BEFORE_REGEX_IN_RUBY,
)
_PERL = Language(
    (
        Rule("op", "$#"),
        Rule("op", "$'"),
        Rule("op", '$"'),
        Rule("op", "$`"),
        _HASH,
        *(
            Rule("block", "=" + word, "\n=cut", lines=True, to_line_end=True, open_end=True, where="line")
            for word in ("pod", "head", "over", "item", "begin", "for", "encodi")
        ),
        *(Rule("rest", word, comment=True, where="line") for word in ("__END__", "__DATA_")),
        _LONG_QUOTES,
        _LONG_APOSTROPHES,
        Rule("string", "`", "`", "\\", lines=True),
        Rule("heredoc", "<<", where="free"),
        Rule("heredoc", "<<~", indented=True, where="free"),
        *(Rule("quote", word, where="free") for word in ("q", "qq", "qw", "qr", "qx", "m")),
        *(Rule("quote", word, parts=2, where="free") for word in ("s", "tr", "y")),
        Rule("regex", "/"),
    ),
    words.PERL,
    words.BEFORE_REGEX_IN_PERL,
)
_KOTLIN = Language(
    (
        _SLASHES,
        _NESTED_STARS,
        Rule("string", '"""', '"""', lines=True, hole="${"),
        Rule("string", '"', '"', "\\", hole="${"),
        _CHAR,
    ),
    words.KOTLIN,
)
_SWIFT = Language(
    (
        _SLASHES,
        _NESTED_STARS,
        Rule("string", '"""', '"""', "\\", lines=True, hole="\\("),
        Rule("string", '"', '"', "\\", hole="\\("),
        Rule("raw", "#"),
    ),
    words.SWIFT,
)
_SCALA = Language(
    (
        _SLASHES,
        _NESTED_STARS,
        Rule("string", '"""', '"""', lines=True, hole="${"),
        Rule("string", '"', '"', "\\", hole="${"),
        _CHAR,
    ),
    words.SCALA,
    word_bytes="$",
)
_LUA = Language(
    (Rule("long", "--[", comment=True), _DASHES, Rule("long", "["), _QUOTES, _APOSTROPHES), words.LUA
)
# `\` is no escape: the standard and PostgreSQL. Bodies between `$$` are code, and are read as code. No structural level: what a script
# says is in its names, and all four pairs found in a real corpus were other upgrades of other objects.
_SQL = Language((_DASHES, _STARS, _DOUBLED_APOSTROPHES, _DOUBLED_QUOTES), is_structural=False)
_MARKDOWN = Language((_MARKUP,), is_structural=False)
_CSS = Language((_STARS, _QUOTES, _APOSTROPHES), word_more="-", is_structural=False)
_SCSS = Language((_SLASHES, _STARS, _QUOTES, _APOSTROPHES), word_more="-", is_structural=False)
_YAML = Language(
    (
        Rule("line", "#", where="blank"),
        Rule("string", '"', '"', "\\", lines=True, where="free"),
        Rule("string", "'", "'", doubled=True, lines=True, where="free"),
        Rule("scalar", "|", where="blank"),
        Rule("scalar", ">", where="blank"),
    ),
    is_structural=False,
)
_TOML = Language(
    (_HASH, _THREE_QUOTES, Rule("string", "'''", "'''", lines=True), _QUOTES, Rule("string", "'", "'")),
    is_structural=False,
)
_JSON = Language((_QUOTES,), is_structural=False)
_JSON_WITH_COMMENTS = Language((_SLASHES, _STARS, _QUOTES), is_structural=False)
_R = Language(
    (
        _HASH,
        _LONG_QUOTES,
        _LONG_APOSTROPHES,
        Rule("string", "`", "`", lines=True),
        *(Rule("cpp_raw", letter + quote) for letter in "rR" for quote in "\"'"),
    ),
    words.R,
    word_more=".",
)
# `--` is a comment unless it begins an operator: `-->` and `--|` are the usual ones.
_HASKELL = Language(
    (
        Rule("op", "-->"),
        Rule("op", "--|"),
        _DASHES,
        Rule("block", "{-", "-}", lines=True, nested=True),
        Rule("string", '"', '"', "\\", lines=True),
        _CHAR,
    ),
    words.HASKELL,
    word_more="'",
)
_OCAML = Language(
    (
        Rule("op", "(*)"),
        Rule("block", "(*", "*)", lines=True, nested=True),
        _LONG_QUOTES,
        Rule("string", "{|", "|}", lines=True),
        _CHAR,
    ),
    words.OCAML,
    word_more="'",
)
_MAKEFILE = Language((Rule("line", "#", continued=True),), escapes=True, is_structural=False)
_DOCKERFILE = Language((Rule("line", "#", where="line"), _QUOTES), is_structural=False)
_DART = Language(
    (
        _SLASHES,
        _NESTED_STARS,
        *(Rule("string", quotes, quotes, "\\", lines=True, hole="${") for quotes in ('"""', "'''")),
        *(Rule("string", quote, quote, "\\", hole="${") for quote in "\"'"),
        *(Rule("string", "r" + quotes, quotes, lines=len(quotes) > 1) for quotes in ('"""', "'''", '"', "'")),
    ),
    words.DART,
    word_bytes="$",
)
_GROOVY = Language(
    (
        _SLASHES,
        _STARS,
        Rule("string", '"""', '"""', "\\", lines=True, hole="${"),
        _THREE_APOSTROPHES,
        Rule("string", '"', '"', "\\", hole="${"),
        _APOSTROPHES,
    ),
    words.JAVA | {"def", "in", "as", "trait"},
    word_bytes="$",
)
_JULIA = Language(
    (
        Rule("block", "#=", "=#", lines=True, nested=True),
        _HASH,
        _THREE_QUOTES,
        Rule("string", '"', '"', "\\", lines=True, hole="$("),
        Rule("string", "`", "`", "\\", lines=True),
        Rule("char", "'", where="free"),
    ),
    words.JULIA,
)
_POWERSHELL = Language(
    (
        Rule("block", "<#", "#>", lines=True),
        Rule("line", "#", where="shell"),
        Rule("string", '@"', '\n"@', lines=True),
        Rule("string", "@'", "\n'@", lines=True),
        Rule("string", '"', '"', "`", lines=True, doubled=True, hole="$("),
        _DOUBLED_APOSTROPHES,
    ),
    words.POWERSHELL,
    word_bytes="$",
    folds_case=True,
)
_HTML = Language(
    (
        _MARKUP,
        Rule("tag", "<?xml", "?>", lines=True),
        *(Rule("tag", name, ">") for name in ("<!DOCTY", "<!docty")),
    ),
    is_structural=False,
)

#: Linguist's name → how it is lexed.
LANGUAGES: Mapping[str, Language] = {
    "C": _C,
    "C#": _C_SHARP,
    "C++": _CPP,
    "CSS": _CSS,
    "Cuda": _CPP,
    "Dart": _DART,
    "Dockerfile": _DOCKERFILE,
    "Go": _GO,
    "Groovy": _GROOVY,
    "Gradle": _GROOVY,
    "HTML": _HTML,
    "Haskell": _HASKELL,
    "JSON": _JSON,
    "JSON with Comments": _JSON_WITH_COMMENTS,
    "Java": _JAVA,
    "JavaScript": _JAVASCRIPT,
    "Julia": _JULIA,
    "Kotlin": _KOTLIN,
    "Less": _SCSS,
    "Lua": _LUA,
    "Makefile": _MAKEFILE,
    "Markdown": _MARKDOWN,
    "OCaml": _OCAML,
    "Objective-C": replace(_C, keywords=words.OBJECTIVE_C),
    "Objective-C++": replace(_CPP, keywords=words.CPP | words.OBJECTIVE_C),
    "PHP": _PHP,
    "PLpgSQL": _SQL,
    "Perl": _PERL,
    "PowerShell": _POWERSHELL,
    "Python": _PYTHON,
    "R": _R,
    "Ruby": _RUBY,
    "Rust": _RUST,
    "SCSS": _SCSS,
    "SQL": _SQL,
    "SVG": _HTML,
    "Scala": _SCALA,
    "Shell": _SHELL,
    "Svelte": _HTML,
    "Swift": _SWIFT,
    "TOML": _TOML,
    "TSX": _TYPESCRIPT,
    "TypeScript": _TYPESCRIPT,
    "Vue": _HTML,
    "XML": _HTML,
    "YAML": _YAML,
}
