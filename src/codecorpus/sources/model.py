"""Magika's model for the language of files in doubt. An extra: everything else works without it.

The model is bundled with the package, so that nothing is downloaded; the same bytes give the same answer. About 100 files a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from codecorpus.errors import ExtraMissingError

#: Below it the model guesses: on the labelled files that it got wrong, its score was 0.5 to 0.87 (docs/languages.md).
_MIN_SCORE = 0.95

#: Magika's labels whose name is not Linguist's in another case.
_LABELS: Mapping[str, str] = {
    "batch": "Batchfile",
    "bazel": "Starlark",
    "cs": "C#",
    "cpp": "C++",
    "dockerfile": "Dockerfile",
    "diff": "Diff",
    "erb": "HTML+ERB",
    "fsharp": "F#",
    "gemfile": "Ruby",
    "gemspec": "Ruby",
    "gradle": "Gradle",
    "hcl": "HCL",
    "ignorefile": "Ignore List",
    "jsonl": "JSON",
    "latex": "TeX",
    "lisp": "Common Lisp",
    "matlab": "MATLAB",
    "objectivec": "Objective-C",
    "ocaml": "OCaml",
    "pascal": "Pascal",
    "po": "Gettext Catalog",
    "proto": "Protocol Buffer",
    "rst": "reStructuredText",
    "shell": "Shell",
    "vba": "VBA",
    "visualbasic": "Visual Basic .NET",
    "vtt": "WebVTT",
    "wasm": "WebAssembly",
    "yara": "YARA",
    "verilog": "Verilog",
    "vhdl": "VHDL",
    "asm": "Assembly",
    "coffeescript": "CoffeeScript",
    "h5": "HDF5",
    "ini": "INI",
    "makefile": "Makefile",
    "postscript": "PostScript",
    "rdf": "XML",
    "smali": "Smali",
    "srt": "SubRip Text",
    "txt": "",
    "unknown": "",
    "empty": "",
}


def check_model() -> None:
    """Raise where the extra is not installed; before a run starts rather than in the middle of it.

    Raises:
        ExtraMissingError: with the command that installs it.
    """
    if find_spec("magika") is None:
        raise ExtraMissingError("source.magika = true", "magika")


@cache
def _model() -> Any:
    check_model()
    from magika import Magika

    return Magika()


def ask_model(head: bytes) -> str | None:
    """Linguist's name of the language that the model sees in the first bytes of a text; None where it is not sure of any."""
    answer = _model().identify_bytes(head)
    return _name(str(answer.output.label)) if answer.score >= _MIN_SCORE else None


def second_opinion(head: bytes, language: str | None, candidates: frozenset[str]) -> str | None:
    """The model's answer where it is one of those that the name allows, else what was thought before.

    Args:
        head: the first bytes of the text.
        language: what is thought so far. Where the model does not know it (it has one name for all assemblers), it cannot judge.
        candidates: languages that the name allows; empty: any.
    """
    if language is not None and language not in model_languages():
        return language
    answer = ask_model(head)
    return answer if answer is not None and (not candidates or answer in candidates) else language


@cache
def model_languages() -> frozenset[str]:
    """Linguist's names of the languages that the model can answer."""
    names = (_name(str(label)) for label in _model().get_output_content_types())
    return frozenset(name for name in names if name is not None)


def _name(label: str) -> str | None:
    from codecorpus.sources.language import canonical_language, language_type

    name = _LABELS.get(label, canonical_language(label))
    return name if language_type(name) is not None and name != "Text" else None
