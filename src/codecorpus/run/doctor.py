"""What this machine offers: versions, grammars, cores, memory, kernels, extras, Ray. Nothing in; a frozen value out. Nothing is changed.

It is asked where something is broken: what cannot be looked at is a problem among the others, and never the end of the answer.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from codecorpus.errors import UsageError
from codecorpus.run.limits import memory_share

#: What decides on bytes, speed or messages.
_LIBRARIES = (
    "numpy",
    "numba",
    "llvmlite",
    "pyarrow",
    "polars",
    "tokenizers",
    "tree-sitter",
    "pydantic",
    "click",
)
#: What each extra is for.
EXTRAS: Mapping[str, str] = {
    "magika": "the language of files whose name and content leave a doubt: source.magika = true",
    "all-languages": "grammars of more languages",
    "ray": "build --executor ray",
    "datasketch": "signatures as objects of datasketch: cc.dedup.to_datasketch",
    "gguf": "tokenizer export --format gguf",
    "notebook": "charts in notebooks: .plot()",
    "fuzz": "make fuzz, for who changes codecorpus",
    "dev": "make check and make test, for who changes codecorpus",
}
_FEWEST_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at.

    Attributes:
        topic: what it belongs to: versions, grammars, machine, kernels, extras, ray.
        name: what was looked at.
        value: what is there.
        state: `ok`, `missing` (an extra that nobody has to have), or `problem`.
        hint: what to do, where something is to be done.
    """

    topic: str
    name: str
    value: str
    state: str = "ok"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at.

    Attributes:
        facts: in order, topic by topic.
    """

    facts: tuple[Fact, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is a problem."""
        return all(fact.state != "problem" for fact in self.facts)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"ok": self.ok, "facts": json.loads(json.dumps([asdict(fact) for fact in self.facts]))}


def diagnose(*, ray_address: str | None = None) -> Diagnosis:
    """Look at what this machine and this installation offer.

    Args:
        ray_address: of a running Ray cluster, to see whether somebody listens there; else RAY_ADDRESS is.
    """
    topics: dict[str, Callable[[], Iterator[Fact]]] = {
        "versions": _versions,
        "grammars": _grammars,
        "machine": _machine,
        "kernels": _kernels,
        "extras": _extras,
        "ray": lambda: _ray(ray_address),
    }
    return Diagnosis(tuple(fact for topic, look in topics.items() for fact in _seen(topic, look)))


def _seen(topic: str, look: Callable[[], Iterator[Fact]]) -> Iterator[Fact]:
    try:
        yield from look()
    except Exception as error:  # whatever a broken installation raises
        what = f"cannot be looked at: {type(error).__name__}: {error}"
        yield Fact(topic, topic, what, "problem", "pip install --force-reinstall codecorpus")


