"""Sources in an object store: what is read is what a copy on the disk would give, and a store that fails is no damaged file."""

from __future__ import annotations

import gzip
import json
import tarfile
import zipfile
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import codecorpus as cc
from codecorpus.addresses import parse_address
from codecorpus.errors import SourceError, StorageError, UsageError
from codecorpus.sources import SourceOptions, group_parts, plan_sources, read_shard
from conftest import write_repositories
from object_store import KEY, MISSING, SECRET, Server
from sources_help import bare_clone, commit_all, read, read_tables, write

pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))


@pytest.fixture(scope="module")
def server():
    started = Server()
    started.bucket("data")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def sources(tmp_path_factory, server):
    """A folder with a source of every kind that a store can hold, and its copy in the store."""
    root = tmp_path_factory.mktemp("local") / "sources"
    write_repositories(root)
    alpha = root / "alpha"
    write(
        root,
        {
            "loose.py": "x = 1\n",
            "é ü#?%41.py": "y = 2\n",
            "a.b/z.py": "1\n",
            "a/z.py": "2\n",
            "a/.hg/x": "no",
            "a/empty.py": "",
        },
    )
    write(
        root,
        {
            "a/big.py": "x" * 5000,
            "a/picture.png": b"\x89PNG",
            "tree/.git/HEAD": "ref",
            "tree/m.py": "z = 3\n",
        },
    )
    rows = [{"repo_name": f"r{n % 3}", "path": f"p{n}.py", "content": f"n = {n}\n"} for n in range(500)]
    pq.write_table(pa.Table.from_pylist(rows), root / "rows.parquet", row_group_size=100)
    (root / "rows.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    with pa.CompressedOutputStream(str(root / "rows2.jsonl.zst"), "zstd") as stream:
        stream.write("\n".join(map(json.dumps, rows)).encode())
    (root / "plain.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for name, mode in (("t.tar", "w"), ("t2.tar.gz", "w:gz")):
        with tarfile.open(root / name, mode) as archive:
            archive.add(alpha, "alpha")
    with pa.CompressedOutputStream(str(root / "t3.tar.zst"), "zstd") as stream:
        stream.write((root / "t.tar").read_bytes())
    with zipfile.ZipFile(root / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(alpha.rglob("*")):
            if path.is_file():
                archive.write(path, f"alpha/{path.relative_to(alpha)}")
    # A cut archive is damage, wherever it lies.
    (root / "cut.tar.gz").write_bytes((root / "t2.tar.gz").read_bytes()[:-40])
    server.upload(root, "data/in/sources")
    return root


def same(ours, theirs):
    return [(one.documents, one.decisions) for one in ours] == [
        (one.documents, one.decisions) for one in theirs
    ]


def test_a_prefix_is_read_as_its_copy_on_the_disk(server, sources):
    local, stored = (
        read_tables(sources, max_bytes=4000),
        read_tables(server.url("data/in/sources"), max_bytes=4000),
    )
    assert same(stored, local)
    assert sum(one.documents.num_rows for one in local) > 1500
    codes = {code for one in local for code in one.decisions["code"].to_pylist()}
    assert {"CC004", "CC006", "CC008"} <= codes


TABLES = ("rows.parquet", "rows.jsonl.gz", "rows2.jsonl.zst", "plain.jsonl")
ARCHIVES = ("t.tar", "t2.tar.gz", "t3.tar.zst", "z.zip", "cut.tar.gz")


@pytest.mark.parametrize("name", [*TABLES, *ARCHIVES, "alpha", "tree"])
def test_an_object_is_read_as_its_copy_on_the_disk(server, sources, name):
    local, stored = read_tables(sources / name), read_tables(server.url(f"data/in/sources/{name}/"))
    assert same(stored, local)
    assert sum(one.documents.num_rows for one in local)


def test_parts_have_the_names_sizes_and_borders_of_the_disk(server, sources):
    def shape(source):
        shards = group_parts(plan_sources([source], SourceOptions()))
        return [[(p.kind, p.key, p.repo_name, p.size, p.items, p.source) for p in s.parts] for s in shards]

    assert shape(server.url("data/in/sources")) == shape(str(sources))


def test_credentials_may_come_from_the_environment(server, sources, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert read(server.url("data/in/sources/alpha", user=False)).paths() == read(sources / "alpha").paths()


def test_another_server_may_be_named_in_the_environment(server, sources, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    url = server.url("data/in/sources/alpha").partition("?")[0]
    assert read(url).paths() == read(sources / "alpha").paths()


def test_a_changed_object_is_planned_anew_and_an_unchanged_one_is_not(server):
    server.put("data/change/r/a.py", b"x = 1\n")
    server.put("data/change/s/a.py", b"x = 1\n")

    def prints():
        return {
            p.repo_name: p.fingerprint for p in plan_sources([server.url("data/change")], SourceOptions())
        }

    first = prints()
    assert prints() == first
    server.put("data/change/r/a.py", b"x = 12\n")
    assert prints()["r"] != first["r"]
    assert prints()["s"] == first["s"]


def test_an_address_given_twice_is_read_once(server, sources):
    url = server.url("data/in/sources/alpha")
    assert len(plan_sources([url, url.replace("alpha?", "alpha/?")], SourceOptions())) == len(
        plan_sources([url], SourceOptions())
    )


def test_the_run_s_own_prefix_is_left_out(server, sources):
    parts = plan_sources(
        [server.url("data/in")], SourceOptions(), exclude=[server.url("data/in/sources/alpha")]
    )
    assert not any(item.startswith("alpha/") for part in parts for item in part.items)
    assert any(item.startswith("beta/") for part in parts for item in part.items)


@pytest.mark.parametrize("place", ["data/nothing", "none-such", "data/in/sources/loose.py"])
def test_what_is_no_source_is_named_without_what_opens_it(server, sources, place):
    with pytest.raises((SourceError, StorageError), match=f"s3://{place}") as caught:
        plan_sources([server.url(place)], SourceOptions())
    assert caught.value.exit_code == 3
    assert_no_secret(str(caught.value))


def test_a_bare_repository_is_refused_alone_and_a_decision_among_others(server, tmp_path):
    work = write(tmp_path / "work", {"a.py": "x = 1\n"})
    commit_all(work)
    server.upload(bare_clone(work, tmp_path / "bare.git"), "data/gits/bare.git")
    server.put("data/gits/other/a.py", b"x = 1\n")
    with pytest.raises(SourceError, match="bare git repository in an object store"):
        plan_sources([server.url("data/gits/bare.git")], SourceOptions())
    result = read(server.url("data/gits"))
    assert result.codes() == {("bare", ""): "CC008"}
    assert result.texts() == {("other", "a.py"): "x = 1\n"}


def test_keys_that_no_file_could_have_are_decisions_and_read_nothing_else(server):
    client = server.raw()
    server.put("data/odd/r/good.py", b"x = 1\n")
    server.put("data/odd/secret.py", b"y = 1\n")
    client.put_object(Bucket="data", Key="odd/r/", Body=b"")
    client.put_object(Bucket="data", Key="odd/r/a\tb.py", Body=b"tab = 1\n")
    for key in ("odd/r/../secret.py", "odd/r//b.py", "odd//c.py", "odd/./d.py"):
        client.put_object(Bucket="data", Key=key, Body=b"odd = 1\n")
    url = server.url("data/odd")
    [part] = [p for p in plan_sources([url], SourceOptions()) if p.repo_name == "r"]
    assert part.items == ("a\tb.py", "good.py")
    listed = read(url)
    assert listed.texts() == {
        ("r", "a\tb.py"): "tab = 1\n",
        ("r", "good.py"): "x = 1\n",
        ("odd", "secret.py"): "y = 1\n",
    }
    assert listed.codes() == {
        ("odd", path): "CC001" for path in ("r/../secret.py", "r//b.py", "/c.py", "./d.py")
    }
    hostile = replace(part, items=("../secret.py", "a//b.py", "good.py", "gone.py"))
    [batch] = read_shard(group_parts([hostile])[0], SourceOptions())
    assert batch.documents["path"].to_pylist() == ["good.py"]
    assert dict(
        zip(batch.decisions["path"].to_pylist(), batch.decisions["code"].to_pylist(), strict=True)
    ) == {
        "../secret.py": "CC001",
        "a//b.py": "CC001",
        "gone.py": "CC001",
    }


@pytest.mark.parametrize(
    "name", ["rows.parquet", "rows.jsonl.gz", "t2.tar.gz", "z.zip", "t3.tar.zst", "alpha"]
)
def test_a_store_that_stops_is_an_error_and_no_damaged_file(sources, name):
    own = Server()
    own.bucket("gone")
    place = f"gone/{name}"
    if (sources / name).is_dir():
        own.upload(sources / name, place)
    else:
        own.put(place, (sources / name).read_bytes())
    shards = group_parts(plan_sources([own.url(place)], SourceOptions()))
    own.stop()
    with pytest.raises(StorageError, match=f"s3://{place}") as caught:
        [list(read_shard(shard, SourceOptions())) for shard in shards]
    assert caught.value.exit_code == 3
    assert_no_secret(str(caught.value))


def test_a_store_that_stops_in_the_middle_of_an_object_is_an_error(tmp_path):
    """After the first bytes: the readers are inside their decoders by then."""
    own = Server()
    own.bucket("middle")
    import os

    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for number in range(30):
            archive.writestr(f"{number:02}.py", f"'''{os.urandom(400_000).hex()}'''\n")
    own.put("middle/z.zip", (tmp_path / "z.zip").read_bytes())
    [shard] = group_parts(plan_sources([own.url("middle/z.zip")], SourceOptions()))
    batches = read_shard(shard, SourceOptions())
    assert next(batches).documents.num_rows
    own.stop()
    with pytest.raises(StorageError):
        list(batches)


@pytest.mark.parametrize(
    "text",
    ["s3://", f"s3://{KEY}@bucket/x", f"s3://bucket/x?secret={KEY}", f"gs://{KEY}:{KEY}@bucket/x"],
)
def test_an_address_that_cannot_be_is_refused_without_its_secret(text):
    with pytest.raises(UsageError) as caught:
        plan_sources([text], SourceOptions())
    assert_no_secret(str(caught.value))


def test_what_opens_a_store_is_in_no_repr(server):
    address = parse_address(server.url("data/in"))
    assert address.access.user == (KEY, SECRET)
    parts = plan_sources([server.url("data/in/sources/alpha")], SourceOptions())
    assert_no_secret(repr([address, address.access, parts]))
    assert not any(KEY in part.location or str(server.port) in part.location for part in parts)


def test_the_parts_alone_take_addresses(server, sources):
    assert cc.read(server.url("data/in/sources/alpha")) == cc.read(sources / "alpha")


def assert_no_secret(text):
    assert KEY not in text
    assert SECRET not in text
    assert "endpoint_override=" not in text
