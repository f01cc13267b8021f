"""Quality, from the words of the text, their repeats, and encoded data among them: CC215 to CC239, but for those in `text`."""

from __future__ import annotations

from codecorpus.rules.groups import DATA
from codecorpus.rules.rule import OPENCODER, Limit, Rule

WORDS = (
    Rule(
        "CC215",
        "few or many words",
        "The document has fewer or more characters, words, or pieces between white space, than the limits; `detail` says which.",
        "A few words say little; very many are data.",
        source=OPENCODER,
        limits=(
            Limit("min_characters", "characters", why="Off, as `min_lines`."),
            Limit("max_characters", "characters", why="Off: `max_bytes` bounds them."),
            Limit(
                "min_words",
                "words",
                why="Off, as `min_lines`; with fewer than 4 words there are stubs, ignore lists and versions only.",
            ),
            Limit("max_words", "words", why="Off: `max_bytes` bounds them."),
            Limit("min_pieces", "pieces", why="Off, as `min_lines`."),
            Limit("max_pieces", "pieces", why="Off: `max_bytes` bounds them."),
        ),
    ),
    Rule(
        "CC217",
        "words of unusual length",
        "The mean word is shorter or longer than the limits.",
        "Very short words are tables of numbers or names shortened by a minifier; very long ones are encoded data.",
        source=OPENCODER,
        limits=(
            Limit("min_mean_word_length", "mean_word_length", why="Off: CC239 finds what is below 1.8."),
            Limit(
                "max_mean_word_length",
                "mean_word_length",
                why="Off: above 10 there are lists of exports with long names.",
            ),
        ),
    ),
    Rule(
        "CC218",
        "few different words",
        "The share of different words among all words is below the limit.",
        "Such files are tables, or the same thing over and over.",
        source=OPENCODER,
        limits=(
            Limit(
                "min_unique_word_share",
                "unique_word_share",
                why="Off: the share falls as a file grows, and long tests are below 0.02.",
            ),
        ),
    ),
    Rule(
        "CC219",
        "one phrase over and over",
        "The most frequent run of 2, 3 or 4 words makes up more of the words than the limits; `detail` says which.",
        "Such files are tables and generated lists.",
        source=OPENCODER,
        limits=(
            Limit(
                "max_top_2gram_share",
                "top_2gram_share",
                why="Off: above 0.2 stands one file in twenty, and above 0.4 those that import or export much, which are honest.",
            ),
            Limit("max_top_3gram_share", "top_3gram_share", why="Off, as for 2 words."),
            Limit("max_top_4gram_share", "top_4gram_share", why="Off, as for 2 words."),
        ),
    ),
    Rule(
        "CC220",
        "repeated passages",
        "Runs of 5 to 10 words that stand in the document more than once make up more of the words than the limits; `detail` says which.",
        "Such files are copied and pasted, or generated, and teach to repeat.",
        source=OPENCODER,
        limits=(
            *(
                Limit(
                    f"max_repeated_{size}gram_share",
                    f"repeated_{size}gram_share",
                    why="Off: the limit on 10 words stands for all.",
                )
                for size in range(5, 10)
            ),
            Limit(
                "max_repeated_10gram_share",
                "repeated_10gram_share",
                0.95,
                exempt=DATA,
                why="OpenCoder's 0.6 hits templates, tests and documented headers of Boost and the Linux kernel.",
            ),
        ),
    ),
    Rule(
        "CC221",
        "repeated lines",
        "Lines that stand in the document more than once are more of its lines, or of its characters, than the limits; `detail` says which.",
        "Such files are tables, copied and pasted, or generated.",
        source=OPENCODER,
        limits=(
            Limit(
                "max_repeated_line_share",
                "repeated_line_share",
                why="Off: above 0.8 there are tests, headers and long signatures; CC220 finds the rest.",
            ),
            Limit("max_repeated_line_ink_share", "repeated_line_ink_share", why="Off, as for lines."),
        ),
    ),
    Rule(
        "CC230",
        "encoded data",
        "Base64, rows of hexadecimal bytes and `\\u` escapes, or words that are hexadecimal numbers, make up more of the text than the limits, or stand in a stretch longer than the limit; `detail` says which.",
        "Such files are data under a code extension.",
        source=OPENCODER + ", quality_signals/code.py: half of the text, or 1,024 characters at once",
        limits=(
            Limit("max_encoded_share", "encoded_share", 0.5),
            Limit(
                "max_encoded_run_length",
                "encoded_run_length",
                why="Off: a picture or a certificate in a test does not spoil it.",
            ),
            Limit(
                "max_hex_word_share",
                "hex_word_share",
                why="Off: above 0.4 there are ciphers and checksums, which are code with a table.",
            ),
        ),
    ),
    Rule(
        "CC232",
        "long words",
        "Words of more than 20 characters make up more of the text than the limit.",
        "Such files are encoded data, keys and hashes.",
        source=OPENCODER + ", which looks at words inside strings",
        limits=(
            Limit(
                "max_long_word_share",
                "long_word_share",
                why="Off: above 0.45 there is code with long names; CC230 finds encoded data.",
            ),
        ),
    ),
    Rule(
        "CC236",
        "placeholder text",
        "Words of the lorem-ipsum text make up more of the words than the limit.",
        "It stands for text and says nothing.",
        source="ours, after C4 (arXiv 1910.10683), which drops a page with the phrase; a share keeps code that generates it",
        limits=(Limit("max_placeholder_share", "placeholder_share", 0.15),),
    ),
    Rule(
        "CC237",
        "mostly TODO",
        "Lines with TODO or FIXME are more of the lines than the limit.",
        "Such files are templates that nobody filled in.",
        source=OPENCODER + ": 1 % of the lines, in comments",
        limits=(
            Limit(
                "max_todo_line_share",
                "todo_line_share",
                why="Off: above 0.1 there are short and honest files; OpenCoder's 0.01 hits every candid author.",
            ),
        ),
    ),
    Rule(
        "CC239",
        "words that are numbers",
        "Words that begin with a digit are more of the words than the limit.",
        "Such files are tables of numbers.",
        source="ours, because the share of digits depends on how many places the numbers have",
        limits=(
            Limit(
                "max_digit_word_share",
                "digit_word_share",
                0.75,
                exempt=DATA,
                why="Data files have limits of their own.",
            ),
        ),
    ),
)
