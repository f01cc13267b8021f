import html.parser

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codecorpus.fim as fim
import naive_fim
from codecorpus.errors import DataError, UsageError
from codecorpus.fim.readback import inverse
from codecorpus.fim.show import terminal_safe

HOSTILE = [
    "",
    "x",
    "def f():\r\n\treturn 1\r\n",
    "變數 = '值'\n" * 40,
    "emoji = '👩‍👩‍👧'  # é\n" * 30,
    "text = '<|fim_middle|><|endoftext|>'\n" * 10,
    "<script>alert(1)</script>\x1b[31m\u202e\n",
    "\n" * 300,
]


def table_of(texts):
    return pa.table(
        {"content": pa.array(texts, pa.large_string()), "path": [f"{n}.py" for n in range(len(texts))]}
    )


def pack(texts, length=64, **more):
    return fim.pack(table_of(texts), encoder=naive_fim.ByteEncoder(), sequence_length=length, **more)


def source_bytes(packed):
    """The bytes of every part, by document."""
    pieces = {}
    for row in packed.sequences.to_pylist():
        parts = inverse(
            np.array(row["input_ids"]),
            np.array(row["seq_lengths"]),
            row["parts"],
            family=fim.family(packed.family),
            sentinels=packed.sentinels,
        )
        for name, ids in zip(row["doc_ids"], parts, strict=True):
            pieces.setdefault(name, []).append(bytes(ids.tolist()))
    return pieces


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=25), max_size=10), st.integers(0, 2**32))
def test_text_comes_back_byte_for_byte(texts, seed):
    packed = pack(texts, length=200, seed=seed)
    found = sorted(piece for pieces in source_bytes(packed).values() for piece in pieces)
    assert found == sorted(text.encode() for text in texts if text)


def test_hostile_text_is_packed_and_sentinels_in_it_stay_text():
    packed = pack(HOSTILE, length=64, options=fim.FimOptions(rate=1))
    found = source_bytes(packed)
    assert sum(len(piece) for pieces in found.values() for piece in pieces) == sum(
        len(t.encode()) for t in HOSTILE
    )
    assert packed.source_tokens == sum(len(t.encode()) for t in HOSTILE)
    assert max(map(len, packed.sequences["input_ids"].to_pylist())) <= 64


def test_encoder_that_reads_sentinels_out_of_text_is_refused():
    class Careless(naive_fim.ByteEncoder):
        def encode(self, contents):
            ids, offsets = super().encode(contents)
            return np.where(ids == ord("<"), self.special["<|fim_middle|>"], ids).astype(ids.dtype), offsets

    with pytest.raises(UsageError, match="control tokens"):
        fim.pack(table_of(["a < b"]), encoder=Careless(), sequence_length=64)


def test_polars_and_arrow_give_the_same_rows():
    table = table_of(HOSTILE)
    encoder = naive_fim.ByteEncoder()
    first = fim.pack(table, encoder=encoder, sequence_length=64)
    second = fim.pack(pl.from_arrow(table), encoder=encoder, sequence_length=64)
    chunked = pa.concat_tables([table.slice(0, 3), table.slice(3)])
    third = fim.pack(chunked, encoder=encoder, sequence_length=64)
    assert first.sequences.equals(second.sequences)
    assert first.sequences.equals(third.sequences)
    assert first.to_polars().height == first.rows


def test_given_doc_ids_are_kept_also_from_polars():
    names = [bytes([n]) * 16 for n in range(3)]
    frame = pl.DataFrame({"content": ["a\n", "b\n", "c\n"], "doc_id": names})
    packed = fim.pack(frame, encoder=naive_fim.ByteEncoder(), sequence_length=16)
    assert sorted(name for row in packed.sequences["doc_ids"].to_pylist() for name in row) == names


def test_figures_add_up():
    packed = pack(HOSTILE, length=64)
    lengths = [len(row) for row in packed.sequences["input_ids"].to_pylist()]
    assert packed.rows == len(lengths)
    assert packed.tokens == sum(lengths)
    assert packed.fill_rate == pytest.approx(sum(lengths) / (64 * len(lengths)))
    assert sum(packed.layouts.values()) == sum(len(row) for row in packed.sequences["doc_ids"].to_pylist())
    assert f"{packed.rows:,} rows" in str(packed)


def test_nothing_to_pack_is_no_error():
    packed = pack([])
    assert (packed.rows, packed.fill_rate) == (0, 1.0)
    assert "0 rows" in packed._repr_html_()
    with pytest.raises(UsageError, match="no row 0"):
        packed.show(0)


def test_missing_column_names_those_there_are():
    with pytest.raises(DataError) as caught:
        fim.pack(pa.table({"text": ["a"]}), encoder=naive_fim.ByteEncoder(), sequence_length=64)
    assert "'content'" in caught.value.what
    assert "text" in caught.value.hint
    with pytest.raises(DataError, match="not list"):
        fim.pack([{"content": "a"}], encoder=naive_fim.ByteEncoder(), sequence_length=64)
    with pytest.raises(DataError, match="1 nulls"):
        fim.pack(pa.table({"content": ["a", None]}), encoder=naive_fim.ByteEncoder(), sequence_length=64)


def test_tokenizer_without_the_sentinels_is_refused():
    with pytest.raises(UsageError, match="<fim_prefix>"):
        pack(["a"], options=fim.FimOptions(family="starcoder"))


