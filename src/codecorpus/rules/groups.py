"""Groups of languages, by Linguist's names, to which the same limits apply."""

from __future__ import annotations

#: Data: long ones are tables, short ones say nothing. TOML is not among them: it is written by hand.
DATA = ("CSV", "JSON", "JSON with Comments", "JSON5", "TSV", "XML", "YAML")

#: Where a long line is a paragraph, a page or a record, and not a sign of minified code. CSS is not among them.
LONG_LINES = (
    *DATA,
    "AsciiDoc",
    "Gettext Catalog",
    "HTML",
    "Jupyter Notebook",
    "Markdown",
    "Org",
    "Pod",
    "RDoc",
    "reStructuredText",
    "Rich Text Format",
    "SVG",
    "TeX",
    "Text",
    "Textile",
    "Wikitext",
)

#: Not programs: rules about code do not apply.
PROSE = (*LONG_LINES, "CSS", "TOML")

#: Where an honest file may not parse: macros do not, and SQL and shells have a grammar per vendor.
LOOSE_GRAMMAR = ("C", "C++", "SQL", "Shell")

#: Written with an XML declaration by right; Linguist calls most such files XML.
XML = (
    "HTML",
    "SVG",
    "XML",
    "XML Property List",
    "XSLT",
    "Maven POM",
    "XProc",
    "XPages",
    "Ant Build System",
)
