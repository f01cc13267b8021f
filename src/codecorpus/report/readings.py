"""Texts of the documents that the report shows, and how dropped ones differ from kept ones. Samples in, samples with their texts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from codecorpus.filters.shown import Shown
from codecorpus.report.clusters import Cluster, Member
from codecorpus.report.diff import DiffLine, diff_lines
from codecorpus.report.samples import Sample, Verdict
from codecorpus.report.stored import StoredSample
from codecorpus.report.text import snippet


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of the texts.

    Attributes:
        kept: row of the documents table → the beginning of that document.
        stored: doc_id → what is stored of a dropped document.
    """

    kept: Mapping[int, Shown]
    stored: Mapping[bytes, StoredSample]

    def of_kept(self, sample: Sample) -> Sample:
        """The sample with its first lines, or with the difference to the document that it was compared with."""
        own, other = self.kept.get(sample.row), self.kept.get(sample.other_row)
        if own is None:
            return sample
        if other is not None:
            return replace(sample, diff=_diff(other, own))
        return replace(sample, text=snippet(own.text))

    def of_verdict(self, verdict: Verdict) -> Verdict:
        """The verdict with the difference to the document that it matched, or else with its first lines."""
        sample, own = self.stored.get(verdict.doc_id), self.kept.get(verdict.row)
        if sample is not None:
            own, verdict = Shown(sample.text, sample.is_cut), replace(verdict, language=sample.language)
        if own is None:
            return verdict
        other = self.kept.get(verdict.other_row)
        if other is not None:
            diff = _diff(other, own)
            return replace(verdict, diff=diff, is_same=not diff)
        return replace(verdict, text=snippet(own.text))

    def of_cluster(self, cluster: Cluster) -> Cluster:
        """The cluster with the text of its representative, and with the differences of the members to it."""
        members = tuple(self._member(member, cluster.row) for member in cluster.members)
        own = self.kept.get(cluster.row)
        return replace(cluster, text=snippet(own.text) if own else "", members=members)

    def _member(self, member: Member, row: int) -> Member:
        sample, kept = self.stored.get(member.doc_id), self.kept.get(row)
        if sample is None or kept is None or member.is_representative:
            return member
        diff = _diff(kept, Shown(sample.text, sample.is_cut))
        return replace(member, language=sample.language, diff=diff, is_same=not diff)


def _diff(kept: Shown, other: Shown) -> tuple[DiffLine, ...]:
    return diff_lines(kept.text, other.text, is_cut=kept.is_cut or other.is_cut)
