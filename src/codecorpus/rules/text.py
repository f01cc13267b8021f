"""Quality, from the text: CC201 to CC211, CC250 and on. Limits without a default are for recipes and for whoever sets them."""

from __future__ import annotations

from codecorpus.rules.groups import DATA, LONG_LINES
from codecorpus.rules.rule import STARCODER, Limit, Rule

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
)
