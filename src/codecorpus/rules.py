"""Every rule: code → what it means, why it is there, its default limit, and where it comes from.

`codecorpus rule CODE`, the report and the documentation are generated from this table; nothing else
describes a rule. The first digit of a code is the stage: 0 reading, 1 language and parsing, 2 quality, 3
licences and secrets, 4 duplicates, 5 benchmarks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the pipeline.

    Attributes:
        code: `CC` and three digits; stable across versions.
        name: a few words, as the report shows them.
        meaning: what has to be true of a document for this rule to apply.
        reason: why such a document is dropped, edited or flagged.
        option: the configuration key that moves or switches it, empty where there is none.
        source: the publication or repository it was taken from, or "ours" with the reason.
    """

    code: str
    name: str
    meaning: str
    reason: str
    option: str = ""
    source: str = "ours: nothing is lost without a row that says so"


_STARCODER = (
    "StarCoder (arXiv 2305.06161, section 3) and bigcode-project/bigcode-dataset, preprocessing/filtering.py"
)

_ALL = (
    # --- 0: reading -------------------------------------------------------------------------------------------------
    Rule(
        "CC001", "unreadable", "The file or member could not be opened or read.", "Its content is not known."
    ),
    Rule(
        "CC002",
        "symbolic link",
        "The entry is a symbolic or hard link.",
        "Links are never followed: they can leave the source or run in circles, and the target is read where it stands.",
    ),
    Rule(
        "CC003",
        "not a regular file",
        "The entry is a fifo, socket, device or submodule.",
        "There is no content to read, and opening it may block.",
    ),
    Rule(
        "CC004",
        "binary",
        "The content holds NUL bytes, or the name is that of a binary format.",
        "Not source code.",
    ),
    Rule(
        "CC005",
        "undecodable text",
        "The bytes are neither valid UTF-8 nor marked as UTF-16 or UTF-32.",
        "Guessing an encoding would put wrong characters into the corpus.",
    ),
    Rule(
        "CC006",
        "too large to read",
        "The file is larger than the reader takes in.",
        "Such files are data, bundles or dumps; reading them would unbound memory.",
        "source.max_bytes",
    ),
    Rule(
        "CC007",
        "unsafe path",
        "An archive member's path is absolute, empty, climbs with `..`, or is over 4,096 bytes.",
        "Such paths are made to escape the folder; nothing is ever extracted, but the name cannot be trusted either.",
    ),
    Rule(
        "CC008",
        "damaged container",
        "An archive, compressed file, Parquet file or repository is truncated or corrupt from here on.",
        "What stands before the damage was read; the rest cannot be.",
    ),
    Rule(
        "CC009",
        "malformed row",
        "A row of a JSONL or Parquet source has no usable content.",
        "Only this row is lost, not the file.",
    ),
    Rule("CC010", "empty", "The file holds nothing but white space.", "There is nothing to learn from it."),
    # --- 1: language and parsing --------------------------------------------------------------------------------------
    Rule(
        "CC101",
        "unknown language",
        "Neither name, extension nor shebang tells the language.",
        "Rules, parsing and mixture need to know the language.",
        "filter.languages",
    ),
    Rule(
        "CC102",
        "language not wanted",
        "The language is not in the configured list.",
        "The user asked for other languages.",
        "filter.languages",
    ),
    Rule(
        "CC103",
        "not parsed",
        "The language has a grammar, but the document is larger or has more open brackets than the parser takes, or the parser ran out of time or memory.",
        "The text measures still hold; measures of the syntax tree are unknown, and their rules do not drop it. Flagged only.",
        "parse.max_bytes",
    ),
    # --- 2: quality -----------------------------------------------------------------------------------------------------
    Rule(
        "CC201",
        "very long line",
        "The longest line has more characters than the limit, or than the wider limit for prose, markup and data.",
        "Such lines are data, minified or generated code.",
        "filter.max_line_length",
        _STARCODER,
    ),
    Rule(
        "CC202",
        "long lines on average",
        "The mean line has more characters than the limit.",
        "Such files are data, minified or generated code.",
        "filter.max_mean_line_length",
        _STARCODER,
    ),
    Rule(
        "CC203",
        "few letters and digits",
        "The share of letters and digits is below the limit.",
        "Such files are tables, drawings or encoded data.",
        "filter.min_alnum_share",
        _STARCODER,
    ),
    Rule(
        "CC204",
        "generated",
        "A marker of a code generator stands at the head, or the path is one that generators write.",
        "A model learns the generator's repetition, not the author's thought.",
        "filter.drop_generated",
        _STARCODER,
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
        "CC206",
        "few comments",
        "The share of comments and docstrings is below the limit.",
        "Undocumented files taught StarCoder less; off in the default recipe, which keeps them.",
        "filter.min_comment_share",
        _STARCODER,
    ),
    Rule(
        "CC207",
        "mostly comments",
        "The share of comments and docstrings is above the limit.",
        "Such files are licence texts, commented-out code or prose. For programming languages only.",
        "filter.max_comment_share",
        _STARCODER,
    ),
    Rule(
        "CC208",
        "XML in disguise",
        "`<?xml version=` stands in the first 100 characters of a file whose name says another language.",
        "Such files are data under a code extension.",
        "filter.drop_xml_heads",
        _STARCODER,
    ),
    Rule(
        "CC209",
        "little visible text",
        "An HTML file shows less text than the limits ask, as a share or in characters; `detail` says which.",
        "Such pages are boilerplate and scripts.",
        "filter.min_visible_text_share",
        _STARCODER,
    ),
    Rule(
        "CC210",
        "data file out of range",
        "A JSON, YAML, XML or CSV file has fewer or more characters than the limits.",
        "Short ones say nothing, long ones are data.",
        "filter.max_data_characters",
        _STARCODER,
    ),
    Rule(
        "CC211",
        "too large",
        "The file has more bytes than the limit.",
        "Such files are data, bundles or generated code.",
        "filter.max_bytes",
        "The Stack (arXiv 2211.15533): files over 1 MB are left out",
    ),
    Rule(
        "CC212",
        "parse errors",
        "The share of bytes that the grammar could not place is above the limit.",
        "The file is broken, or not in the language its name says.",
        "filter.max_error_share",
        "ours: measured by tree-sitter; exempt by default are C and C++, whose macros do not parse, and SQL and shells, which have a grammar per vendor",
    ),
    # --- 3: licences, secrets ---------------------------------------------------------------------------------------------
    Rule(
        "CC301",
        "licence not allowed",
        "A licence of the document, or the class of its licences, is denied, or not in the allowed list.",
        "The user asked for other licences.",
        "licences.allow",
    ),
    Rule(
        "CC311",
        "secret",
        "A key, token, password or private key was found: replaced by a placeholder, or the document dropped or flagged, as configured.",
        "Models repeat what they have read.",
        "secrets.action",
        _STARCODER,
    ),
    Rule(
        "CC312",
        "personal data",
        "An e-mail or public IP address was found: replaced by a placeholder, or the document dropped or flagged, as configured.",
        "Models repeat what they have read.",
        "secrets.personal_data",
        _STARCODER,
    ),
    # --- 4: duplicates ------------------------------------------------------------------------------------------------------
    Rule(
        "CC401",
        "exact duplicate",
        "Another document has the same content; the one that the keep-policy prefers stays.",
        "Repetition wastes training and makes models recite.",
        "dedup.keep_policy",
        "Lee et al. 2022, Deduplicating Training Data Makes Language Models Better (arXiv 2107.06499)",
    ),
    Rule(
        "CC402",
        "near-duplicate",
        "The Jaccard similarity of token shingles with a kept document, computed exactly, reaches the threshold.",
        "Repetition wastes training and makes models recite.",
        "dedup.threshold",
        "Broder 1997 (MinHash); verification and leaders instead of connected components are ours, because raw LSH with connected components drops files below the threshold",
    ),
    # --- 5: benchmarks ------------------------------------------------------------------------------------------------------
    Rule(
        "CC501",
        "contaminated",
        "The document holds word n-grams of a benchmark problem: of its prompt, solution, docstring or tests. N-grams that many problems or many documents share do not count.",
        "A model that has seen the problems of a benchmark is not measured by it.",
        "",
        "Qwen2.5-Coder (arXiv 2409.12186) reports 10-gram overlap; which n-grams count was measured on files without benchmarks, and is ours",
    ),
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}
