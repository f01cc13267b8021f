"""A grammar that crashes, never returns or eats all memory costs one document, not the run.

Grammars are C code that reads hostile input; a crash takes the worker process with it, and the executor kills
a worker over its time or memory. The first attempt at a shard keeps no book of documents and loses no time.
If its worker dies, the executor gives the unit to another one, which then measures document by document and
writes down which one it is at. If that worker dies too, its supervisor adds why, and the next attempt
leaves out that document, with a CC103 row that says so, and goes on.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from codecorpus.parse import measure
from codecorpus.parse.options import ParseOptions
from codecorpus.run.deaths import Reason, book_of, read_deaths
from codecorpus.stage import StageResult

#: A shard may hold so many documents that crash a parser, and the run still ends.
MOST_CRASHES = 20

_WORDS: dict[Reason, str] = {
    "crashed": "the parser crashed",
    "time": "the parser did not return",
    "memory": "the parser took too much memory",
}
# What a document may take beyond its parse, which has a clock of its own: text measures, imports, Python's own parser.
_SECONDS_BEYOND = 60.0


class CrashWatch:
    """Measures the row groups of one shard, and remembers across attempts where the process died.

    Args:
        out: the unit's temporary folder, `<stage>-<key>-<attempt>`; the book lies beside it, under a name without the attempt.
    """

    def __init__(self, out: Path) -> None:
        stage, key, _ = out.name.rsplit("-", 2)
        self._book = book_of(out.parents[1], stage, key)
        before = self._book.read_text(encoding="utf-8").split("\n")[:-1] if self._book.exists() else []
        self._deaths = read_deaths(before)
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
            reason = self._deaths.get((group, row))
            with _clock(2 * options.timeout_seconds + _SECONDS_BEYOND):
                results.append(_unparsed(one, options, _WORDS[reason]) if reason else measure(one, options))
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


@contextmanager
def _clock(seconds: float) -> Iterator[None]:
    """Have the kernel end this process when the body takes longer, even in C code that holds every lock.

    So one document that hangs costs this long, and not the time that a whole shard may take.
    """
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _unparsed(document: pa.Table, options: ParseOptions, why: str) -> StageResult:
    """The text measures alone: the document is declared too large to parse, and the flag says the true reason."""
    result = measure(document, options.model_copy(update={"max_bytes": 0}))
    flags = result.decisions
    for name, value in (("detail", why), ("measured", None), ("limit", None)):
        index = flags.schema.get_field_index(name)
        column = pa.array([value] * flags.num_rows, flags.schema.field(name).type)
        flags = flags.set_column(index, flags.schema.field(name), column)
    return StageResult(result.table, result.kept, flags)
