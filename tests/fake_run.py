"""A small run written by hand, by the schemas alone: what the report reads, without running anything."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from codecorpus.config import load_config
from codecorpus.document import (
    CLUSTERS,
    DECISIONS,
    DOCUMENTS,
    MEASURES,
    PAIRS,
    PART_FIELDS,
    REPOSITORIES,
    SAMPLES,
    DecisionRows,
    document_id,
    git_blob_id,
    sequences_schema,
)

SPECIAL = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]


@dataclass
class FakeRun:
    """Collects rows, then writes the folder; every row that is added counts in the funnel."""

    documents: list[dict] = field(default_factory=list)
    decisions: dict[str, DecisionRows] = field(
        default_factory=lambda: {name: DecisionRows(name) for name in ("read", "filter", "dedup")}
    )
    clusters: list[dict] = field(default_factory=list)
    lost: dict[str, dict[str, int]] = field(default_factory=lambda: {"read": {}, "filter": {}, "dedup": {}})
    edited: dict[str, int] = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)
    alarms: list[dict] = field(default_factory=list)
    copies: list[dict] = field(default_factory=list)
    duplicates: dict = field(default_factory=dict)
    samples: list[dict] = field(default_factory=list)
    pairs: list[dict] = field(default_factory=list)

    def keep(self, repo: str, path: str, text: str, *, language="Python", licence="MIT", **measures) -> bytes:
        doc_id = document_id(repo, path, text.encode())
        known = dict.fromkeys(MEASURES) | {"lines": text.count("\n") + 1, "characters": len(text)}
        self.documents.append(
            {
                "doc_id": doc_id,
                "blob_id": git_blob_id(text.encode()),
                "repo_name": repo,
                "path": path,
                "revision_id": None,
                "revision_date": None,
                "content": text,
                "src_encoding": "UTF-8",
                "language": language,
                "extension": "py",
                "length_bytes": len(text.encode()),
                "detected_licenses": [licence] if licence else None,
                "license_type": "permissive" if licence else "no_license",
                "is_vendor": False,
                "is_generated": False,
                "star_events_count": None,
                "measures": known | measures,
            }
        )
        return doc_id

    def drop(self, stage: str, repo: str, path: str, *codes: str, **values) -> bytes:
        """Drop one document by one or more rules; the first counts."""
        doc_id = document_id(repo, path, b"")
        for code in codes:
            self.decisions[stage].add(doc_id, repo, path, code, **values)
        self.lost[stage][codes[0]] = self.lost[stage].get(codes[0], 0) + 1
        return doc_id

    def store(
        self, doc_id: bytes, repo: str, path: str, text: str, *, language="Python", is_cut=False
    ) -> None:
        """The first lines of a dropped document, as a run keeps them."""
        row = {"doc_id": doc_id, "repo_name": repo, "path": path, "language": language}
        self.samples.append(row | {"length_bytes": len(text.encode()), "is_cut": is_cut, "content": text})

    def edit(self, repo: str, path: str, code: str, detail: str) -> None:
        self.decisions["filter"].add(
            document_id(repo, path, b""), repo, path, code, verdict="edited", detail=detail
        )
        self.edited[code] = self.edited.get(code, 0) + 1

    def write(self, out: Path) -> dict:
        """Write the folder and return its manifest, as read back from `manifest.json`."""
        out.mkdir(parents=True, exist_ok=True)
        tables = {
            "documents": pa.Table.from_pylist(self.documents, schema=DOCUMENTS),
            "decisions": pa.concat_tables(
                [DECISIONS.empty_table(), *(rows.table() for rows in self.decisions.values())]
            ),
            "clusters": pa.Table.from_pylist(self.clusters, schema=CLUSTERS),
        }
        if self.pairs:
            tables["pairs"] = pa.Table.from_pylist(self.pairs, schema=PAIRS)
        if self.samples:
            tables["samples"] = pa.Table.from_pylist(self.samples, schema=SAMPLES)
        if self.copies:
            tables["repositories"] = pa.Table.from_pylist(self.copies, schema=REPOSITORIES)
        if self.rows:
            tables["sequences"] = pa.Table.from_pylist(self.rows, schema=sequences_schema(pa.uint16()))
            write_tokenizer(out / "tokenizer" / "tokenizer.json")
        files = [_write(out, name, table) for name, table in tables.items()]
        (out / "config.toml").write_text(load_config().to_toml(), encoding="utf-8")
        manifest = {
            "codecorpus": "0.1.0",
            "config_hash": "ab" * 32,
            "sources": [
                {"name": "repos", "kind": "folder", "documents": self._total(), "bytes": 1000 * self._total()}
            ],
            "stages": self._stages(),
            "tokenizer": self._tokenizer(),
            "sequences": self._sequences(),
            "alarms": self.alarms,
            **({"duplicates": self.duplicates} if self.duplicates else {}),
            "versions": {"pyarrow": "1.2.3"},
            "files": sorted(files, key=lambda row: row["path"]),
        }
        (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return json.loads((out / "manifest.json").read_text(encoding="utf-8"))

    def _total(self) -> int:
        return len(self.documents) + sum(sum(codes.values()) for codes in self.lost.values())

    def _stages(self) -> list[dict]:
        rows, left = [], self._total()
        for stage in ("read", "filter", "dedup"):
            kept = left - sum(self.lost[stage].values())
            size = sum(document["length_bytes"] for document in self.documents)
            rows.append(
                {
                    "stage": stage,
                    "documents_in": left,
                    "documents_kept": kept,
                    "bytes_in": size + 1000 * (left - len(self.documents)),
                    "bytes_kept": size + 1000 * (kept - len(self.documents)),
                    "dropped": self.lost[stage],
                    "edited": self.edited if stage == "filter" else {},
                    "flagged": {},
                }
            )
            left = kept
        return rows

    def _tokenizer(self) -> dict | None:
        if not self.rows:
            return None
        return {
            "path": "tokenizer/tokenizer.json",
            "trained": True,
            "mode": "code",
            "vocab_size": 260,
            "tokens": sum(len(row["input_ids"]) for row in self.rows),
            "bytes": 1000,
            "bytes_per_token": 1.0,
        }

    def _sequences(self) -> dict | None:
        if not self.rows:
            return None
        tokens = sum(len(row["input_ids"]) for row in self.rows)
        return {
            "rows": len(self.rows),
            "sequence_length": 64,
            "tokens": tokens,
            "fill_rate": tokens / (64 * len(self.rows)),
            "parts": sum(len(row["doc_ids"]) for row in self.rows),
            "layouts": {"none": 1, "psm": 1},
            "spans": {"token": 1},
            "family": "qwen2.5-coder",
        }


def byte_tokenizer() -> Tokenizer:
    """A tokenizer of single bytes with the sentinels of qwen2.5-coder."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={char: index for index, char in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


