"""Quality, from characters, lines and the path: CC201 to CC239, but for those in `words`. Limits without a default are for recipes and for whoever sets them."""

from __future__ import annotations

from codecorpus.rules.groups import DATA, LONG_LINES
from codecorpus.rules.rule import OPENCODER, STARCODER, Limit, Rule

TEXT = (
    Rule(
        "CC201",
        "very long line",
        "The longest line has more characters than the limit, or than the wider limit for prose, markup and data.",
        "Such lines are data, minified or generated code.",
        source=STARCODER,
        limits=(
            Limit("max_line_length", "max_line_length", 1000, exempt=LONG_LINES),
            Limit(
                "max_paragraph_length",
                "max_line_length",
                100_000,
                languages=LONG_LINES,
                why="A line of prose, markup or data is a paragraph, a page or a record.",
            ),
        ),
    ),
    Rule(
        "CC202",
        "long lines on average",
        "The mean line has more characters than the limit.",
        "Such files are data, minified or generated code.",
        source=STARCODER,
        limits=(Limit("max_mean_line_length", "mean_line_length", 100, exempt=LONG_LINES),),
    ),
    Rule(
        "CC203",
        "few letters and digits",
        "The share of letters and digits is below the limit.",
        "Such files are tables, drawings or encoded data.",
        source=STARCODER,
        limits=(Limit("min_alnum_share", "alnum_share", 0.25),),
    ),
    Rule(
        "CC204",
        "generated",
        "A marker of a code generator stands at the head, or the path is one that generators write.",
        "A model learns the generator's repetition, not the author's thought.",
        "filter.drop_generated",
        STARCODER,
    ),
    Rule(
        "CC205",
        "vendored",
        "The path lies in a folder of copied third-party code.",
        "The same code stands in its own repository, with its own licence.",
        "filter.drop_vendored",
        "github-linguist/linguist, lib/linguist/vendor.yml, in part",
    ),
    Rule(
        "CC208",
        "XML in disguise",
        "`<?xml version=` stands in the first 100 characters of a file whose name says another language.",
        "Such files are data under a code extension.",
        "filter.drop_xml_heads",
        STARCODER,
    ),
    Rule(
        "CC209",
        "little visible text",
        "An HTML file shows less text than the limits ask, as a share or in characters; `detail` says which.",
        "Such pages are boilerplate and scripts.",
        source=STARCODER,
        limits=(
            Limit("min_visible_text_share", "visible_text_share", 0.2),
            Limit("min_visible_text_length", "visible_text_length", 100),
        ),
    ),
    Rule(
        "CC210",
        "data file out of range",
        "A JSON, YAML, XML or CSV file has fewer or more characters than the limits.",
        "Short ones say nothing, long ones are data.",
        source=STARCODER,
        limits=(
            Limit("min_data_characters", "characters", 50, languages=DATA),
            Limit("max_data_characters", "characters", 5000, languages=DATA),
        ),
    ),
    Rule(
        "CC211",
        "too large",
        "The file has more bytes than the limit.",
        "Such files are data, bundles or generated code.",
        source="The Stack (arXiv 2211.15533): files over 1 MB are left out",
        limits=(Limit("max_bytes", "length_bytes", 1_000_000),),
    ),
    Rule(
        "CC213",
        "few or many lines",
        "The document has fewer or more lines than the limits.",
        "A few lines say little; very many are data or generated code.",
        source=OPENCODER + ": 10 and 100,000",
        limits=(
            Limit(
                "min_lines", "lines", why="Off: short files are cheap, and honest code more often than not."
            ),
            Limit(
                "max_lines",
                "lines",
                why="Off: `max_bytes` bounds them; files of 20,000 lines are GCC's and pandas'.",
            ),
        ),
    ),
    Rule(
        "CC214",
        "few stars",
        "The repository has fewer stars than the limit. Where the source does not give them, CC104 says so.",
        "Stars are a vote on the repository.",
        source=STARCODER,
        limits=(
            Limit(
                "min_stars", "star_events_count", why="Off: stars say what is popular, and folders have none."
            ),
        ),
    ),
    Rule(
        "CC216",
        "short lines on average",
        "The mean line has fewer characters than the limit.",
        "Such files are lists of numbers or words, one to a line.",
        source=OPENCODER,
        limits=(
            Limit(
                "min_mean_line_length",
                "mean_line_length",
                why="Off: below 5 there are word lists, and tests of other languages.",
            ),
        ),
    ),
    Rule(
        "CC222",
        "few or only letters",
        "The share of letters is below a limit, or that of letters and digits above one; `detail` says which.",
        "Few letters are tables, drawings or encoded data; nothing but letters and digits is no code.",
        source=OPENCODER,
        limits=(
            Limit("min_alpha_share", "alpha_share", why="Off: CC203 and CC239 find them."),
            Limit(
                "min_alpha_ink_share",
                "alpha_ink_share",
                why="Off: below 0.35 nearly half is mathematics, ciphers and files with rulers in their comments.",
            ),
            Limit("max_alnum_share", "alnum_share", why="Off: prose in a text file is above any limit."),
        ),
    ),
    Rule(
        "CC223",
        "many digits",
        "The share of digits among the characters that are no white space is above the limit.",
        "Such files are tables of numbers.",
        source=OPENCODER,
        limits=(
            Limit(
                "max_digit_ink_share",
                "digit_ink_share",
                0.5,
                exempt=DATA,
                why="OpenCoder's 0.2 hits ciphers, numerical mathematics and tests; data files have limits of their own.",
            ),
        ),
    ),
    Rule(
        "CC224",
        "much white space",
        "The share of white space is above the limit.",
        "Such files are tables and drawings.",
        source=OPENCODER,
        limits=(
            Limit(
                "max_whitespace_share",
                "whitespace_share",
                why="Off: above 0.5 there is deeply indented code.",
            ),
        ),
    ),
    Rule(
        "CC225",
        "many blank lines",
        "The share of blank lines is above the limit.",
        "Such files went through a converter that doubled their line breaks, or had their code taken out.",
        source="ours, because text that was pasted through mail or word processors looks so",
        limits=(
            Limit(
                "max_blank_line_share", "blank_line_share", why="Off: above 0.5 there are short files only."
            ),
        ),
    ),
    Rule(
        "CC226",
        "replacement characters",
        "The share of U+FFFD is above the limit.",
        "The text was decoded with the wrong encoding, and what it said is lost.",
        source=OPENCODER,
        limits=(
            Limit(
                "max_replacement_share",
                "replacement_share",
                0.01,
                why="Code that handles the character holds far fewer.",
            ),
        ),
    ),
    Rule(
        "CC227",
        "control characters",
        "The share of control characters, other than tab, line breaks and form feed, is above the limit.",
        "Such files are binary, terminal recordings or broken.",
        source="ours, because no published rule looks at them, and they are tokens that teach nothing",
        limits=(
            Limit(
                "max_control_share",
                "control_share",
                0.01,
                why="Above it stands nothing in 60,000 files that were read as text.",
            ),
        ),
    ),
    Rule(
        "CC228",
        "hidden characters",
        "More bidirectional controls, or more characters without width, than the limits; `detail` says which. Flagged only.",
        "They hide what code does from whoever reads it; tests and translations hold them by right.",
        source="ours, after Boucher and Anderson 2021, Trojan Source (arXiv 2111.00169)",
        limits=(
            Limit("max_bidi_count", "bidi_count", 0),
            Limit(
                "max_invisible_count", "invisible_count", 20, why="Translations and some tests hold a few."
            ),
        ),
        action="flagged",
    ),
    Rule(
        "CC229",
        "mostly not ASCII",
        "The share of characters outside ASCII is above the limit.",
        "Code is written in ASCII; such files are translations, data or prose.",
        source="ours, because tables of translations pass every other rule; off by default, which keeps comments in every language",
        limits=(Limit("max_non_ascii_share", "non_ascii_share", why="Off: languages are no quality."),),
    ),
    Rule(
        "CC231",
        "extension not wanted",
        "The extension, or the name of a file without one, is not in the configured list.",
        "A published pipeline took other extensions.",
        "filter.extensions",
        STARCODER,
    ),
    Rule(
        "CC233",
        "minified",
        "Lines of more than 300 characters hold more of the text than the limit.",
        "Such files are minified, bundled or data; the source they come from stands elsewhere.",
        source="ours, because minifiers wrap their lines below any limit on the longest line, and the mean line is lowered by a licence in front",
        limits=(
            Limit(
                "max_long_line_share",
                "long_line_share",
                exempt=LONG_LINES,
                why="Off: CC201, CC202 and CC204 leave nothing for it but short files with one long line.",
            ),
        ),
    ),
    Rule(
        "CC234",
        "mostly symbols",
        "The share of symbols among the characters that are no white space is above the limit.",
        "Such files are drawings, tables or encoded data.",
        source="ours, because the share of letters alone takes numbers for symbols",
        limits=(
            Limit(
                "max_symbol_share",
                "symbol_share",
                why="Off: above 0.5 there are short files with rulers in their comments.",
            ),
        ),
    ),
    Rule(
        "CC235",
        "runs of one character",
        "Runs of 10 or more times the same character make up more of the text than the limit.",
        "Such files are rulers, drawings and padding.",
        source="ours, because such runs are few tokens and no code",
        limits=(
            Limit(
                "max_run_share", "run_share", why="Off: well-kept files have rulers between their sections."
            ),
        ),
    ),
    Rule(
        "CC238",
        "test file",
        "The path is one of tests: a folder such as `tests/`, or a name such as `test_x.py`, `x_test.go`, `X.spec.ts`, `XTest.java`. Flagged only.",
        "Tests are code worth learning from; a mixture may want to know them.",
        source="ours; OpenCoder drops four in five of Go's at random",
        limits=(Limit("max_test_path", "test_path", 0),),
        action="flagged",
    ),
)
