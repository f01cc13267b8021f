"""The Python API: build a corpus, open one, ask it questions.

>>> import codecorpus as cc                                      # doctest: +SKIP
>>> corpus = cc.build("repos", out="corpus")                     # doctest: +SKIP
>>> corpus.explain("src/parser.py")                              # doctest: +SKIP
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from codecorpus.addresses import is_address
from codecorpus.config import load_config
from codecorpus.errors import RunError, StorageError, UsageError
from codecorpus.report import (
    attribution,
    collect,
    funnel_html,
    render_card,
    render_croissant,
    render_html,
    render_notice,
    stage_times,
)
from codecorpus.report.changes import RunDiff, diff_runs
from codecorpus.report.explain import Explanation, explain
from codecorpus.report.find import Found, find_text
from codecorpus.report.texts import texts_of
from codecorpus.run.executor import Machines
from codecorpus.run.limits import Limits
from codecorpus.run.manifest import VIEWS, read_manifest, write_manifest
from codecorpus.run.pipeline import cores, run_build
from codecorpus.run.remote import StoredRun, downloaded, fetch_published, open_stored, stored_run
from codecorpus.run.verify import Verification, verify_run

if TYPE_CHECKING:
    from codecorpus.charts import Chart
    from codecorpus.fim import RowView
    from codecorpus.run.estimate import Estimate
    from codecorpus.tokenize import TokenizerComparison


@dataclass(frozen=True, slots=True, repr=False)
class Corpus:
    """A finished run, read from its folder when asked; nothing is held in memory.

    Attributes:
        path: the run's folder.
        manifest: what the run says of itself, see `docs/formats.md`.
        stored: where it is in an object store, if it is in one; `path` is what is here of it then.
    """

    path: Path
    manifest: Mapping[str, Any]
    stored: StoredRun | None = None

    @property
    def funnel(self) -> pl.DataFrame:
        """One row per stage: documents and bytes in and kept, documents dropped."""
        rows = self.manifest["stages"]
        names = ("stage", "documents_in", "documents_kept", "bytes_in", "bytes_kept")
        columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in names}
        columns["dropped"] = [sum(row["dropped"].values()) for row in rows]
        return pl.DataFrame(columns)

    def documents(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The kept documents; name `columns` to leave the text on the disk."""
        return self._read("documents", columns)

    def decisions(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Every verdict that is not a plain keep."""
        return self._read("decisions", columns)

    def clusters(self) -> pl.DataFrame:
        """Clusters of duplicates: who stands for whom, and how alike they are."""
        return self._read("clusters", None)

    def pairs(self) -> pl.DataFrame:
        """The pairs of documents that were compared, down to `dedup.floor`: what another threshold would change."""
        return self._read("pairs", None)

    def repositories(self) -> pl.DataFrame:
        """Forks and vendored copies: which repository is, for the most part, in which other one.

        Raises:
            UsageError: they were not looked for.
        """
        return self._read("repositories", None)

    def sequences(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The packed rows."""
        return self._read("sequences", columns)

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of the run as a lazy frame, for corpora larger than memory."""
        self._fetch(table)
        files = sorted((self.path / table).glob("*.parquet"))
        if not files:
            tables = sorted(
                {entry["path"].partition("/")[0] for entry in self.manifest["files"] if "/" in entry["path"]}
            )
            raise UsageError(f"{self.path}: no table {table!r}", f"Tables of this run: {', '.join(tables)}.")
        return pl.scan_parquet(files, glob=False)

    def explain(
        self, question: str | os.PathLike[str], *, limit: int = 20, diff_lines: int = 40
    ) -> list[Explanation]:
        """What became of a file, and why: by path, repository and path, path on disk, or doc_id (hex).

        Of a run in an object store the packed rows are named where `sequences/` is here already: it is as large as the corpus.

        Args:
            question: the file.
            limit: documents at most; a path may be in several repositories.
            diff_lines: lines of the difference between a duplicate and the document that it matched, at most; 0: none.
        """
        self._fetch("documents", "decisions", "licences", *(["samples"] if diff_lines else []))
        with _readable(self.path):
            return explain(self.path, os.fspath(question), limit=limit, diff_lines=diff_lines)

    def find_text(
        self, text: str | bytes, *, name: str = "", language: str | None = None, limit: int = 10
    ) -> Found:
        """Is this code, a near copy of it, or a document that holds it in the corpus; and under which licence.

        Args:
            text: a file or a piece of one; bytes are compared as such, and text as UTF-8.
            name: of the file, which tells its language.
            language: Linguist's name, where it is known better.
            limit: documents at most, best first.

        Raises:
            UsageError: it is empty, binary, or cannot be decoded.
        """
        self._fetch("documents", "decisions", "lookup", "config.toml")
        content = text.encode() if isinstance(text, str) else text
        with _readable(self.path):
            return find_text(self.path, content, name=name, language=language, limit=limit)

    def sample(
        self, n: int = 10, *, dropped_by: str | None = None, seed: int = 0, near: bool = False
    ) -> pl.DataFrame:
        """`n` documents chosen by a hash of (seed, doc_id): kept ones, or decisions of one rule.

        Args:
            n: how many.
            dropped_by: code of a rule: its decisions instead of kept documents.
            seed: another one gives other documents.
            near: of the decisions those whose measured value is nearest to the limit, nearest first.

        Raises:
            UsageError: no rule has this code.
        """
        from codecorpus.rules import RULES

        if dropped_by is not None and dropped_by not in RULES:
            raise UsageError(f"no rule {dropped_by!r}", "`codecorpus rule` lists them.")
        frame = self.scan("documents" if dropped_by is None else "decisions")
        if dropped_by is not None:
            frame = frame.filter(pl.col("code") == dropped_by)
        with _readable(self.path):
            if dropped_by is not None and near:
                distance = (pl.col("measured") - pl.col("limit")).abs()
                return frame.sort(distance, "doc_id", nulls_last=True).head(n).collect()
            order = frame.select("doc_id").unique().collect()["doc_id"]
            keyed = heapq.nsmallest(n, order.to_list(), key=lambda doc_id: _mix(doc_id, seed))
            return frame.filter(pl.col("doc_id").is_in(keyed)).sort("repo_name", "path").collect()

    def texts(self, doc_ids: Sequence[bytes]) -> dict[bytes, str]:
        """doc_id → text, for those of which there is one: kept documents; dropped ones while `work/` is there, and stored samples.

        Secrets and personal data are replaced, whatever the configuration does with them; of what was dropped for what it says (the licence
        policy, secrets, benchmark problems) the text is a sentence that says so.

        Args:
            doc_ids: of kept or dropped documents; few.
        """
        self._fetch("documents", "samples")
        with _readable(self.path):
            return {doc_id: text.content for doc_id, text in texts_of(self.path, doc_ids).items()}

    def show(self, row: int) -> RowView:
        """One packed row with the role of every token: prefix, middle, suffix, sentinels, document borders.

        Raises:
            UsageError: there is no such row.
        """
        from codecorpus import fim, formats, tokenize

        rows = self.manifest["sequences"]["rows"] if self.manifest["sequences"] else 0
        if not 0 <= row < rows:
            raise UsageError(
                f"row {row}: the run has {rows:,} rows", f"Give a number from 0 to {max(rows - 1, 0):,}."
            )
        self._fetch("config.toml", "tokenizer", "sequences")
        config = load_config(self.path / "config.toml")
        encoder = tokenize.load_encoder(self.path / "tokenizer" / "tokenizer.json")
        family = fim.family(config.fim.family)
        found = formats.read_row(self.path / "sequences", row)
        view = fim.show_row(
            found,
            0,
            family=family,
            sentinels=fim.sentinel_ids(
                family, encoder.token_id, rate=config.fim.rate, paths=config.packing.writes_paths
            ),
            decode=encoder.decode,
            names=self._names(found["doc_ids"][0].as_py()),
        )
        return replace(view, row=row)

    def _names(self, doc_ids: Sequence[bytes]) -> dict[bytes, str]:
        """doc_id → repository and path, of documents of this run."""
        wanted = pl.Series(sorted(set(doc_ids)), dtype=pl.Binary)
        rows = self.scan("documents").filter(pl.col("doc_id").is_in(wanted.implode()))
        frame = rows.select("doc_id", "repo_name", "path").collect()
        return {doc_id: f"{repo_name}/{path}" for doc_id, repo_name, path in frame.iter_rows()}

    def licences(self) -> pl.DataFrame:
        """What was found about licences: which file says what, for which folder."""
        return self._read("licences", None)

    def attribution(self) -> pl.DataFrame:
        """One row per repository: licences, revisions, kept files and bytes, holders of the copyright; what `NOTICE` is made from."""
        self._fetch("documents", "licences")
        return attribution(self.path)

    def report(self) -> Path:
        """Make report.html, the dataset card, NOTICE and croissant.json again from the run's files; returns the report's path."""
        self._fetch()
        manifest = write_manifest(self.path, dict(self.manifest), render_views(self.path, self.manifest))
        if self.stored is not None:
            replace(self.stored, folder=self.path).publish(manifest)
        return self.path / "report.html"

    def verify(self) -> Verification:
        """Re-hash and check every file of the run."""
        if self.stored is None:
            return verify_run(self.path)
        with downloaded(self.stored, self.path, self.manifest) as folder:
            return verify_run(folder)

    def _fetch(self, *names: str) -> None:
        if self.stored is not None:
            fetch_published(self.stored, self.path, self.manifest, names)

    def _read(self, table: str, columns: Sequence[str] | None) -> pl.DataFrame:
        frame = self.scan(table)
        return (frame.select(columns) if columns is not None else frame).collect()

    def plot(self, measure: str | None = None) -> Chart:
        """A chart of altair: the funnel, or a measure of the documents with its limits.

        Args:
            measure: a name of `codecorpus.document.MEASURES`, or `length_bytes`: of the kept documents, and of those that a limit of this
                measure dropped. What other rules dropped is not in a run's tables.

        Raises:
            UsageError: there is no such measure.
            ExtraMissingError: altair is not installed.
        """
        from codecorpus.report.charts import funnel_chart, measured_chart

        if measure is None:
            return funnel_chart(self.manifest)
        self._fetch("config.toml", "documents", "decisions")
        return measured_chart(
            measure, self.scan("documents"), self.scan("decisions"), load_config(self.path / "config.toml")
        )

    def __repr__(self) -> str:
        kept = self.manifest["stages"][-1]["documents_kept"] if self.manifest["stages"] else 0
        return f"Corpus({str(self.path)!r}): {kept:,} documents"

    def _repr_html_(self) -> str:
        return funnel_html(self.manifest)


def build(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str] = "corpus",
    recipe: str | os.PathLike[str] = "default",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    executor: str | None = None,
    ray_address: str | None = None,
    unit_timeout: float | None = None,
    worker_memory: int | None = None,
    fresh: bool = False,
    progress: Any = None,
) -> Corpus:
    """Build a corpus; the same call again resumes, or takes in what changed.

    Args:
        sources: a source or several: a folder of repositories, a bare git repository, an archive, Parquet, JSONL.
        out: folder of the run, or its address in an object store.
        recipe: name of a recipe, or path of a TOML file.
        settings: dotted key → value, such as `{"dedup.threshold": 0.8}`.
        workers: processes; all cores by default. Never changes the result.
        executor: `in-process`, `processes` or `ray` (the extra `ray`); by default what pays on this machine.
        ray_address: a running Ray cluster; by default a local one with `workers` processes.
        unit_timeout: seconds that one unit, such as one stage on one shard, may take; by default by its size, generously.
        worker_memory: bytes that a worker may hold; by default its share of what is free.
        fresh: forget earlier work in `out`.
        progress: `False` for silence.

    Raises:
        ConfigError: all mistakes of the configuration at once.
        SourceError: a source is missing, empty or of an unknown kind.
        OutputError: `out` is in use, or holds something else.
        StorageError: `out` cannot be written.
    """
    given = {"workers": workers, "unit_timeout": unit_timeout, "worker_memory": worker_memory}
    for name, value in given.items():
        if value is not None and not value > 0:
            raise UsageError(f"{name} = {value}", "Give more than nothing.")
    listed = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    if not listed:
        raise UsageError(
            "no source given", "Name a folder of repositories, an archive, or a Parquet or JSONL file."
        )
    stored = stored_run(str(out)) if is_address(out) else None
    manifest = run_build(
        listed,
        stored or Path(out),
        load_config(recipe if isinstance(recipe, str) else Path(recipe), settings),
        render=render_views,
        machines=Machines(executor, workers, ray_address, Limits(unit_timeout, worker_memory)),
        fresh=fresh,
        progress=progress,
    )
    return Corpus(stored.folder if stored else Path(out), manifest, stored)


def plan(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str] = "corpus",
    recipe: str | os.PathLike[str] = "default",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    sample_bytes: int | None = None,
    progress: Any = False,
) -> Estimate:
    """What `build` with the same arguments would take and give, from a sample that is built in a temporary folder.

    Nothing is written in `out`.

    Args:
        sources: as for `build`.
        out: folder of the run; what is done there already is said.
        recipe: as for `build`.
        settings: as for `build`.
        workers: processes of the run; all cores by default.
        sample_bytes: bytes of the sample, at least, where there is so much; 24 MB by default.
        progress: `None` for the progress of the sample.

    Raises:
        CodecorpusError: as for `build`.
    """
    from codecorpus.run.estimate import SAMPLE_BYTES, estimate_run
    from codecorpus.run.progress import make_progress

    if (workers is not None and workers < 1) or (sample_bytes is not None and sample_bytes < 1):
        raise UsageError(f"workers = {workers}, sample_bytes = {sample_bytes}", "Give at least 1.")
    return estimate_run(
        [sources] if isinstance(sources, (str, os.PathLike)) else list(sources),
        Path(out),
        load_config(recipe if isinstance(recipe, str) else Path(recipe), settings),
        workers=workers or cores(),
        sample_bytes=sample_bytes or SAMPLE_BYTES,
        progress=make_progress(progress),
        render=render_views,
    )


def open_run(run: str | os.PathLike[str]) -> Corpus:
    """Open a finished run: its folder, or its address in an object store, of which only what is asked for is fetched.

    Raises:
        RunError: there is no finished run in this folder.
    """
    if is_address(run):
        stored = stored_run(str(run))
        folder = open_stored(stored)
        return Corpus(folder, read_manifest(folder), stored)
    return Corpus(Path(run), read_manifest(Path(run)))


def diff(first: Corpus | str | os.PathLike[str], second: Corpus | str | os.PathLike[str]) -> RunDiff:
    """What differs between two runs: the funnel, settings, rules, and the documents whose fate is another.

    Args:
        first: a finished run, opened or by its folder or address.
        second: the other.

    Raises:
        RunError: one of them is no finished run.
    """
    opened = [one if isinstance(one, Corpus) else open_run(one) for one in (first, second)]
    for one in opened:
        one._fetch("documents", "decisions", "config.toml")
    names = [str(one.stored.address.name if one.stored else one.path) for one in opened]
    with _readable(" or ".join(names)):
        return diff_runs(opened[0].path, opened[1].path, names=(names[0], names[1]))


def comparison_page(result: TokenizerComparison, path: str | os.PathLike[str] | None = None) -> str:
    """One offline page of a comparison of tokenizers: bars by language, and the same lines under each tokenizer.

    Args:
        result: what `codecorpus.tokenize.compare` gives.
        path: the file to write; folders above it are made, an older file is replaced. None writes nothing.

    Returns:
        The HTML, under 1 MB.

    Raises:
        StorageError: the file cannot be written.
    """
    from codecorpus.report.comparison import comparison_html

    page = comparison_html(result)
    if path is None:
        return page
    file = Path(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.encode())
    except OSError as error:
        raise StorageError(
            f"the page cannot be written to {file}: {error.strerror or error}", "Choose another file."
        ) from None
    return page


def render_views(run: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """The pages that are made from a run's files: name → text.

    Times differ between equal runs, so that a page of its own, in `work/`, has them.
    """
    # Nor do they list themselves: made again, they are to be the same.
    files = [entry for entry in manifest["files"] if entry["path"] not in VIEWS]
    data = collect(run, {**manifest, "files": files})
    times = stage_times(run)
    return {
        "report.html": render_html(data),
        "README.md": render_card(data),
        "NOTICE": render_notice(attribution(run)),
        "croissant.json": render_croissant(data),
        **({"work/report.html": render_html(data, times=times)} if times else {}),
    }


@contextmanager
def _readable(run: Path | str) -> Iterator[None]:
    """Say of a run whose tables cannot be read that it is damaged, and what to do.

    Raises:
        RunError: instead of what Arrow, polars or the disk say.
    """
    try:
        yield
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        said = str(error).partition("\n")[0]
        raise RunError(
            f"{run}: a file of this run cannot be read: {said}",
            "`codecorpus verify` says which; the same `codecorpus build` writes it anew.",
        ) from error


def _mix(doc_id: bytes, seed: int) -> bytes:
    import hashlib

    return hashlib.blake2b(doc_id, digest_size=8, key=seed.to_bytes(8, "little")).digest()
