"""Readers of the trainers' formats, in plain Python from their description: what the writers are compared with.

Each gives the rows of a folder as dictionaries: `input_ids`, and what else the format holds of `seq_lengths` and `loss_mask`.
"""

import json
import struct
import tarfile
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq

INTEGERS = {"uint8": "B", "uint16": "H", "uint32": "I", "int32": "i"}


def integers(raw, name):
    code = INTEGERS[name]
    return list(struct.unpack(f"<{len(raw) // struct.calcsize(code)}{code}", raw))


def blocks(values, size):
    assert len(values) % size == 0
    return [values[first : first + size] for first in range(0, len(values), size)]


def read_parquet(folder, facts):
    for file in sorted(folder.glob("*.parquet")):
        table = pq.read_table(file)
        kept = ("input_ids", "seq_lengths", "loss_mask")
        yield from table.select([name for name in kept if name in table.column_names]).to_pylist()


def read_megatron(folder, facts):
    index = (folder / "sequences.idx").read_bytes()
    assert index[:9] == b"MMIDIDX\0\0"
    version, code, sequences, documents = struct.unpack_from("<QBQQ", index, 9)
    assert version == 1
    name = {8: "uint16", 4: "int32"}[code]
    size = struct.calcsize(INTEGERS[name])
    at = 34
    lengths = struct.unpack_from(f"<{sequences}i", index, at)
    places = struct.unpack_from(f"<{sequences}q", index, at + 4 * sequences)
    first = struct.unpack_from(f"<{documents}q", index, at + 12 * sequences)
    assert len(index) == at + 12 * sequences + 8 * documents
    assert first == tuple(range(sequences + 1))
    data = (folder / "sequences.bin").read_bytes()
    assert len(data) == size * sum(lengths)
    for place, length in zip(places, lengths, strict=True):
        yield {"input_ids": integers(data[place : place + size * length], name)}


def read_numpy(folder, facts):
    name = "uint16" if facts.vocab_size <= 65_536 else "uint32"
    for file in sorted((folder / "tokens").iterdir()):
        ids = blocks(integers(file.read_bytes(), name), facts.sequence_length)
        masks = blocks(list((folder / "label_mask" / file.name).read_bytes()), facts.sequence_length)
        for row, mask in zip(ids, masks, strict=True):
            yield {"input_ids": row, "loss_mask": mask}


def read_datatrove(folder, facts):
    name = "uint16" if facts.vocab_size <= 65_536 else "uint32"
    for file in sorted(folder.glob("*.ds")):
        raw = (folder / f"{file.name}.index").read_bytes()
        ends = list(struct.unpack(f"<{len(raw) // 8}Q", raw))
        loss = folder / f"{file.name}.loss"
        masks = list(loss.read_bytes()) if loss.exists() else None
        for number, ids in enumerate(blocks(integers(file.read_bytes(), name), facts.sequence_length)):
            first = number * facts.sequence_length
            last = first + facts.sequence_length
            inside = [0] + [end - first for end in ends if first < end <= last]
            row = {
                "input_ids": ids,
                "seq_lengths": [b - a for a, b in pairwise(inside)],
            }
            yield row if masks is None else {**row, "loss_mask": masks[first:last]}


def read_mds(folder, facts):
    index = json.loads((folder / "index.json").read_text())
    assert index["version"] == 2
    for shard in index["shards"]:
        raw = (folder / shard["raw_data"]["basename"]).read_bytes()
        assert len(raw) == shard["raw_data"]["bytes"]
        (rows,) = struct.unpack_from("<I", raw)
        assert rows == shard["samples"]
        places = struct.unpack_from(f"<{rows + 1}I", raw, 4)
        head = json.loads(raw[8 + 4 * rows : places[0]])
        assert head.items() <= shard.items()
        assert places[-1] == len(raw)
        for begin, end in pairwise(places):
            yield mds_row(raw[begin:end], shard["column_names"], shard["column_encodings"])


