"""Writes what `codecorpus.spdx` ships: every SPDX id with its class, and the texts of all licences.

`python tests/derive_licences.py spdx-full.json scancode-licensedb-index.json` writes `ids.toml` and `texts.json.xz` in
`src/codecorpus/spdx` again. The first file is in the npm package `spdx-license-list` (CC0-1.0; the texts are the SPDX licence
list's), the second in the PyPI package `license-expression` (Apache-2.0; this file of it is CC-BY-4.0, by nexB Inc. and others).
What is taken of the second: for each SPDX id its category, and which ids are exceptions.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from pathlib import Path

HOME = Path(__file__).parent.parent / "src" / "codecorpus" / "spdx"
SPDX_VERSION = "npm spdx-license-list 6.12.0 (CC0-1.0)"
INDEX_VERSION = "scancode-licensedb-index.json of 22 July 2025, in PyPI license-expression 30.4.4 (CC-BY-4.0, nexB Inc. and others)"

CLASS_OF_CATEGORY = {
    "Permissive": "permissive",
    "Public Domain": "permissive",
    "Copyleft": "copyleft",
    "Copyleft Limited": "copyleft",
}
#: Ids that SPDX no longer uses → what it says instead, beyond the GNU ones, which follow a pattern.
DEPRECATED = {
    "BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views",
    "BSD-2-Clause-NetBSD": "BSD-2-Clause",
    "bzip2-1.0.5": "bzip2-1.0.6",
    "eCos-2.0": "GPL-2.0-or-later WITH eCos-exception-2.0",
    "Nunit": "zlib-acknowledgement",
    "StandardML-NJ": "SMLNJ",
    "wxWindows": "LGPL-2.0-or-later WITH WxWindows-exception-3.1",
    "GPL-2.0-with-autoconf-exception": "GPL-2.0-only WITH Autoconf-exception-2.0",
    "GPL-2.0-with-bison-exception": "GPL-2.0-only WITH Bison-exception-2.2",
    "GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
    "GPL-2.0-with-font-exception": "GPL-2.0-only WITH Font-exception-2.0",
    "GPL-2.0-with-GCC-exception": "GPL-2.0-only WITH GCC-exception-2.0",
    "GPL-3.0-with-autoconf-exception": "GPL-3.0-only WITH Autoconf-exception-3.0",
    "GPL-3.0-with-GCC-exception": "GPL-3.0-only WITH GCC-exception-3.1",
}
#: What the index does not know (newer ids), by looking at the texts; and where we differ from it on purpose: terms that ask a
#: changed copy for another name and nothing else are permissive here, as is Ruby's choice between such terms and BSD; Aladdin's
#: forbids commerce.
CLASSES = {
    "Aladdin": "unknown",
    "Artistic-1.0": "permissive",
    "Artistic-1.0-Perl": "permissive",
    "Artistic-1.0-cl8": "permissive",
    "Artistic-2.0": "permissive",
    "LPPL-1.3c": "permissive",
    "OFL-1.1": "permissive",
    "Vim": "permissive",
    "ESA-PL-permissive-2.4": "permissive",
    "ESA-PL-strong-copyleft-2.4": "copyleft",
    "ESA-PL-weak-copyleft-2.4": "copyleft",
    "Ruby": "permissive",
    "OSSP": "permissive",
    "Buddy": "permissive",
    "WordNet": "permissive",
    "WTFNMFPL": "permissive",
    "TekHVC": "permissive",
    "OpenMDW-1.0": "permissive",
}
_PERMISSIVE_FAMILIES = re.compile(r"(?:BSD|MIT|HPND|X11)-")
_GNU = re.compile(r"((?:A|L)?GPL-\d\.\d|GFDL-\d\.\d)(\+?)")
#: Where the terms end; what follows is how to apply them, and many copies leave it out.
_END = re.compile(r"END OF TERMS AND CONDITIONS|ADDENDUM: How to use this License|How to Apply These Terms")


def main(full: str, index: str) -> None:
    licences = json.loads(Path(full).read_text(encoding="utf-8"))
    rows = json.loads(Path(index).read_text(encoding="utf-8"))
    category = {key: row["category"] for row in rows for key in _keys(row)}
    exceptions = sorted({key for row in rows if row["is_exception"] for key in _keys(row)[:1]})
    exceptions = [key for key in exceptions if not key.startswith("LicenseRef-")]
    old = {spdx: new for spdx in licences if (new := _today(spdx)) is not None}
    classes: dict[str, list[str]] = {"permissive": [], "copyleft": [], "unknown": []}
    for spdx in sorted(licences):
        if spdx not in old:
            classes[_class(spdx, category)].append(spdx)
    lines = [
        f"# Made by tests/derive_licences.py from {SPDX_VERSION}",
        f"# and {INDEX_VERSION}.",
        "",
        "[classes]",
    ]
    lines += [f"{name} = {_list(ids)}" for name, ids in classes.items()]
    lines += ["", "[exceptions]", f"ids = {_list(exceptions)}", "", "[deprecated]"]
    lines += [f'"{spdx}" = "{new}"' for spdx, new in sorted(old.items())]
    (HOME / "ids.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    texts = _texts({spdx: licences[spdx]["licenseText"] for ids in classes.values() for spdx in ids})
    data = {"source": SPDX_VERSION, "texts": texts}
    packed = lzma.compress(json.dumps(data, ensure_ascii=False).encode(), preset=9 | lzma.PRESET_EXTREME)
    (HOME / "texts.json.xz").write_bytes(packed)
    print(len(texts), "texts,", len(packed), "bytes", file=sys.stderr)  # noqa: T201


def _keys(row: dict) -> list[str]:
    return [key for key in (row["spdx_license_key"], *row["other_spdx_license_keys"]) if key]


def _today(spdx: str) -> str | None:
    gnu = _GNU.fullmatch(spdx)
    if gnu:
        return f"{gnu[1]}-or-later" if gnu[2] else f"{gnu[1]}-only"
    return DEPRECATED.get(spdx)


def _class(spdx: str, category: dict[str, str]) -> str:
    if spdx in CLASSES:
        return CLASSES[spdx]
    if spdx in category:
        return CLASS_OF_CATEGORY.get(category[spdx], "unknown")
    return "permissive" if _PERMISSIVE_FAMILIES.match(spdx) else "unknown"


def _texts(texts: dict[str, str]) -> dict[str, str]:
    """One id for each text, the shortest: of `GPL-2.0-only` and `GPL-2.0-or-later` the one that the text alone grants."""
    ids: dict[str, str] = {}
    for spdx in sorted(texts, key=lambda spdx: ("or-later" in spdx, len(spdx), spdx)):
        ids.setdefault(_terms(spdx, texts[spdx]), spdx)
    return {spdx: text for text, spdx in sorted(ids.items(), key=lambda pair: pair[1])}


def _terms(spdx: str, text: str) -> str:
    if spdx.startswith(
        "LGPL-3.0"
    ):  # the list's text goes on with the whole GPL, which is a file of its own in practice
        text = text[: text.index("GNU GENERAL PUBLIC LICENSE", 1000)]
    end = _END.search(text)
    return (text[: end.start()] if end and end.start() > 1000 else text).strip()


def _list(ids: list[str]) -> str:
    lines, line = [], " "
    for spdx in ids:
        word = f' "{spdx}",'
        if len(line) + len(word) > 118:
            lines.append(line)
            line = " "
        line += word
    return "[\n" + "\n".join([*lines, line]) + "\n]"


if __name__ == "__main__":
    main(*sys.argv[1:])
