"""Settings of deduplication, and how the bands follow from the threshold."""

from __future__ import annotations

import difflib
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from codecorpus.options import Options

#: What a keep-policy can look at, apart from measures; see `codecorpus.dedup.keep`.
CRITERIA = ("licence", "stars", "revision_date", "path_depth", "length")
#: What decides by default, most important first.
KEEP_POLICY = ("licence", "stars", "revision_date", "-error_share", "path_depth", "length")


def check_criterion(name: str) -> str:
    """The name of a criterion: one of `CRITERIA`, or a measure after `+` (more is better) or `-` (less is).

    Raises:
        ValueError: there is no such criterion; it names the nearest.

    >>> check_criterion("-error_share")
    '-error_share'
    """
    if name in CRITERIA:
        return name
    # The measures come with Arrow, which reading the options alone shall not load.
    from codecorpus.document import MEASURES

    known = [*CRITERIA, *(sign + measure for measure in MEASURES for sign in "-+")]
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CRITERIA)}, and measures."
    raise ValueError(
        f"{name!r} is no criterion; {meant} A measure has `+` (more is better) or `-` (less is better) in front"
    )


#: Permutations as datasketch 2 and datasketch 1 compute them; see `codecorpus.dedup.signature`.
Scheme = Literal["affine32", "legacy"]

_RECALL_AT_THRESHOLD = 0.85


def recall(similarity: float, *, bands: int, rows: int) -> float:
    """Chance that two documents of this Jaccard similarity share a band: `1 - (1 - similarity ** rows) ** bands`.

    >>> round(recall(0.7, bands=32, rows=8), 3)
    0.85
    """
    return float(1.0 - (1.0 - similarity**rows) ** bands)


def derive_banding(threshold: float, permutations: int) -> tuple[int, int]:
    """Bands and rows for a threshold: the most rows whose recall at the threshold itself is still at least 0.85.

    More rows mean fewer candidates to verify. Pairs above the threshold are found more often: averaged over the pairs of a
    real corpus, 32 x 8 finds 97 % of those at 0.7 and above.

    >>> derive_banding(0.7, 256)
    (32, 8)
    """
    for rows in range(permutations, 1, -1):
        bands = permutations // rows
        if recall(threshold, bands=bands, rows=rows) >= _RECALL_AT_THRESHOLD:
            return bands, rows
    return permutations, 1


class DedupOptions(Options):
    """Exact and near-duplicates (`[dedup]`)."""

    threshold: float = Field(
        default=0.7, gt=0.0, le=1.0, description="least Jaccard similarity of a near-duplicate, verified"
    )
    permutations: int = Field(default=256, ge=2, le=4096, description="MinHash permutations of one document")
    bands: int | None = Field(
        default=None, ge=1, description="bands of the signature; derived from the threshold if not given"
    )
    rows: int | None = Field(
        default=None, ge=1, description="permutations in one band; derived from the threshold if not given"
    )
    shingle: int = Field(default=5, ge=1, le=64, description="tokens in one shingle")
    seed: int = Field(default=1, ge=0, lt=2**32, description="seed of the permutations")
    min_shingles: int = Field(
        default=10, ge=1, description="documents with fewer shingles are compared for equality only"
    )
    keep: Literal["best", "none"] = Field(
        default="best", description="keep the best document of a cluster, or none of it"
    )
    keep_policy: tuple[str, ...] = Field(
        default=KEEP_POLICY,
        description="what makes a document the better one, most important first: `licence`, `stars`, `revision_date`, `path_depth`, "
        "`length`, or a measure as `+NAME` (more is better) or `-NAME` (less is better); ties go by doc_id",
    )
    code: bool = Field(
        default=True,
        description="documents with the same code, whatever their white space and comments, are duplicates",
    )
    structural: Literal["flag", "drop", "off"] = Field(
        default="flag",
        description="what becomes of a structural duplicate: the same code but for names, literals, comments and layout",
    )
    structural_threshold: float = Field(
        default=0.85, gt=0.0, le=1.0, description="least structural Jaccard similarity, verified"
    )
    floor: float | None = Field(
        default=None,
        gt=0.0,
        le=1.0,
        description="pairs down to this similarity are noted, so that another threshold needs no second pass; off: threshold - 0.1",
    )
    bucket_leaders: int = Field(
        default=256,
        ge=1,
        description="kept documents that one band bucket offers for comparison; bounds the work",
    )
    bucket_followers: int = Field(
        default=16,
        ge=0,
        description="dropped documents that one band bucket offers beside them, so that another threshold needs no second pass",
    )
    repository: Literal["flag", "drop", "off"] = Field(
        default="flag",
        description="what is done with the documents of a fork or vendored copy that are no duplicates themselves (CC405)",
    )
    repository_threshold: float = Field(
        default=0.8,
        gt=0.0,
        le=1.0,
        description="share of a repository's documents with a duplicate in another one from which it counts as contained in it",
    )
    min_repository_documents: int = Field(
        default=10, ge=1, description="repositories with fewer documents are not compared with others"
    )
    index: bool = Field(
        default=True,
        description="write what `codecorpus dedup --against` needs of the kept documents, about as many bytes as their text",
    )
    scheme: Scheme = Field(
        default="affine32",
        description="permutations: those of datasketch 2, or `legacy`, those of datasketch 1 and datatrove",
    )

    @field_validator("keep_policy")
    @classmethod
    def _check_policy(cls, policy: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(check_criterion(name) for name in policy)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len({name.lstrip("+-") for name in self.keep_policy}) != len(self.keep_policy):
            raise ValueError("keep_policy names a criterion twice")
        if self.floor is not None and self.floor > self.threshold:
            raise ValueError(f"floor {self.floor:g} is above the threshold {self.threshold:g}")
        bands, rows = self.banding
        if bands < 1 or bands * rows > self.permutations:
            raise ValueError(f"{bands} bands x {rows} rows need more than {self.permutations} permutations")
        return self

    @property
    def lowest(self) -> float:
        """Least similarity of the pairs that are noted."""
        if self.floor is not None:
            return self.floor
        # Rounded: 0.8 - 0.1 is a little more than 0.7, and then a pair of exactly 0.7 would not be noted.
        return min(self.threshold, max(0.01, round(self.threshold - 0.1, 9)))

    @property
    def banding(self) -> tuple[int, int]:
        """Bands and rows in force: as given, the missing one filled up from `permutations`, or both derived."""
        if self.bands is None and self.rows is None:
            return derive_banding(self.threshold, self.permutations)
        bands = self.bands if self.bands is not None else self.permutations // (self.rows or 1)
        return bands, self.rows if self.rows is not None else max(1, self.permutations // bands)
