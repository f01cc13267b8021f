"""Quality, from the syntax tree: CC206, CC207, CC212, CC220 and on."""

from __future__ import annotations

from codecorpus.rules.groups import LOOSE_GRAMMAR, PROSE
from codecorpus.rules.rule import STARCODER, Limit, Rule

TREE = (
    Rule(
        "CC206",
        "few comments",
        "The share of comments and docstrings is below the limit. For programming languages only.",
        "Undocumented files taught StarCoder less; off in the default recipe, which keeps them.",
        source=STARCODER,
        limits=(Limit("min_comment_share", "comment_share", exempt=PROSE),),
    ),
    Rule(
        "CC207",
        "mostly comments",
        "The share of comments and docstrings is above the limit. For programming languages only.",
        "Such files are licence texts, commented-out code or prose.",
        source=STARCODER,
        limits=(Limit("max_comment_share", "comment_share", 0.8, exempt=PROSE),),
    ),
    Rule(
        "CC212",
        "parse errors",
        "The share of bytes that the grammar could not place is above the limit.",
        "The file is broken, or not in the language its name says.",
        source="ours: measured by tree-sitter; exempt by default are C and C++, whose macros do not parse, and SQL and shells, which have a grammar per vendor",
        limits=(Limit("max_error_share", "error_share", 0.5, exempt=LOOSE_GRAMMAR),),
    ),
)
