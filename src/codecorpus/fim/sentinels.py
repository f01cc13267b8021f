"""Model families as data: what each calls its sentinels, in which layouts it was trained, and where that is written.

What comes in: a family's name. What goes out: its row, the special tokens that a tokenizer needs for it, and their ids in a given
tokenizer. Nothing here is computed; `tests/test_fim_sentinels.py` holds one golden string for each family.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from codecorpus.errors import UsageError
from codecorpus.fragments import show_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How one family of models writes fill-in-the-middle.

    Attributes:
        name: the name used in `fim.family`.
        prefix: sentinel before the prefix.
        middle: sentinel before the middle.
        suffix: sentinel before the suffix.
        end: token that ends a document.
        middle_end: token that ends a middle; equal to `end` in most families.
        begin: token before each document, where the family has one.
        pad: padding token, where the family has one.
        repo: token before a repository's name, where the family has one.
        file: token before a file's path, where the family has one.
        repo_end: text after a repository's name.
        path_start: text before a file's path.
        path_in_prefix: whether the path of a transformed file stands within its prefix, and not before the sentinels.
        leading_space: whether the family's tokenizer puts a space before a text; only the first piece of a file has it then.
        layouts: the documented layouts (`psm`, `spm-v1`, `spm-v2`, `codestral`), the preferred one first.
        source: where this row was read.
        checked: false where no primary source was read for some part of the row; `note` says which part.
        note: what else a user has to know.
    """

    name: str
    prefix: str
    middle: str
    suffix: str
    end: str
    middle_end: str
    begin: str | None = None
    pad: str | None = None
    repo: str | None = None
    file: str | None = None
    repo_end: str = ""
    path_start: str = ""
    path_in_prefix: bool = False
    leading_space: bool = False
    layouts: tuple[str, ...]
    source: str
    checked: bool = True
    note: str = ""

    _repr_html_ = show_fields

    @property
    def writes_paths(self) -> bool:
        """Whether it is known how this family writes a file's path: where it is not, files of a repository cannot be told apart."""
        return self.file is not None or bool(self.path_start)