def source_of(ids, sentinels):
    """The source of a part alone, read by its sentinels, in their order of Qwen's PSM and of variant 2."""
    signs = {sentinels.prefix: "P", sentinels.middle: "M", sentinels.suffix: "S", sentinels.end: "E"}
    pieces, order = {"": []}, ""
    for token in ids:
        if token in signs:
            order += signs[token]
            pieces[order[-1]] = []
        else:
            pieces[order[-1:]].append(token)
    assert order in ("", "E", "PSME")
    assert pieces.get("E", []) == []
    if order != "PSME":
        return pieces[""]
    # In variant 2 the prefix's place is empty, and it stands before the middle; both read the same way.
    return pieces["P"] + pieces["M"] + pieces["S"]


def test_transform_keeps_rows_and_columns_and_says_the_layout():
    lists = [one for n in range(10) for one in ([1, 2, 3, n], [], [n], [6, n])]
    table = pa.table({"name": list(range(40)), "input_ids": pa.array(lists, pa.list_(pa.uint16()))})
    encoder = naive_fim.ByteEncoder()
    for given_table in (table, pl.from_arrow(table), pa.concat_tables([table.slice(0, 7), table.slice(7)])):
        out = fim.transform(given_table, token_id=encoder.token_id, options=fim.FimOptions(rate=0.7))
        assert out.column_names == ["name", "input_ids", "layout", "source_tokens"]
        assert out["source_tokens"].to_pylist() == [len(one) for one in lists]
        sentinels = fim.sentinel_ids(fim.family("qwen2.5-coder"), encoder.token_id)
        for source, ids in zip(lists, out["input_ids"].to_pylist(), strict=True):
            assert source_of(ids, sentinels) == source
    assert {"none", "psm", "spm-v2"} == set(out["layout"].to_pylist())


def test_transform_of_the_same_tokens_is_the_same_wherever_they_stand():
    lists = [[n, n + 1, n + 2, n + 3] for n in range(30)]
    encoder = naive_fim.ByteEncoder()
    first, second = (
        fim.transform(pa.table({"input_ids": given_lists}), token_id=encoder.token_id)[
            "input_ids"
        ].to_pylist()
        for given_lists in (lists, lists[::-1])
    )
    assert first == second[::-1]


# --- looking at rows ---------------------------------------------------------------------------------------------


def test_shown_row_names_roles_and_borders():
    packed = fim.pack(
        table_of(["alpha = 1\n" * 3, "beta = 2\n" * 3]).append_column("repo_name", [["r", "r"]]),
        encoder=naive_fim.ByteEncoder(),
        sequence_length=128,
        options=fim.FimOptions(rate=1, spm_rate=0),
        packing=fim.PackingOptions(loss="middle", paths=True),
    )
    text = str(packed.show(0))
    assert text.count("── sample ") == 2
    assert "<|fim_middle|>" in text
    assert "psm, " in text
    assert "r/0.py" in text
    view = packed.show(0)
    shown = {one.role: piece for one, piece in zip(view.segments, view.texts, strict=True) if one.part == 0}
    pieces = [shown.get(role, "") for role in ("prefix", "middle", "suffix")]
    assert "".join(pieces) in ("alpha = 1\n" * 3, "beta = 2\n" * 3)
    assert shown["path"] in ("0.py\n", "1.py\n")
    counted = {one.role for one, loss in zip(view.segments, view.loss, strict=True) if loss == 1}
    assert counted == {"middle", "control"}
    assert "not in the loss" in packed._repr_html_()


def test_borders_that_a_layout_does_not_mark_are_known():
    """Variant 2 and Codestral's write prefix and middle without a border between them."""
    texts = [f"value_{n} = {n}\n" * (3 + n % 5) for n in range(60)]
    for layout in ("spm-v2", "codestral"):
        options = fim.FimOptions(rate=1, spm_rate=1, spm_layout=layout)
        packed = pack(texts, length=256, options=options)
        for row in range(packed.rows):
            view = packed.show(row)
            for part in {one.part for one in view.segments}:
                shown = {
                    one.role: text
                    for one, text in zip(view.segments, view.texts, strict=True)
                    if one.part == part
                }
                text = "".join(shown.get(role, "") for role in ("prefix", "middle", "suffix"))
                assert text in texts


def test_segments_cover_the_row():
    packed = pack(HOSTILE, length=64)
    for row in range(packed.rows):
        found = packed.show(row).segments
        assert found[0].start == 0
        assert [one.stop for one in found[:-1]] == [one.start for one in found[1:]]
        assert found[-1].stop == len(packed.sequences["input_ids"][row])


def test_terminal_text_has_no_control_or_bidirectional_characters():
    text = pack(HOSTILE, length=64).show(0).text(color=False)
    assert terminal_safe(text) == text
    for row in range(pack(HOSTILE).rows):
        plain = str(pack(HOSTILE).show(row))
        assert not any(
            (ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066" for c in plain
        )


def test_colour_is_only_there_when_asked_for():
    view = pack(["a = 1\n" * 9], options=fim.FimOptions(rate=1)).show(0)
    assert "\033[" in view.text(color=True)
    assert "\033" not in view.text()


class _Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = set()
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= 1


def test_html_of_hostile_text_is_inert_and_closed():
    packed = pack(["</pre></div><script>alert(1)</script><img src=x onerror=y>\n" * 4])
    parser = _Tags()
    parser.feed(packed._repr_html_())
    assert parser.tags <= {"div", "p", "pre", "span"}
    assert parser.depth == 0


def test_row_that_does_not_exist_says_the_range():
    with pytest.raises(UsageError) as caught:
        pack(["a"]).show(5)
    assert "0 to 0" in caught.value.hint


def test_public_names_exist_and_are_sorted():
    assert fim.__all__ == sorted(fim.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(callable(getattr(fim, name)) or name.isupper() for name in fim.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = fim.nothing
