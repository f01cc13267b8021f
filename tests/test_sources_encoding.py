"""Text in other encodings is decoded and says in which; what is not text does not become text."""

import bz2
import contextlib
import gzip
import lzma
import random
import time
import zlib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codecorpus.sources.encoding import UndecodableError, decode_source

CODE = "int total(int a, int b) {{\n    // {0}\n    return a + b; /* {1} */\n}}\n// {2}\n"

WESTERN = ("größer als vorher, schöne Grüße", "déjà vu, à côté", "el niño pequeño mañana")
POLISH = ("zażółć gęślą jaźń, święta", "proszę wpisać wartość większą niż zero", "źródło błędów")
RUSSIAN = ("возвращает сумму двух чисел", "не забудьте проверить переполнение", "конец файла")
GREEK = ("επιστρέφει το άθροισμα δύο αριθμών", "μην ξεχάσετε τον έλεγχο", "τέλος του αρχείου")
CHINESE = ("返回两个整数的和", "不要忘记检查溢出的情况", "文件结束，谢谢使用")
TAIWANESE = ("傳回兩個整數的總和", "請不要忘記檢查溢位的情況", "檔案結束，謝謝使用")
JAPANESE = ("二つの整数の合計を返します", "オーバーフローの確認を忘れないでください", "ファイルの終わりです")
KOREAN = ("두 정수의 합계를 반환합니다", "오버플로 검사를 잊지 마세요", "파일의 끝입니다")
HEBREW = ("מחזיר את הסכום של שני מספרים", "אל תשכח לבדוק", "סוף הקובץ")
ARABIC = ("يعيد مجموع عددين صحيحين", "لا تنس التحقق من الفائض", "نهاية الملف")
THAI = ("คืนค่าผลรวมของจำนวนเต็มสองจำนวน", "อย่าลืมตรวจสอบ", "จบไฟล์")


def source(words):
    return CODE.format(*words)


@pytest.mark.parametrize(
    ("words", "codec", "name"),
    [
        (WESTERN, "latin-1", "ISO-8859-1"),
        (("“größer” – schöne Grüße…", *WESTERN[1:]), "cp1252", "windows-1252"),
        (POLISH, "cp1250", "windows-1250"),
        (POLISH, "iso8859-2", "ISO-8859-2"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (RUSSIAN, "cp866", "IBM866"),
        (RUSSIAN, "iso8859-5", "ISO-8859-5"),
        (GREEK, "iso8859-7", None),
        (CHINESE, "gbk", "GBK"),
        (CHINESE, "gb18030", "GBK"),
        ((*CHINESE[:2], "结束 🙂"), "gb18030", "GB18030"),
        (TAIWANESE, "big5", "Big5"),
        (JAPANESE, "shift_jis", "Shift_JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        (KOREAN, "euc_kr", "EUC-KR"),
        (HEBREW, "cp1255", "windows-1255"),
        (ARABIC, "cp1256", "windows-1256"),
        (THAI, "tis-620", "TIS-620"),
        *[
            (words, codec, codec.upper())
            for words in (WESTERN, RUSSIAN, CHINESE, JAPANESE)
            for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
        ],
        *[
            (words, codec, name)
            for words in (WESTERN, CHINESE)
            for codec, name in [("utf-16", "UTF-16-LE"), ("utf-32", "UTF-32-LE"), ("utf-8-sig", "UTF-8-SIG")]
        ],
    ],
)
def test_round_trip_of_comments_in_their_language(words, codec, name):
    text = source(words)
    raw = text.encode(codec)
    content, encoding = decode_source(raw)
    assert content.decode() == text
    assert encoding == name or name is None
    if not raw.startswith((b"\xff\xfe", b"\xef\xbb")):
        assert raw.decode(encoding) == text


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("# -*- coding: {} -*-\n", "mac-roman"),
        ("#!/usr/bin/python\n# vim: set fileencoding={} :\n", "cp850"),
        ('<?xml version="1.0" encoding="{}"?>\n', "iso8859-15"),
        ('<html><head><meta charset="{}">\n', "iso8859-15"),
        ('<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={}">\n', "iso8859-15"),
        ('@charset "{}";\n', "iso8859-15"),
        ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={}\\n"\n', "iso8859-15"),
    ],
)
def test_what_a_file_declares_is_believed(head, codec):
    text = head.format(codec) + "x = 'größer, œuvre'\n".replace("œ", "o" if codec == "cp850" else "œ")
    content, encoding = decode_source(text.encode(codec))
    assert content.decode() == text
    assert text.encode(codec).decode(encoding) == text


