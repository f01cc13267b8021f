"""The picture of a report in docs/, made anew: python tools/screenshot.py RUN [FILE.png]. Needs a Chromium."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser import browser, find_browser  # noqa: E402

#: A near-duplicate opened, so that one sees what a rule tells.
OPEN = """(() => {
  const rules = [...document.querySelectorAll("#rules ~ details")];
  const near = rules.find((one) => one.textContent.includes("near-duplicate"));
  if (near) near.open = true;
})()"""


def main(run: Path, picture: Path) -> None:
    """Write the first 1,700 lines of pixels of a run's report."""
    if find_browser() is None:
        raise SystemExit("no Chromium: install one, or name it in CODECORPUS_BROWSER")
    picture.parent.mkdir(parents=True, exist_ok=True)
    with browser() as page:
        page.open(run / "report.html", width=1160, height=1700)
        page.evaluate(OPEN)
        page.settle()
        page.screenshot(picture)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "images" / "report.png"
    )