def mds_row(raw, names, encodings):
    sizes = struct.unpack_from(f"<{len(names)}I", raw)
    at = 4 * len(names)
    row = {}
    for name, encoding, size in zip(names, encodings, sizes, strict=True):
        value = raw[at : at + size]
        at += size
        dimensions, power = divmod(value[0], 4)
        assert dimensions == 1
        width = 1 << power
        count = int.from_bytes(value[1 : 1 + width], "little")
        row["input_ids" if name == "tokens" else name] = integers(
            value[1 + width :], encoding.removeprefix("ndarray:")
        )
        assert len(row["input_ids" if name == "tokens" else name]) == count
    assert at == len(raw)
    return row


def read_litdata(folder, facts):
    index = json.loads((folder / "index.json").read_text())
    (form,) = index["config"]["data_format"]
    name = {"no_header_tensor:20": "uint16", "no_header_tensor:16": "int32"}[form]
    for chunk in index["chunks"]:
        raw = (folder / chunk["filename"]).read_bytes()
        assert len(raw) == chunk["chunk_bytes"]
        (items,) = struct.unpack_from("<I", raw)
        assert items == chunk["chunk_size"]
        places = struct.unpack_from(f"<{items + 1}I", raw, 4)
        assert places[-1] == len(raw)
        rows = [integers(raw[a:b], name) for a, b in pairwise(places)]
        assert sum(map(len, rows)) == chunk["dim"]
        yield from ({"input_ids": row} for row in rows)


def read_webdataset(folder, facts):
    last = -1
    for file in sorted(folder.glob("*.tar")):
        rows = {}
        with tarfile.open(file) as tar:
            for member in tar:
                assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")
                key, name, ending = member.name.split(".")
                assert ending == "npy"
                rows.setdefault(int(key), {})[name] = npy(tar.extractfile(member).read())
        assert list(rows) == list(range(last + 1, last + 1 + len(rows)))
        last += len(rows)
        yield from rows.values()


def npy(raw):
    assert raw[:8] == b"\x93NUMPY\x01\x00"
    (size,) = struct.unpack_from("<H", raw, 8)
    head = raw[10 : 10 + size].decode()
    (name,) = (
        name
        for name, form in {"uint8": "|u1", "uint16": "<u2", "uint32": "<u4", "int32": "<i4"}.items()
        if f"'{form}'" in head
    )
    return integers(raw[10 + size :], name)


def read_datasets(folder, facts):
    features = json.loads((folder / "dataset_info.json").read_text())["features"]
    for file in json.loads((folder / "state.json").read_text())["_data_files"]:
        table = pa.ipc.open_stream((folder / file["filename"]).read_bytes()).read_all()
        for name in table.column_names:
            assert str(table.schema.field(name).type.value_type) == features[name]["feature"]["dtype"]
        for row in table.to_pylist():
            labels = row.pop("labels", None)
            if labels is not None:
                row["loss_mask"] = [int(label != -100) for label in labels]
                assert [label for label in labels if label != -100] == [
                    token for token, counts in zip(row["input_ids"], row["loss_mask"], strict=True) if counts
                ]
            yield row


READERS = {
    "parquet": read_parquet,
    "megatron": read_megatron,
    "numpy": read_numpy,
    "datatrove": read_datatrove,
    "mds": read_mds,
    "litdata": read_litdata,
    "webdataset": read_webdataset,
    "datasets": read_datasets,
}


def full(row, facts):
    """A row filled up, with a mask that leaves out what fills it."""
    short = facts.sequence_length - len(row["input_ids"])
    pad = facts.end_id if facts.pad_id is None else facts.pad_id
    return {
        "input_ids": row["input_ids"] + [pad] * short,
        "seq_lengths": row["seq_lengths"] + [short] * (short > 0),
        "loss_mask": row.get("loss_mask", [1] * len(row["input_ids"])) + [0] * short,
    }