def write_tokenizer(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    byte_tokenizer().save(str(path))


def packed(*parts: tuple[bytes, list[str]]) -> dict:
    """A row of the sequences table from (doc_id, pieces); a piece that is a sentinel becomes its one token, and says what follows."""
    tokenizer = byte_tokenizer()
    roles = {SPECIAL[1]: "prefix", SPECIAL[2]: "middle", SPECIAL[3]: "suffix"}
    lengths, ids, fields = [], [], []
    for _, pieces in parts:
        part, role = [], "suffix"
        field = dict.fromkeys(PART_FIELDS.names, 0)
        for piece in pieces:
            if piece in SPECIAL:
                part.append(tokenizer.token_to_id(piece))
                role = roles.get(piece, role)
                field["layout"] = max(field["layout"], int(piece in roles))
            else:
                text = [tokenizer.token_to_id(char) for char in _byte_chars(piece)]
                field[role] += len(text)
                part += text
        ids += part
        lengths.append(len(part))
        fields.append(field | {"length": len(part)})
    doc_ids = [doc_id for doc_id, _ in parts]
    return {"input_ids": ids, "seq_lengths": lengths, "doc_ids": doc_ids, "parts": fields}


def _byte_chars(text: str) -> str:
    return "".join(
        piece for piece, _ in pre_tokenizers.ByteLevel(False, use_regex=False).pre_tokenize_str(text)
    )


def _write(out: Path, name: str, table: pa.Table) -> dict:
    (out / name).mkdir(exist_ok=True)
    path = out / name / "part-00000.parquet"
    # Two rows in a group: the report reads single groups, and a test has to notice when it reads the wrong one.
    pq.write_table(table, path, row_group_size=2)
    data = path.read_bytes()
    entry = {
        "path": f"{name}/part-00000.parquet",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
    }
    return entry | {"rows": table.num_rows}


#: Clears a screen; turns what follows around.
ESCAPES = " \x1b[2J\u202e\n"


def poison(out: Path, table: str, *columns: str) -> None:
    """Put `ESCAPES` behind every string of these columns, as a run of somebody else may have them; of all columns where none is named."""
    path = out / table / "part-00000.parquet"
    found = pq.read_table(path)
    rows = found.to_pylist()
    for row in rows:
        for name in columns or row:
            if isinstance(row[name], str):
                row[name] += ESCAPES
            elif name == "detected_licenses" and row[name]:
                row[name] = [value + ESCAPES for value in row[name]]
    pq.write_table(pa.Table.from_pylist(rows, found.schema), path)


def usual_run() -> FakeRun:
    """Three repositories with a bit of everything."""
    run = FakeRun()
    prefix = "def add(a, b):\n"
    kept = run.keep(
        "alpha", "src/add.py", prefix + "    return a + b\n", max_line_length=990, comment_share=0.1
    )
    other = run.keep("alpha", "src/near.py", "x = 1\n", max_line_length=400, comment_share=0.0)
    run.keep("beta", "lib/main.go", "package main\n", language="Go", licence=None, max_line_length=12)
    run.drop("read", "beta", "logo.png", "CC004", detail="NUL byte")
    run.drop("filter", "alpha", "dist/far.js", "CC201", measured=50_000.0, limit=1000.0)
    run.drop("filter", "alpha", "dist/close.js", "CC201", "CC202", measured=1001.0, limit=1000.0)
    run.drop("filter", "gamma", "gen.py", "CC204", detail="marker at the head")
    copy = run.drop("dedup", "gamma", "add_copy.py", "CC402", measured=0.8125, limit=0.7, other_id=kept)
    run.store(copy, "gamma", "add_copy.py", prefix + "    return b + a\n")
    close = document_id("alpha", "dist/close.js", b"")
    run.store(close, "alpha", "dist/close.js", "var close = 1;\n", language="JavaScript")
    run.edit("alpha", "src/add.py", "CC311", "AKIAQ7Z2SECRETVALUE1")
    for doc_id, is_representative, similarity in ((kept, True, 1.0), (copy, False, 0.8125)):
        row = {"doc_id": doc_id, "cluster_id": kept, "is_representative": is_representative}
        run.clusters.append(row | {"similarity": similarity, "kind": "near"})
    run.rows.append(packed((other, ["y = 2\n", SPECIAL[0]])))
    transformed = [SPECIAL[1], prefix, SPECIAL[3], " + b\n", SPECIAL[2], "    return a", SPECIAL[0]]
    run.rows.append(packed((other, ["x = 1\n", SPECIAL[0]]), (kept, transformed)))
    run.alarms.append(
        {"kind": "loss", "what": "repository gamma lost 2 of its 2 documents", "measured": 1.0, "limit": 0.95}
    )
    return run
