"""Agreement of the licences that texts say (licence files, heads of files) with those that packages declare in their own metadata.

    python benchmarks/licences.py FOLDER

FOLDER holds repositories. Of each, the shallowest metadata file with a licence is the declaration; what metadata says is then taken
out of the table of what was found, and the folder that the declaration is for is asked for its licence again: licence files, or,
where there are none, what the heads of at least half of the files below it state. `-only` and `-or-later` count as one: the text of
a GNU licence cannot say which. A bare "BSD" agrees with any BSD licence. Prints every disagreement, then the figures and the speed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from codecorpus.sources import SourceOptions, find_licences, group_parts, plan_sources, read_shard
from codecorpus.sources.licence_nearest import NearestLicences, answer_of
from codecorpus.spdx import base_of, ids_of, parse_expression


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found, paths, figures = find_all(folder)
    declared = pc.equal(found["kind"], "package metadata")
    texts = found.filter(pc.invert(declared))
    rows = list(compare(found.filter(declared).to_pylist(), texts, paths))
    for repo, path, said, by_text in sorted(rows):
        if verdict(said, by_text) != "agrees":
            print(f"{verdict(said, by_text):<14} {repo:<28} {path}: {said}; texts: {by_text or 'nothing'}")
    counts = Counter(verdict(said, by_text) for _, _, said, by_text in rows)
    compared = counts["agrees"] + counts["disagrees"]
    same = sum(said == by_text for _, _, said, by_text in rows)
    print(f"\n{len(rows)} declarations; {counts['without text']} without any text to compare with")
    print(
        f"agreement {counts['agrees']} of {compared}: {counts['agrees'] / max(compared, 1):.1%}; {same} to the letter"
    )
    print(figures)


def find_all(folder: Path) -> tuple[pa.Table, list[tuple[str, str]], str]:
    """What was found, (repository, path) of every document, and figures."""
    options = SourceOptions()
    paths: list[tuple[str, str]] = []
    tables, documents, size, seconds = [], 0, 0, 0.0
    find_licences(
        next(read_shard(group_parts(plan_sources([folder], options))[0], options)).documents
    )  # loads the texts
    for shard in group_parts(plan_sources([folder], options)):
        for batch in read_shard(shard, options):
            started = time.process_time()
            tables.append(find_licences(batch.documents))
            seconds += time.process_time() - started
            paths += zip(*(batch.documents[name].to_pylist() for name in ("repo_name", "path")), strict=True)
            documents += batch.documents.num_rows
            size += pc.sum(batch.documents["length_bytes"]).as_py() or 0
    table = pa.concat_tables(tables)
    kinds = Counter(table["kind"].to_pylist())
    speed = f"{documents / seconds:,.0f} documents/s, {size / 1e6 / seconds:,.0f} MB/s"
    figures = f"{documents:,} documents, {size / 1e6:.1f} MB, {seconds:.2f} s of CPU: {speed}"
    return table, paths, f"{figures}\nrows: {dict(sorted(kinds.items()))}"


def compare(
    declared: list[dict], texts: pa.Table, paths: list[tuple[str, str]]
) -> Iterator[tuple[str, str, str, str | None]]:
    """(repository, metadata file, what it says, what texts say) of the shallowest declarations."""
    nearest = NearestLicences(texts.filter(pc.is_valid(texts["directory"])))
    heads = texts.filter(pc.is_null(texts["directory"])).to_pylist()
    by_repo: dict[str, list[dict]] = {}
    for row in declared:
        by_repo.setdefault(row["repo_name"], []).append(row)
    for repo, rows in by_repo.items():
        row = min(rows, key=lambda row: (row["path"].count("/"), row["path"]))
        answer = nearest.of(repo, f"{row['directory']}/x".lstrip("/"))
        said = answer.expression
        if said is None:
            inside = f"{row['directory']}/".lstrip("/")
            stated = Counter(
                head["expression"]
                for head in heads
                if head["repo_name"] == repo and head["path"].startswith(inside)
            )
            files = sum(other == repo and path.startswith(inside) for other, path in paths)
            said = min(stated, key=lambda one: (-stated[one], one)) if stated else None
            said = said if said and 2 * stated[said] >= files else None
        yield repo, row["path"], answer_of(row["expression"]).expression or "", said


def verdict(said: str, by_text: str | None) -> str:
    if by_text is None:
        return "without text"
    left, right = bases(said), bases(by_text)
    if left == right or ("LicenseRef-BSD" in left and all("BSD" in one for one in right)):
        return "agrees"
    return "disagrees"


def bases(expression: str) -> set[str]:
    return {base_of(spdx) for spdx in ids_of(parse_expression(expression))}


if __name__ == "__main__":
    main()
