"""Put prompts for code models together from text that cannot be trusted.

A model's control tokens are ordinary strings to whoever writes a file. If a tokenizer reads
them in user text, a file can end its own document or move the gap that is to be filled.
"""

from dataclasses import dataclass

END_OF_TEXT = "<|endoftext|>"
STARCODER = {"prefix": "<fim_prefix>", "middle": "<fim_middle>", "suffix": "<fim_suffix>"}
QWEN = {"prefix": "<|fim_prefix|>", "middle": "<|fim_middle|>", "suffix": "<|fim_suffix|>"}

#: Every string that some model treats as a command.
CONTROL = (END_OF_TEXT, "<|file_sep|>", "<|repo_name|>", *STARCODER.values(), *QWEN.values())


@dataclass(frozen=True)
class Gap:
    """The text before and after the place that a model has to fill."""

    before: str
    after: str

    @classmethod
    def at(cls, text: str, start: int, stop: int) -> "Gap":
        """The gap that is left when `text[start:stop]` is taken out."""
        if not 0 <= start <= stop <= len(text):
            raise ValueError(f"no gap from {start} to {stop} in {len(text)} characters")
        return cls(text[:start], text[stop:])


def found_controls(text: str) -> list[str]:
    """Control strings that stand in a text, in the order of CONTROL."""
    return [control for control in CONTROL if control in text]


def prompt(gap: Gap, tokens: dict[str, str]) -> str:
    """Prefix, suffix, then the sign to begin the middle.

    Only for models that are given text. With a tokenizer at hand the parts are encoded one
    by one, without special tokens, and the control ids are put between them.
    """
    hostile = found_controls(gap.before + gap.after)
    if hostile:
        raise ValueError("the text holds control strings: " + ", ".join(hostile))
    return tokens["prefix"] + gap.before + tokens["suffix"] + gap.after + tokens["middle"]