_ALL = (
    Family(
        name="qwen2.5-coder",
        prefix="<|fim_prefix|>",
        middle="<|fim_middle|>",
        suffix="<|fim_suffix|>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        pad="<|fim_pad|>",
        repo="<|repo_name|>",
        file="<|file_sep|>",
        repo_end="\n",
        layouts=("psm",),
        source="QwenLM/Qwen2.5-Coder@d5ead97, README.md and examples/Qwen2.5-Coder-repolevel-fim.py",
        note="No SPM is documented; variant 2 is a PSM string with an empty prefix, so it is what spm_rate writes.",
    ),
    Family(
        name="starcoder",
        prefix="<fim_prefix>",
        middle="<fim_middle>",
        suffix="<fim_suffix>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        pad="<fim_pad>",
        repo="<reponame>",
        file="<filename>",
        layouts=("psm", "spm-v2"),
        source="bigcode-project/Megatron-LM@7c325cd3, megatron/data/gpt_dataset.py and megatron/tokenizer/tokenizer.py",
    ),
    Family(
        name="starcoder2",
        prefix="<fim_prefix>",
        middle="<fim_middle>",
        suffix="<fim_suffix>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        pad="<fim_pad>",
        repo="<repo_name>",
        file="<file_sep>",
        path_in_prefix=True,
        layouts=("psm", "spm-v2"),
        source="StarCoder2 (arXiv 2402.19173), section 5.1; bigcode-project/Megatron-LM, branch starcoder2-example",
        checked=False,
        note="The share of SPM is recalled. Inside a repository the path stands within the prefix.",
    ),
    Family(
        name="santacoder",
        prefix="<fim-prefix>",
        middle="<fim-middle>",
        suffix="<fim-suffix>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        pad="<fim-pad>",
        layouts=("psm", "spm-v2"),
        source="gonglinyuan/safim@9543286, model_utils.py; special_tokens_map.json of bigcode/gpt_bigcode-santacoder",
        note="Hyphens, not underscores.",
    ),
    Family(
        name="deepseek-coder",
        prefix="<｜fim▁begin｜>",
        middle="<｜fim▁end｜>",
        suffix="<｜fim▁hole｜>",
        end="<｜end▁of▁sentence｜>",
        middle_end="<｜end▁of▁sentence｜>",
        begin="<｜begin▁of▁sentence｜>",
        path_start="#",
        path_in_prefix=True,
        layouts=("psm",),
        source="deepseek-ai/DeepSeek-Coder@2f9fd85, README.md; arXiv 2401.14196",
        checked=False,
        note=(
            "The three sentinels were read, the tokens around a document and the comment with the path are recalled. U+FF5C and U+2581, "
            "not ASCII; the sentinel called `end` stands before the middle."
        ),
    ),
    Family(
        name="codellama",
        prefix="▁<PRE>",
        middle="▁<MID>",
        suffix="▁<SUF>",
        end="</s>",
        middle_end="▁<EOT>",
        begin="<s>",
        leading_space=True,
        layouts=("psm", "spm-v2"),
        source="meta-llama/codellama@e81b597, llama/tokenizer.py and llama/generation.py",
        note="The text after a sentinel is encoded without SentencePiece's implicit leading space.",
    ),
    Family(
        name="codegemma",
        prefix="<|fim_prefix|>",
        middle="<|fim_middle|>",
        suffix="<|fim_suffix|>",
        end="<eos>",
        middle_end="<|file_separator|>",
        begin="<bos>",
        file="<|file_separator|>",
        layouts=("psm", "spm-v2"),
        source="CodeGemma report and ai.google.dev, prompt structure",
        checked=False,
        note="PSM and the separator were read; the variant of SPM and the tokens around a document are recalled.",
    ),
    Family(
        name="codestral",
        prefix="[PREFIX]",
        middle="[MIDDLE]",
        suffix="[SUFFIX]",
        end="</s>",
        middle_end="</s>",
        begin="<s>",
        path_start="+++++ ",
        path_in_prefix=True,
        layouts=("codestral",),
        source="mistralai/cookbook, chat_templates.md; tests of mistralai/mistral-common",
        note="The middle follows the prefix with no sentinel between them. Files of a repository begin with `+++++ path`.",
    ),
    Family(
        name="mellum",
        prefix="<fim_prefix>",
        middle="<fim_middle>",
        suffix="<fim_suffix>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        file="<filename>",
        layouts=("spm-v1",),
        source="model card of JetBrains/Mellum-4b-base as quoted by others; arXiv 2510.05788",
        checked=False,
        note="The card itself was not read; the end token is recalled.",
    ),
    Family(
        name="seed-coder",
        prefix="<[fim-prefix]>",
        middle="<[fim-middle]>",
        suffix="<[fim-suffix]>",
        end="<[end▁of▁sentence]>",
        middle_end="<[end▁of▁sentence]>",
        begin="<[begin▁of▁sentence]>",
        layouts=("spm-v1",),
        source="Seed-Coder (arXiv 2506.03524), section 2.2",
        checked=False,
        note="The sentinels and their order were read, the tokens around a document are recalled.",
    ),
    Family(
        name="granite-code",
        prefix="<fim_prefix>",
        middle="<fim_middle>",
        suffix="<fim_suffix>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        pad="<fim_pad>",
        layouts=("psm", "spm-v2"),
        source="recalled: StarCoder's names (arXiv 2405.04324)",
        checked=False,
        note="No primary source was read.",
    ),
    Family(
        name="olmo",
        prefix="<|fim_prefix|>",
        middle="<|fim_middle|>",
        suffix="<|fim_suffix|>",
        end="<|endoftext|>",
        middle_end="<|endoftext|>",
        file="<|file_sep|>",
        layouts=("psm", "spm-v1"),
        source="allenai/dolma@669f534, contrib/fill-in-middle/src/fim.rs",
    ),
)

