"""A grammar that crashes costs one document, not the run.

Grammars are C code that reads hostile input; a crash takes the worker process with it. The first attempt at
a shard keeps no book and loses no time. If its worker dies, the executor gives the unit to another worker,
which then measures document by document and writes down which one it is at. If that worker dies too, the
one after it leaves out the document of the last line, with a CC103 row that says so, and goes on.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from codecorpus.parse import measure
from codecorpus.parse.options import ParseOptions
from codecorpus.stage import StageResult

#: A shard may hold so many documents that crash a parser, and the run still ends.
MOST_CRASHES = 20

_CRASHED = "the parser crashed"


class CrashWatch:
    """Measures the row groups of one shard, and remembers across attempts where the process died.

    Args:
        out: the unit's temporary folder, `<stage>-<key>-<pid>`; the book lies beside it, under a name without the pid.
    """

    def __init__(self, out: Path) -> None:
        self._book = out.parent / f"watch-{out.name.rpartition('-')[0]}"
        before = self._book.read_text(encoding="utf-8").split("\n")[:-1] if self._book.exists() else []
        deaths = [line for line, after in pairwise([*before, "start"]) if after == "start" != line]
        self._crashed = {tuple(map(int, line.split())) for line in deaths}
        self._is_careful = bool(before)
        self._write("start")

    def measure(self, group: int, documents: pa.Table, options: ParseOptions) -> StageResult:
        """Measures of row group `group`; one document at a time where an earlier attempt died."""
        if not self._is_careful:
            return measure(documents, options)
        results = []
        for row in range(documents.num_rows):
            self._write(f"{group} {row}")
            one = documents.slice(row, 1)
            crashed = (group, row) in self._crashed
            results.append(_unparsed(one, options) if crashed else measure(one, options))
        return StageResult(
            table=pa.concat_tables(result.table for result in results),
            kept=pa.concat_arrays([result.kept for result in results]),
            decisions=pa.concat_tables(result.decisions for result in results),
        )

    def __enter__(self) -> CrashWatch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not reached by a crash, which is the point.
        self._book.unlink(missing_ok=True)

    def _write(self, line: str) -> None:
        with self._book.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _unparsed(document: pa.Table, options: ParseOptions) -> StageResult:
    """The text measures alone: the document is declared too large to parse, and the flag says the true reason."""
    result = measure(document, options.model_copy(update={"max_bytes": 0}))
    flags = result.decisions
    for name, value in (("detail", _CRASHED), ("measured", None), ("limit", None)):
        index = flags.schema.get_field_index(name)
        column = pa.array([value] * flags.num_rows, flags.schema.field(name).type)
        flags = flags.set_column(index, flags.schema.field(name), column)
    return StageResult(result.table, result.kept, flags)
