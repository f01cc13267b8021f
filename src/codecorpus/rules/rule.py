"""What a rule is, and what a limit is. The rules themselves are data, in the files beside this one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

#: Where StarCoder's rules were read.
STARCODER = (
    "StarCoder (arXiv 2305.06161, section 3) and bigcode-project/bigcode-dataset, preprocessing/filtering.py"
)
#: Where OpenCoder's rules were read.
OPENCODER = "OpenCoder-llm/opc_data_filtering, pipeline/code_filter_config.py at 44b857e"


#: Columns of a document that limits compare like measures: name → what it counts.
DOCUMENT_COLUMNS = {"length_bytes": "bytes", "star_events_count": "stars of the repository"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one measure: a document beyond it fails the rule.

    Attributes:
        key: its name in `[filter]`; it starts with `min_` or `max_`, which says what beyond means.
        measure: a name in `codecorpus.document.MEASURES` or `DOCUMENT_COLUMNS`.
        default: in the default recipe; None: off.
        languages: Linguist's names of those to which it applies; empty: all.
        exempt: those of them to which it does not apply.
        why: why the default is what it is, where the rule's own reason does not say it.

    >>> Limit("max_bytes", "length_bytes", 1_000_000).applies_to("Python")
    True
    """

    key: str
    measure: str
    default: float | None = None
    languages: Collection[str] = ()
    exempt: Collection[str] = ()
    why: str = ""

    @property
    def is_minimum(self) -> bool:
        """Whether documents below the limit fail, and not those above it."""
        return self.key.startswith("min_")

    def applies_to(self, language: str | None) -> bool:
        """Whether the limit is meant for this language (None: unknown) unless the configuration says otherwise."""
        return (not self.languages or language in self.languages) and language not in self.exempt


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the pipeline.

    Attributes:
        code: `CC` and three digits; stable across versions.
        name: a few words, as the report shows them.
        meaning: what has to be true of a document for this rule to apply.
        reason: why such a document is dropped, edited or flagged.
        option: the configuration key that moves or switches it, empty where there is none.
        source: the publication or repository it was taken from, or "ours" with the reason.
        limits: what the rule compares; a document that is beyond any of them fails. Empty for rules that do not compare a measure.
        action: `dropped`, or `flagged` for a rule that only marks the documents to which it applies.
    """

    code: str
    name: str
    meaning: str
    reason: str
    option: str = ""
    source: str = "ours: nothing is lost without a row that says so"
    limits: tuple[Limit, ...] = ()
    action: str = "dropped"

    @property
    def options(self) -> tuple[str, ...]:
        """Every configuration key that moves or switches it.

        >>> Rule("CC211", "too large", "", "", limits=(Limit("max_bytes", "length_bytes"),)).options
        ('filter.max_bytes',)
        """
        return (*([self.option] if self.option else []), *(f"filter.{limit.key}" for limit in self.limits))

    def _repr_html_(self) -> str:
        from codecorpus.fragments import facts

        known = [
            ("applies when", self.meaning),
            ("why", self.reason),
            ("settings", ", ".join(self.options)),
            ("then", self.action),
            ("source", self.source),
        ]
        return facts(
            [(name, value) for name, value in known if value], caption=f"{self.code} {self.name}", widest=2000
        )


class RuleTable(Mapping[str, Rule]):
    """Code → rule, in the order of the codes; a notebook shows it as a table."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(rules)

    def __getitem__(self, code: str) -> Rule:
        return self._rules[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __repr__(self) -> str:
        return f"RuleTable of {len(self):,} rules: RULES['CC204'].meaning"

    def _repr_html_(self) -> str:
        from codecorpus.fragments import table

        rows = [(rule.code, rule.name, rule.meaning) for rule in self.values()]
        return table(
            ["code", "name", "applies when"],
            rows,
            caption=f"{len(self):,} rules",
            most=len(self),
            widest=2000,
        )
