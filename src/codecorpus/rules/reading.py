"""Reading: what a source holds that cannot become a document."""

from __future__ import annotations

from codecorpus.rules.rule import Rule

READING = (
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
        "The content holds NUL bytes, or control characters and is not UTF-8; or the name is that of a binary format.",
        "Not source code.",
    ),
    Rule(
        "CC005",
        "undecodable text",
        "The bytes are not UTF-8, and neither a mark, a declaration in the file nor the detector gives an encoding in which they are plausible text.",
        "A wrong guess would put wrong characters into the corpus.",
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
    Rule(
        "CC011",
        "opted out",
        "An entry of the opt-out list names the repository, its owner, or a pattern that fits the path.",
        "Its author asked for it; nothing of the file is read.",
        "source.opt_out",
        "The Stack (arXiv 2211.15533, section 3.2) lets developers take their repositories out; entries for owners and paths are ours",
    ),
    Rule(
        "CC012",
        "broken notebook",
        "A Jupyter notebook is not JSON, nested too deeply, or holds no cells as nbformat 2 to 4 have them.",
        "Its code cannot be told from its outputs.",
        "source.notebooks",
    ),
    Rule(
        "CC013",
        "notebook converted",
        "A Jupyter notebook became a script: code cells, text as comments, no outputs; `measured` is its size before.",
        "JSON and outputs teach nothing about the code between them.",
        "source.notebooks",
        "The script form is that of StarCoder's Jupyter scripts (arXiv 2305.06161, section 3.3); the percent format is jupytext's and VS Code's",
    ),
)
