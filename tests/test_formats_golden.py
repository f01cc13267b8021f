"""Golden bytes of every format, for two rows of which one is filled up: what is opened today has to be opened next year."""

import json

import numpy as np
import pytest

from codecorpus.formats.names import Facts
from codecorpus.formats.write import write_format
from test_formats_write import UINT16, UINT32, digest, table_of

TINY = [[[5, 6, 0], [7, 0]], [[8, 0]]]
TINY_FACTS = Facts(UINT16, 300, 5, end_id=0, pad_id=299)
TINY_MASKS = [[1, 1, 1, 0, 1], [0, 1]]

ROWS = "0500 0600 0000 0700 0000" + "0800 0000 2b01 2b01 2b01"
GOLDEN = {
    "megatron": {
        "sequences.bin": ROWS,
        "sequences.idx": "4d4d494449445800 00"  # MMIDIDX and two zeros
        "0100000000000000 08 0200000000000000 0300000000000000"  # version, uint16, two sequences, three borders of documents
        "05000000 05000000"  # lengths
        "0000000000000000 0a00000000000000"  # places in bytes
        "0000000000000000 0100000000000000 0200000000000000",  # documents
    },
    "numpy": {"tokens/part-00000.npy": ROWS, "label_mask/part-00000.npy": "0101010101 0101000000"},
    "datatrove": {
        "part-00000.ds": ROWS,
        "part-00000.ds.index": "0300000000000000 0500000000000000 0700000000000000 0a00000000000000",
    },
    "litdata": {
        "chunk-0-0.bin": "02000000 10000000 1a000000 24000000" + ROWS,
        "index.json": (
            b'{"chunks": [{"chunk_bytes": 36, "chunk_size": 2, "dim": 10, "filename": "chunk-0-0.bin"}], "config": '
            b'{"chunk_bytes": null, "chunk_size": null, "compression": null, "data_format": ["no_header_tensor:20"], '
            b'"data_spec": "[1, {\\"type\\": null, \\"context\\": null, \\"children_spec\\": []}]", "encryption": null, '
            b'"item_loader": "TokensLoader"}}'
        ).hex(),
    },
}

MDS_CONFIG = (
    b'{"column_encodings": ["ndarray:uint8", "ndarray:int32", "ndarray:uint16"], "column_names": ["loss_mask", "seq_lengths", "tokens"], '
    b'"column_sizes": [null, null, null], "compression": null, "format": "mds", "hashes": [], "size_limit": null, "version": 2}'
)
MDS_ROWS = (
    "07000000 0a000000 0c000000 0405 0101010001 0402 03000000 02000000 0405 0500 0600 0000 0700 0000",
    "04000000 06000000 06000000 0402 0001 0401 02000000 0402 0800 0000",
)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_bytes(tmp_path, name):
    write_format(name, [table_of(TINY)], tmp_path, TINY_FACTS)
    for path, content in GOLDEN[name].items():
        assert (tmp_path / path).read_bytes() == bytes.fromhex(content), path
    assert set(digest(tmp_path)) == set(GOLDEN[name])


def test_golden_bytes_of_mds(tmp_path):
    write_format("mds", [table_of(TINY, masks=TINY_MASKS)], tmp_path, TINY_FACTS)
    first, second = map(bytes.fromhex, MDS_ROWS)
    head = 16 + len(MDS_CONFIG)
    places = np.array([2, head, head + len(first), head + len(first) + len(second)], "<u4")
    raw = (tmp_path / "shard.00000.mds").read_bytes()
    assert raw == places.tobytes() + MDS_CONFIG + first + second
    assert set(digest(tmp_path)) == {"index.json", "shard.00000.mds"}


def test_golden_bytes_of_wide_ids(tmp_path):
    facts = Facts(UINT32, 100_000, 3, end_id=0)
    for name, path, head in (
        ("megatron", "sequences.bin", ""),
        ("numpy", "tokens/part-00000.npy", ""),
        ("datatrove", "part-00000.ds", ""),
        ("litdata", "chunk-0-0.bin", "01000000 0c000000 18000000"),
    ):
        (tmp_path / name).mkdir()
        write_format(name, [table_of([[[99_999, 0]]], UINT32)], tmp_path / name, facts)
        assert (tmp_path / name / path).read_bytes() == bytes.fromhex(f"{head} 9f860100 00000000 00000000"), (
            name
        )
    assert (tmp_path / "megatron" / "sequences.idx").read_bytes()[17] == 4
    assert '"no_header_tensor:16"' in (tmp_path / "litdata" / "index.json").read_text()


def test_golden_head_of_a_tar_member(tmp_path):
    write_format("webdataset", [table_of(TINY, masks=TINY_MASKS)], tmp_path, TINY_FACTS)
    raw = (tmp_path / "part-00000.tar").read_bytes()
    assert raw[:100].rstrip(b"\0") == b"0000000000.input_ids.npy"
    assert raw[100:157] == b"0000644\x000000000\x000000000\x0000000000212\x0000000000000\x00011504\x00 0"
    assert raw[257:265] == b"ustar\x0000"
    assert digest(tmp_path) == {
        "part-00000.tar": "1571ce9c113254b910e8c1cbaf3377c830bffdd6c6fb4bd3f538e5cd1a2f0199"
    }


def test_golden_json_of_a_saved_data_set(tmp_path):
    """The Arrow file itself is pyarrow's, and may change with it."""
    write_format("datasets", [table_of(TINY)], tmp_path, TINY_FACTS)
    assert json.loads((tmp_path / "state.json").read_text()) == {
        "_data_files": [{"filename": "data-00000.arrow"}],
        "_fingerprint": "ae4584e22b92a93f",
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": "train",
    }
    assert json.loads((tmp_path / "dataset_info.json").read_text())["features"] == {
        "input_ids": {"_type": "Sequence", "feature": {"_type": "Value", "dtype": "uint16"}},
        "seq_lengths": {"_type": "Sequence", "feature": {"_type": "Value", "dtype": "int32"}},
    }
