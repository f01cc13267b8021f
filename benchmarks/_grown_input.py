"""A large corpus out of a small one: copies whose documents are partly the same, partly alike, mostly others.

Copy 0 is the corpus itself. In each further copy a document stays as it is (one in ten), or gets a few lines more (one in five: a
near-duplicate), or becomes another document: half of its blocks, between them half of the blocks of another document of its language, and a
quarter of the longer names in other letters, the same ones in the whole copy, so that uses still find their definitions. What comes out
parses as well as what went in wherever a block ends in front of an unindented line after a blank one.
"""

import random
import re
from functools import partial
from hashlib import blake2b

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ["repo_name", "path", "content", "detected_licenses", "license_type", "star_events_count"]
BLOCK = re.compile(rb"\n[ \t\r]*\n(?=[^\s}\])])")
NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{6,}")
# Of seven letters and more, in any language of the corpus.
KEYWORDS = frozenset(
    b"""
    abstract alignas alignof assert async boolean callable checked companion const_cast constexpr continue decltype default
    deferred delegate deinit dynamic_cast explicit extends extension extern fallthrough finally foreach friend function
    implements implicit import include inline instanceof insteadof interface internal lateinit mutable namespace noexcept
    nonlocal nullptr operator override package private protected protocol public readonly register reinterpret_cast require
    require_once rethrows restrict return sealed signed sizeof static static_assert static_cast stackalloc strictfp
    subscript suspend synchronized template thread_local throws transient typealias typedef typename typeof unchecked unsafe
    unsigned virtual volatile wchar_t defined warning pragma endforeach endswitch endwhile
    """.split()
)
ROWS = 2_000


def drawn(seed, *parts):
    """The same random numbers for the same words, on any machine."""
    return random.Random(blake2b("\0".join(map(str, (seed, *parts))).encode(), digest_size=8).digest())


def other_name(copy, known, found):
    """A name as this copy has it: a quarter of them in other letters."""
    name = found[0]
    if name not in known:
        key = blake2b(name, digest_size=4, key=b"%d" % copy).digest()
        letters = bytes(97 + byte % 26 for byte in key[1:])
        known[name] = name[:-3] + letters if key[0] < 64 and name not in KEYWORDS else name
    return known[name]


def changed(text, other, copy, known, chosen):
    kind = chosen.random()
    if kind < 0.1:
        return text
    if kind < 0.3:
        lines = text.split(b"\n")
        for _ in range(chosen.randint(1, 3)):
            place = chosen.randrange(len(lines))
            lines.insert(place, lines[place])
        return b"\n".join(lines)
    blocks, others = BLOCK.split(text), BLOCK.split(other)
    own = [block for block in blocks if len(blocks) == 1 or chosen.random() < 0.5]
    between = [block for block in others if len(blocks) > 1 and chosen.random() < 0.5]
    for block in between[: len(blocks)]:
        own.insert(chosen.randint(0, len(own)), block)
    return NAME.sub(partial(other_name, copy, known), b"\n\n".join(own))


def contents_of(table, copy, seed):
    texts = table["content"].cast(pa.large_binary()).to_pylist()
    if not copy:
        return texts
    of_language = {}
    for row, language in enumerate(table["language"].to_pylist()):
        of_language.setdefault(language, []).append(row)
    known, made = {}, []
    for row, (path, language) in enumerate(
        zip(table["path"].to_pylist(), table["language"].to_pylist(), strict=True)
    ):
        chosen = drawn(seed, copy, row, path)
        other = texts[chosen.choice(of_language[language])]
        made.append(changed(texts[row], other, copy, known, chosen))
    return made


def write(table, folder, prefix=""):
    """Shards of Parquet with the columns of The Stack."""
    folder.mkdir(parents=True)
    for shard, first in enumerate(range(0, table.num_rows, ROWS * 4)):
        rows = table.slice(first, ROWS * 4).select(COLUMNS)
        pq.write_table(rows, folder / f"{prefix}{shard:04d}.parquet", row_group_size=ROWS, compression="zstd")


def write_copy(source, folder, copy, seed=0):
    """Copy number `copy` of a table of documents, as one folder."""
    table = pq.read_table(source)
    content = pa.array(contents_of(table, copy, seed), pa.large_binary()).cast(pa.large_string())
    table = table.set_column(table.schema.get_field_index("content"), "content", content)
    if copy:
        names = pa.array([f"{name}-{copy}" for name in table["repo_name"].to_pylist()])
        table = table.set_column(table.schema.get_field_index("repo_name"), "repo_name", names)
    write(table, folder)


def write_share(source, folder, share, seed=0):
    """One in `share` documents of the table."""
    table = pq.read_table(source)
    kept = [
        drawn(seed, repository, path).randrange(share) == 0
        for repository, path in zip(table["repo_name"].to_pylist(), table["path"].to_pylist(), strict=True)
    ]
    write(table.filter(pa.array(kept)), folder)
