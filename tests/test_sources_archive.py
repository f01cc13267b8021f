"""Archives: every member is a document or a decision, nothing leaves the archive, damage costs the rest and no more."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile

import pyarrow as pa
import pytest

from codecorpus.sources import archive as archive_module
from codecorpus.sources import streams
from codecorpus.sources.streams import ForwardStream
from sources_help import read, write

FILES = {"src/a.py": b"a = 1\n", "b.c": b"int b;\n", "logo.png": b"\x89PNG\0"}


def tar_bytes(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member, content in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_file(place, members):
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return place


def zstd(data):
    return pa.compress(data, codec="zstd", asbytes=True)


COMPRESS = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstd,
}


@pytest.mark.parametrize("extension", [*COMPRESS, ".zip", ".TAR.GZ"])
def test_every_kind_of_archive_is_one_repository(tmp_path, extension):
    place = tmp_path / f"flask-3.0{extension}"
    if extension == ".zip":
        zip_file(place, FILES.items())
    else:
        place.write_bytes(COMPRESS[extension.lower()](tar_bytes(FILES.items())))
    result = read(place)
    assert result.texts() == {("flask-3.0", "src/a.py"): "a = 1\n", ("flask-3.0", "b.c"): "int b;\n"}
    assert result.codes() == {("flask-3.0", "logo.png"): "CC004"}


def test_a_top_folder_named_like_the_archive_is_left_out(tmp_path):
    names = ["p-1/a.py", "p-1/p-1/b.py", "other/c.py", "./p-1/d.py", "./e.py"]
    (tmp_path / "p-1.tar").write_bytes(tar_bytes([(name, name.encode()) for name in names]))
    assert read(tmp_path / "p-1.tar").paths() == ["a.py", "d.py", "e.py", "other/c.py", "p-1/b.py"]


UNSAFE = ["../evil.py", "/etc/evil.py", "a/../../evil.py", "..\\evil.py", "C:\\evil.py", "x" * 5000 + ".py"]


def test_unsafe_names_and_special_members_of_a_tar_are_decisions(tmp_path):
    members = [(name, b"evil\n") for name in UNSAFE]
    members += [
        (special("link.py", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (special("hard.py", tarfile.LNKTYPE, "../../etc/passwd"), b""),
        (special("tty", tarfile.CHRTYPE), b""),
        (special("disk", tarfile.BLKTYPE), b""),
        (special("pipe", tarfile.FIFOTYPE), b""),
        (special("folder", tarfile.DIRTYPE), b""),
        ("good.py", b"good\n"),
    ]
    (tmp_path / "t.tar.gz").write_bytes(gzip.compress(tar_bytes(members)))
    result = read(tmp_path / "t.tar.gz")
    assert result.paths() == ["good.py"]
    codes = {path: code for (_, path), code in result.codes().items()}
    expected = dict.fromkeys(UNSAFE, "CC007") | {"link.py": "CC002", "hard.py": "CC002"}
    assert codes == expected | {"tty": "CC003", "disk": "CC003", "pipe": "CC003"}
    assert os.listdir(tmp_path) == ["t.tar.gz"]


def test_unsafe_names_and_links_of_a_zip_are_decisions(tmp_path):
    link = zipfile.ZipInfo("link.py")
    link.external_attr = 0o120777 << 16
    fifo = zipfile.ZipInfo("pipe.py")
    fifo.external_attr = 0o010644 << 16
    members = [
        *((name, b"evil") for name in UNSAFE),
        (link, b"/etc/passwd"),
        (fifo, b""),
        ("dir/", b""),
        ("good.py", b"good\n"),
    ]
    result = read(zip_file(tmp_path / "z.zip", members))
    assert result.paths() == ["good.py"]
    codes = {path: code for (_, path), code in result.codes().items()}
    assert codes == dict.fromkeys(UNSAFE, "CC007") | {"link.py": "CC002", "pipe.py": "CC003"}


def test_members_with_one_name_are_both_read(tmp_path):
    (tmp_path / "t.tar").write_bytes(tar_bytes([("a.py", b"one\n"), ("a.py", b"two\n")]))
    with pytest.warns(UserWarning, match="Duplicate name"):
        zip_file(tmp_path / "z.zip", [("a.py", b"one\n"), ("a.py", b"two\n")])
    for name in ("t.tar", "z.zip"):
        assert [row["content"] for row in read(tmp_path / name).documents] == ["one\n", "two\n"]


@pytest.mark.parametrize("extension", COMPRESS)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_cut_archive_yields_what_stood_before_and_one_row_for_the_rest(tmp_path, extension, kept):
    files = [(f"f{number:02}.py", os.urandom(3000).hex().encode()) for number in range(40)]
    whole = COMPRESS[extension](tar_bytes(files))
    (tmp_path / f"t{extension}").write_bytes(whole[: int(len(whole) * kept)])
    result = read(tmp_path / f"t{extension}")
    assert list(result.codes().values()) == ["CC008"]
    count = len(result.documents)
    assert count < 40
    # bz2 decodes whole blocks of 900 KB and zstd of 128 KB, 22 of these files; what the block before them held is there.
    spare = {".tar.bz2": 40, ".tar.zst": 26}.get(extension, 4)
    assert count >= int(40 * kept) - spare
    assert [(row["path"], row["content"].encode()) for row in result.documents] == files[:count]


def test_a_broken_header_between_members_is_not_taken_for_the_end(tmp_path):
    data = bytearray(tar_bytes([("a.py", b"a\n"), ("b.py", b"b\n"), ("c.py", b"c\n")]))
    data[1024:1100] = b"\xff" * 76
    (tmp_path / "t.tar").write_bytes(data)
    result = read(tmp_path / "t.tar")
    assert result.paths() == ["a.py"]
    assert list(result.codes().values()) == ["CC008"]


def test_a_cut_between_two_members_is_noticed(tmp_path):
    (tmp_path / "t.tar").write_bytes(tar_bytes([("a.py", b"a\n"), ("b.py", b"b\n")])[:1024])
    result = read(tmp_path / "t.tar")
    assert result.paths() == ["a.py"]
    assert "end mark" in result.decisions[0]["detail"]


@pytest.mark.parametrize("name", ["t.tar", "t.tar.gz", "t.tar.zst", "t.tar.xz", "t.tar.bz2", "t.zip"])
@pytest.mark.parametrize("content", [b"", b"not an archive at all" * 100])
def test_what_is_no_archive_is_one_decision(tmp_path, name, content):
    write(tmp_path, {name: content})
    result = read(tmp_path / name)
    assert result.documents == []
    assert list(result.codes().values()) == ["CC008"]


def test_a_member_over_the_limit_is_passed_over(tmp_path):
    members = [("big.js", b"x" * 100_000), ("a.py", b"a\n")]
    (tmp_path / "t.tar.gz").write_bytes(gzip.compress(tar_bytes(members)))
    zip_file(tmp_path / "z.zip", members)
    for name in ("t.tar.gz", "z.zip"):
        result = read(tmp_path / name, max_bytes=1000)
        assert result.paths() == ["a.py"]
        assert list(result.codes().values()) == ["CC006"]


def test_bombs_are_stopped_at_the_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "BOMB_ALLOWANCE", 100_000)
    members = [(f"{number}.py", b"a" * 500_000) for number in range(50)]
    (tmp_path / "t.tar.gz").write_bytes(gzip.compress(tar_bytes(members)))
    zip_file(tmp_path / "z.zip", members)
    for name in ("t.tar.gz", "z.zip"):
        result = read(tmp_path / name)
        budget = 100_000 + 100 * (tmp_path / name).stat().st_size
        assert result.bytes_seen <= budget
        assert [row["code"] for row in result.decisions] == ["CC008"]
        assert "bomb" in result.decisions[0]["detail"]


def test_a_header_that_asks_for_much_memory_is_damage(tmp_path):
    # A pax header that claims 4 GB of attributes, and a chain of 5,000 long-name headers.
    huge = special("x", tarfile.XHDTYPE)
    huge.size = 4 << 30
    (tmp_path / "huge.tar").write_bytes(huge.tobuf() + bytes(4096))
    name = special("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    name.size = 4
    (tmp_path / "chain.tar").write_bytes((name.tobuf() + b"abc\0".ljust(512, b"\0")) * 5000)
    for place in ("huge.tar", "chain.tar"):
        assert list(read(tmp_path / place).codes().values()) == ["CC008"]


def test_a_zip_that_lies_about_a_size_or_content_loses_that_member_alone(tmp_path):
    place = zip_file(tmp_path / "z.zip", [("a.py", b"a" * 5000), ("b.py", b"b\n")])
    data = bytearray(place.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (4000).to_bytes(4, "little")
    place.write_bytes(data)
    result = read(place)
    assert result.codes() == {("z", "a.py"): "CC001"}
    assert result.paths() == ["b.py"]


def test_an_encrypted_member_is_a_decision(tmp_path):
    place = zip_file(tmp_path / "z.zip", [("a.py", b"a\n"), ("b.py", b"b\n")])
    data = bytearray(place.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    place.write_bytes(data)
    result = read(place)
    assert result.codes() == {("z", "a.py"): "CC001"}
    assert result.paths() == ["b.py"]


def test_names_in_archives_stay_as_they_are(tmp_path):
    names = ["new\nline.py", "\x1b[31m.py", "caf\udce9.py"]
    (tmp_path / "t.tar").write_bytes(tar_bytes([(name, b"x\n") for name in names]))
    assert read(tmp_path / "t.tar").paths() == sorted(["new\nline.py", "\x1b[31m.py", "caf\\xe9.py"])


def test_a_forward_stream_refuses_to_go_back_and_to_read_too_much():
    stream = ForwardStream(io.BytesIO(bytes(range(200))), budget=150, max_read=50)
    stream._SKIP = 50
    assert stream.read(2) == b"\0\1"
    assert stream.seek(10) == 10
    assert stream.read(1) == b"\n"
    with pytest.raises(OSError, match="go back"):
        stream.seek(3)
    with pytest.raises(OSError, match="at once"):
        stream.read(51)
    with pytest.raises(OSError, match="bomb"):
        stream.seek(190)


def test_stems():
    assert archive_module.archive_stem("a.tar.zst") == "a"
    assert archive_module.archive_stem("a.b.zip") == "a.b"
