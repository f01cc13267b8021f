"""The hashes that come with the package: tables ↔ one compressed file of arrays, the same bytes for the same tables.

It holds hashes, numbers, and the names of benchmarks, problems and fields; no text of a problem. `tools/hash_benchmarks.py` makes it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from codecorpus.dedup.contamination_options import ContaminationOptions
from codecorpus.dedup.index_data import RUN, IndexData
from codecorpus.dedup.sets import Hashes, Ints
from codecorpus.errors import UsageError

SHIPPED_FILE = Path(__file__).with_name("benchmarks.npz")

#: What another layout or another way of hashing would change.
VERSION = 1

#: How a text becomes words and tokens, in words for whoever reads the file.
NORMALISATION = (
    "words: runs of ASCII letters, digits, _ and bytes above 127; code: tokens without white space, comments, ; , { } and "
    "names, see codecorpus/dedup/_kernels_renamed.py"
)

_MADE_WITH = ("ngram", "min_names", "max_problems")


def write_data(path: Path, data: IndexData, options: ContaminationOptions) -> None:
    """Write tables to a file.

    Args:
        path: of the file.
        data: the tables.
        options: what they were made with; the file states it.
    """
    words, _, word_places = _in_order(data.words["hash"].to_numpy())
    code, first, code_places = _in_order(data.code["hash"].to_numpy())
    field_names = data.fields["field"].unique().sort().to_list()
    about = {
        "version": VERSION,
        "normalisation": NORMALISATION,
        "run": RUN,
        **{name: getattr(options, name) for name in _MADE_WITH},
        "fields": field_names,
        "problems": data.problems.rows(),
    }
    numbers = {name: index for index, name in enumerate(field_names)}
    parameters = data.signatures["parameters"]
    arrays = {
        "about": np.frombuffer(json.dumps(about, ensure_ascii=True).encode(), np.uint8),
        "fields": np.stack(
            [
                data.fields["text"].to_numpy(),
                data.fields["problem"].to_numpy(),
                data.fields["field"].replace_strict(numbers, return_dtype=pl.Int32).to_numpy(),
                data.fields["kind"].cast(pl.Int32).to_numpy(),
            ]
        ),
        "words": words,
        "word_places": word_places,
        "word_texts": data.words["text"].to_numpy(),
        "code": code,
        "blind": (data.code["blind"].to_numpy()[first] >> np.uint64(32)).astype(
            np.uint32
        ),  # a filter asks for no more
        "code_places": code_places,
        "code_texts": data.code["text"].to_numpy(),
        "names": data.signatures["name"].to_numpy(),
        "name_texts": data.signatures["text"].to_numpy(),
        "parameter_counts": parameters.list.len().cast(pl.Int32).to_numpy(),
        "parameters": parameters.explode().drop_nulls().to_numpy(),
    }
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def _in_order(hashes: Hashes) -> tuple[Hashes, Ints, npt.NDArray[np.int32]]:
    """The distinct hashes as they first come, the row of the first of each, and steps from the place of each row's hash to the next.

    Rows come by text, so that most steps are 1 and take no room in the file.
    """
    distinct, first, places = np.unique(hashes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return distinct[order], first[order], np.diff(rank[places], prepend=0).astype(np.int32)


def read_shipped(options: ContaminationOptions) -> IndexData:
    """The tables that come with the package.

    Raises:
        UsageError: they were made with other settings than these.
    """
    about, data = _read(SHIPPED_FILE)
    other = [name for name in _MADE_WITH if about[name] != getattr(options, name)]
    if other:
        made = ", ".join(f"{name} {about[name]}" for name in other)
        raise UsageError(
            f"the hashes that come with the package were made with {made}",
            "Leave that as it is, or name files of problems instead of the benchmarks that come with the package.",
        )
    return data


def read_data(path: Path) -> IndexData:
    """The tables of a file that `write_data` wrote."""
    return _read(path)[1]


def shipped_about() -> dict[str, Any]:
    """What the file says of itself: `version`, `normalisation`, `run`, `ngram`, `min_names`, `max_problems`, `fields`, `problems`."""
    return _read(SHIPPED_FILE)[0]


@cache
def _read(path: Path) -> tuple[dict[str, Any], IndexData]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays["about"].tobytes())
    text, problem, field, kind = arrays["fields"]
    fields = pl.DataFrame(
        {
            "text": text,
            "problem": problem,
            "field": np.array(about["fields"])[field],
            "kind": kind.astype(np.int8),
        }
    )
    ends = np.cumsum(arrays["parameter_counts"])
    word_places, code_places = (np.cumsum(arrays[name]) for name in ("word_places", "code_places"))
    return about, IndexData(
        pl.DataFrame(
            about["problems"],
            schema=dict.fromkeys(("benchmark", "problem", "family"), pl.String),
            orient="row",
        ),
        fields.cast({"field": pl.String}),
        pl.DataFrame({"hash": arrays["words"][word_places], "text": arrays["word_texts"]}),
        pl.DataFrame(
            {
                "blind": (arrays["blind"].astype(np.uint64) << np.uint64(32))[code_places],
                "hash": arrays["code"][code_places],
                "text": arrays["code_texts"],
            }
        ),
        pl.DataFrame(
            {
                "name": arrays["names"],
                "parameters": np.split(arrays["parameters"], ends)[:-1],
                "text": arrays["name_texts"],
            },
            schema_overrides={"parameters": pl.List(pl.UInt64)},
        ),
    )