@pytest.mark.parametrize(
    "declared", ["utf-7", "rot13", "base64", "unicode_escape", "nonsense", "utf-8", "utf-16", "idna"]
)
def test_what_a_file_declares_is_not_believed_where_it_cannot_be(declared):
    text = f"# coding: {declared}\n" + source(WESTERN)
    assert decode_source(text.encode("latin-1")) == (text.encode(), "ISO-8859-1")


def test_one_letter_in_code_is_western():
    text = "static const char glob = '\xc6'; // AE\n"
    assert decode_source(text.encode("latin-1")) == (text.encode(), "ISO-8859-1")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (("x = 'größer'\n" * 9).encode() + b"caf\xe9\n", "CC005"),  # mostly UTF-8
        ("größer".encode()[:-2] + b"\xc3\n# ascii ascii ascii\n", "CC005"),
        (b"\xc3\x28", "CC005"),
        (b"\xed\xa0\x80 is half a surrogate pair, and no text", "CC005"),
        (b"\x00\x01\x02\xff" * 20, "CC004"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "CC004"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", "CC004"),
        (b"text with \xe9 and a bell \x07 and more of it", "CC004"),
        (b"\xfe\xff" + b"\xd8\x00", "CC005"),
        (bytes(range(128, 256)) * 4, "CC005"),
    ],
)
def test_what_is_no_text_is_a_decision(raw, code):
    with pytest.raises(UndecodableError) as verdict:
        decode_source(raw)
    assert verdict.value.code == code
    assert verdict.value.detail


@pytest.mark.parametrize("seed", range(40))
def test_noise_and_compressed_data_do_not_become_text(seed):
    generator = random.Random(seed)
    noise = generator.randbytes(generator.randrange(40, 5000))
    high = bytes(generator.randrange(128, 256) for _ in range(200))
    printable = bytes(generator.choice([*range(32, 127), *range(160, 256)]) for _ in range(300))
    words = source(WESTERN).encode() * 20
    packed = [pack(words) for pack in (zlib.compress, gzip.compress, bz2.compress, lzma.compress)]
    for raw in (noise, high, printable, *packed):
        with pytest.raises(UndecodableError):
            decode_source(raw)


@given(st.binary(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_text_or_a_verdict_and_always_the_same(raw):
    def answer():
        try:
            return decode_source(raw)
        except UndecodableError as verdict:
            return verdict.code, verdict.detail

    first = answer()
    assert first == answer()
    if isinstance(first[0], bytes):
        text = first[0].decode()
        assert text.strip()
        assert "\0" not in text
        assert first[1].startswith("UTF-") or raw.decode(first[1]) == text


@given(st.text(alphabet="abc {}();\n\tàéîõüñß", min_size=30, max_size=200))
@settings(max_examples=300, deadline=None)
def test_western_text_is_decoded_as_it_was_or_not_at_all(text):
    raw = text.encode("latin-1")
    assume(not raw.isascii() and text.strip())
    try:
        content, encoding = decode_source(raw)
    except UndecodableError:
        return
    # A detector may take random letters for another language; what it says must then be what it did.
    assert raw.decode(encoding) == content.decode()


@pytest.mark.parametrize(
    "raw",
    [
        source(RUSSIAN).encode("cp1251") * 20_000,
        b"a" * 4_000_000 + b"\n// caf\xe9\n",
        b"caf\xe9 " * 500_000,
        b"\xe9" + b"a" * 4_000_000,
        b"x = '\xe9'\n" * 400_000,
        b"# coding: " + b"x" * 4_000_000 + b"\xe9",
        b"<meta " * 500_000 + b"\xe9",
        b"\xb0\xa1" * 1_000_000,
    ],
)
def test_time_is_bounded_by_the_evidence(raw):
    start = time.process_time()
    with contextlib.suppress(UndecodableError):
        decode_source(raw)
    assert time.process_time() - start < 2
