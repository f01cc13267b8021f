"""Writes a `tokenizer.json` in the form that other software reads. A file goes in, a folder or a file comes out, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from codecorpus.errors import OutputError, StorageError, UsageError
from codecorpus.tokenize.export import write_hf
from codecorpus.tokenize.export_gguf import write_gguf
from codecorpus.tokenize.export_tiktoken import write_tiktoken

#: What writes each form: (path of the tokenizer.json, where to), and whether that is a folder.
FORMS: Final[Mapping[str, tuple[Callable[[str, Path], None], bool]]] = {
    "hf": (write_hf, True),
    "tiktoken": (write_tiktoken, True),
    "gguf": (write_gguf, False),
}


def export_tokenizer(path: str | Path, out: str | Path, *, form: str) -> list[Path]:
    """Write a tokenizer in another form; it gives the same ids there, or is refused.

    Args:
        path: a `tokenizer.json`, or a folder that holds one.
        out: what to write, which must not exist: a folder, or for `gguf` a file.
        form: `hf` (what `transformers.AutoTokenizer` loads), `tiktoken` (ranks, regex and a file that loads them) or `gguf` (a vocabulary
            for llama.cpp).

    Returns:
        The files written.

    Raises:
        UsageError: there is no such form.
        DataError: the file is no tokenizer, or that form cannot give its ids; the message says why.
        OutputError: `out` exists.
        ExtraMissingError: `gguf` is asked for and not installed.
        StorageError: the disk refused.
    """
    if form not in FORMS:
        raise UsageError(f"there is no form {form!r}", f"Forms: {', '.join(FORMS)}.")
    target, (write, is_folder) = Path(out), FORMS[form]
    if os.path.lexists(target):
        raise OutputError(f"{target}: is there already", "Choose another --out; nothing was written.")
    temporary = target.with_name(f".tmp-{os.getpid()}-{target.name}")
    try:
        temporary.mkdir(parents=True)
        inner = temporary if is_folder else temporary / target.name
        write(str(path), inner)
        os.rename(inner, target)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error.strerror or error}", "Choose another --out."
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return sorted(target.iterdir()) if is_folder else [target]