#: Every model family whose sentinels are known, by its name.
FAMILIES: Mapping[str, Family] = {row.name: row for row in _ALL}


@dataclass(frozen=True, slots=True)
class SentinelIds:
    """The ids of a family's control tokens in one tokenizer.

    `begin`, `repo` and `file` are None where the family has none, or where they are not written. `prefix`, `middle` and `suffix` are -1
    where nothing is transformed and the tokenizer lacks them.
    """

    prefix: int
    middle: int
    suffix: int
    end: int
    middle_end: int
    begin: int | None = None
    repo: int | None = None
    file: int | None = None

    _repr_html_ = show_fields

    @property
    def control(self) -> tuple[int, ...]:
        """Every control id that packing may insert, each once, ascending."""
        ids = (
            self.prefix,
            self.middle,
            self.suffix,
            self.end,
            self.middle_end,
            self.begin,
            self.repo,
            self.file,
        )
        return tuple(sorted({one for one in ids if one is not None and one >= 0}))


def family(name: str) -> Family:
    """The row of a family.

    Raises:
        UsageError: no family has this name; the message lists all of them and the nearest.

    >>> family("qwen2.5-coder").middle
    '<|fim_middle|>'
    """
    if name in FAMILIES:
        return FAMILIES[name]
    near = difflib.get_close_matches(name.lower(), FAMILIES, n=1, cutoff=0.4)
    asked = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"fim.family: there is no family {name!r}", f"{asked}Families: {', '.join(FAMILIES)}")


def special_tokens(row: Family) -> tuple[str, ...]:
    """The special tokens that a tokenizer for this family needs, in a fixed order, each once.

    >>> special_tokens(family("santacoder"))
    ('<|endoftext|>', '<fim-prefix>', '<fim-middle>', '<fim-suffix>', '<fim-pad>')
    """
    named = (
        row.end,
        row.begin,
        row.prefix,
        row.middle,
        row.suffix,
        row.middle_end,
        row.pad,
        row.repo,
        row.file,
    )
    return tuple(dict.fromkeys(token for token in named if token is not None))


def sentinel_ids(
    row: Family, token_id: Callable[[str], int | None], *, rate: float = 1.0, paths: bool = False
) -> SentinelIds:
    """Look a family's control tokens up in a tokenizer.

    Args:
        row: the family.
        token_id: the id of a special token, or None where the tokenizer does not have it (`Encoder.token_id`).
        rate: `fim.rate`; at 0 nothing is transformed, and only the tokens around a document are needed.
        paths: whether names of repositories and paths are written; the tokens before them are needed then.

    Raises:
        UsageError: the tokenizer lacks some of them; the message names which, and how to get them.
    """
    wanted = {"prefix": row.prefix, "middle": row.middle, "suffix": row.suffix}
    wanted |= {"middle_end": row.middle_end, "end": row.end}
    if row.begin is not None:
        wanted["begin"] = row.begin
    if paths:
        wanted |= {
            role: token for role, token in (("repo", row.repo), ("file", row.file)) if token is not None
        }
    needed = set(wanted) if rate > 0 else {"end", "begin", "repo", "file"}
    found = {role: token_id(token) for role, token in wanted.items()}
    missing = list(
        dict.fromkeys(wanted[role] for role, one in found.items() if one is None and role in needed)
    )
    if missing:
        raise UsageError(
            f"the tokenizer lacks special tokens of family {row.name!r}: {', '.join(missing)}",
            "Add them to it as special tokens, set fim.family to the family it was made for, or leave tokenizer.path out to train one.",
        )
    return SentinelIds(**{role: -1 if one is None else one for role, one in found.items()})