def _versions() -> Iterator[Fact]:
    installed = _version("codecorpus")
    yield Fact("versions", "codecorpus", installed or "not installed, run from its folder")
    yield Fact("versions", "python", f"{platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in _LIBRARIES:
        version = _version(name)
        yield Fact(
            "versions",
            name,
            version or "not installed",
            "ok" if version else "problem",
            "" if version else "pip install --force-reinstall codecorpus",
        )


def _grammars() -> Iterator[Fact]:
    from codecorpus.parse.grammars import GrammarMissing, find_grammar, languages

    names, bad = languages(), []
    for name in names:
        try:
            find_grammar(name)
        except GrammarMissing as error:
            bad.append(
                Fact("grammars", name, str(error), "problem", "Its documents are kept unparsed (CC103).")
            )
    loaded = sorted(set(names) - {fact.name for fact in bad})
    yield Fact("grammars", f"{len(loaded)} load", ", ".join(loaded))
    yield from bad


def _machine() -> Iterator[Fact]:
    from codecorpus.run.pipeline import cores

    yield Fact("machine", "cores", f"{cores()} of {os.cpu_count() or 1}; that many workers by default")
    share = memory_share(cores())
    free = share * cores()
    enough = free >= _FEWEST_BYTES
    hint = "" if enough else "Use fewer --workers: one holds up to 1 GB."
    state = "ok" if enough else "problem"
    yield Fact("machine", "memory", f"{free / 1e9:.1f} GB free, {share / 1e9:.1f} GB a worker", state, hint)
    for name, folder in (("here", os.getcwd), ("temporary", gettempdir)):
        try:
            left = shutil.disk_usage(folder()).free
        except OSError as error:
            what = str(error.strerror or error)
            yield Fact("machine", f"disk, {name}", what, "problem", "Choose another folder.")
        else:
            yield Fact("machine", f"disk, {name}", f"{left / 1e9:.0f} GB free")


def _kernels() -> Iterator[Fact]:
    """Where compiled kernels are kept; without such a place every start compiles for half a minute."""
    root = Path(__file__).resolve().parents[1]
    asked = os.environ.get("NUMBA_CACHE_DIR")
    # Left as it is where there is neither HOME nor an entry for the user.
    home = os.path.expanduser("~")
    others = [Path(asked)] if asked else [Path(home, ".cache", "numba")] if home != "~" else []
    places = others if asked else [root / "run" / "__pycache__", *others]
    writable = [place for place in places if _can_write(place)]
    count = sum(_compiled(place) for place in (*others, root))
    what = f"{count} compiled" if count else "none compiled yet: the first run does, in half a minute of CPU"
    yield Fact(
        "kernels",
        "cache",
        f"{what}; in {writable[0]}" if writable else "no place to keep them",
        "ok" if writable else "problem",
        "" if writable else "Set NUMBA_CACHE_DIR to a folder that can be written.",
    )


def _compiled(place: Path) -> int:
    """Kernels below a folder; of what cannot be read there, none: `os.walk` goes past it, where `rglob` raises."""
    return sum(name.endswith(".nbc") for _, _, names in os.walk(place) for name in names)


def _can_write(place: Path) -> bool:
    """Whether a folder can be written, or made. `os.path` says False of what it may not look at, where `Path` raises."""
    while not os.path.exists(place) and place != place.parent:
        place = place.parent
    return os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)


def _extras() -> Iterator[Fact]:
    if _version("codecorpus") is None:
        why = "not known: codecorpus is not installed, so that nothing lists them"
        yield Fact("extras", "extras", why, "missing", "pip install codecorpus")
        return
    for name, packages in _extra_packages().items():
        if name in ("dev", "fuzz"):
            continue
        missing = [package for package in packages if _version(package) is None]
        use = _use(name)
        if missing:
            yield Fact(
                "extras", name, f"not installed: {use}", "missing", f"pip install 'codecorpus[{name}]'"
            )
        else:
            yield Fact("extras", name, f"installed: {use}")


def _use(extra: str) -> str:
    use = EXTRAS.get(extra, "")
    if extra == "all-languages":
        with suppress(ImportError):  # of a broken tree-sitter, which is told under grammars
            from codecorpus.parse.grammars import more_languages

            use += f", {len(more_languages())} of them"
    return use


def _extra_packages() -> dict[str, list[str]]:
    """The packages of each extra, as the installation lists them."""
    found: dict[str, list[str]] = {}
    for line in metadata.requires("codecorpus") or ():
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", line)
        name = re.match(r"[A-Za-z0-9._-]+", line)
        if extra and name:
            found.setdefault(extra[1], []).append(name[0])
    return found


def _ray(address: str | None) -> Iterator[Fact]:
    asked = address or os.environ.get("RAY_ADDRESS")
    version = _version("ray")
    if version is None and asked is None:
        return
    if version is None:
        yield Fact("ray", "ray", "not installed", "problem", "pip install 'codecorpus[ray]'")
        return
    if asked is None:
        yield Fact("ray", "ray", f"{version}; a cluster of this machine is started for each run")
        return
    from codecorpus.run.ray_executor import knock

    try:
        knock(asked)
    except UsageError as error:
        yield Fact("ray", "cluster", error.what, "problem", error.hint)
    else:
        yield Fact("ray", "cluster", f"{version}; somebody listens at {asked}")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
