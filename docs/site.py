"""The documentation as a site, by Sphinx: pages out, and an error for every broken link, missing heading, or page in no menu.

    python docs/site.py FOLDER        # or `make site`, into build/site

Pages are plain Markdown and read as well in the repository. So what the site needs beside them is here and not in them: its menu, two
pages from the repository's root, and copies of the files that pages link to outside of `docs/`. All of it is put into a folder of its
own, from which Sphinx builds. The site asks no other server for anything and opens from the disk.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent

#: The menu: heading → pages. A page that is missing here is an error, and so is one that is not there.
MENU = {
    "Start": ("quickstart", "concepts", "report", "notebooks", "comparison"),
    "Tasks": (
        "sources",
        "languages",
        "licences",
        "duplicates",
        "decontamination",
        "tokenizers",
        "packing",
        "repositories",
        "trainers",
        "parts",
        "recipes",
        "publishing",
        "stores",
        "faults",
        "scaling",
    ),
    "Reference": ("commands", "configuration", "rules", "formats", "api", "api/*"),
    "Evidence": ("accuracy", "oracles", "security", "log"),
    "Development": ("design", "contributing", "changes"),
}

#: Pages of the repository's root → their names in the site.
ROOT_PAGES = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md"}

CONFIGURATION = """
project = "codecorpus"
author = "the authors of codecorpus"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "codecorpus"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
"""

_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"(?ms)^```.*?^```|`[^`\n]*`")


def build(out: Path) -> int:
    """Build the site into a folder; the exit code is 1 where anything is wrong with a page."""
    with tempfile.TemporaryDirectory() as scratch:
        pages = Path(scratch, "pages")
        stage(pages)
        command = [sys.executable, "-m", "sphinx", "--builder", "html", "--fail-on-warning", "--keep-going"]
        command += ["--quiet", "--doctree-dir", f"{scratch}/doctrees", str(pages), str(out)]
        return subprocess.run(command, check=False).returncode


def stage(folder: Path) -> None:
    """Write what Sphinx builds from: every page with its links, what they lead to, the menu, the configuration."""
    found = [path for path in DOCS.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    sources = {path.relative_to(DOCS).as_posix(): path for path in found}
    sources |= {uri: ROOT / name for name, uri in ROOT_PAGES.items()}
    for uri, path in sources.items():
        target = folder / uri
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            target.write_text(
                moved(text, uri, folder) + (menu() if uri == "index.md" else ""), encoding="utf-8"
            )
        else:
            shutil.copyfile(path, target)
    (folder / "conf.py").write_text(CONFIGURATION, encoding="utf-8")


def menu() -> str:
    """The menu as the home page holds it, unseen on the page itself."""
    blocks = [
        "\n".join(["```{toctree}", ":hidden:", ":glob:", f":caption: {heading}", "", *pages, "```"])
        for heading, pages in MENU.items()
    ]
    return "\n\n" + "\n\n".join(blocks) + "\n"


def moved(markdown: str, uri: str, folder: Path) -> str:
    """The text with links that lead to where things are in the site; files that only the repository has are copied into `folder`.

    >>> moved("[more](../CONTRIBUTING.md#house-rules) `[a](b)`", "faults.md", Path())
    '[more](contributing.md#house-rules) `[a](b)`'
    """
    place = next((name for name, own in ROOT_PAGES.items() if own == uri), f"docs/{uri}")

    def lead(link: re.Match[str]) -> str:
        if re.match(r"[a-z]+:", link[2]):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(place), link[2]))
        target = ROOT_PAGES.get(path) or (
            path.removeprefix("docs/") if path.startswith("docs/") else f"files/{path}"
        )
        if target.startswith("files/") and (ROOT / path).is_file():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / target)
        return f"{link[1]}{posixpath.relpath(target, posixpath.dirname(uri) or '.')}{link[3] or ''})"

    code = iter(_CODE.findall(markdown))
    text = _LINK.sub(lead, _CODE.sub("\0", markdown))
    return re.sub("\0", lambda _: next(code), text)


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
