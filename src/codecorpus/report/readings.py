"""Texts of the documents that the report shows, and how dropped ones differ from kept ones. Samples in, samples with their texts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from codecorpus.filters.shown import Shown
from codecorpus.report.clusters import Cluster, Member
from codecorpus.report.diff import DiffLine, diff_lines
from codecorpus.report.samples import Verdict
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

    def of_kept(self, row: int) -> str:
        """The first lines of a kept document; nothing where it was not read."""
        return snippet(self.kept[row].text) if row in self.kept else ""

    def of_dropped(self, verdict: Verdict) -> Verdict:
        """The verdict with the difference to the document that it matched, or else with its first lines."""
        sample = self.stored.get(verdict.doc_id)
        if sample is None:
            return verdict
        if verdict.other_row in self.kept:
            diff = self._diff(verdict.other_row, sample)
            return replace(verdict, language=sample.language, diff=diff, is_same=not diff)
        return replace(verdict, language=sample.language, text=snippet(sample.text))

    def of_cluster(self, cluster: Cluster) -> Cluster:
        """The cluster with the text of its representative, and with the differences of the members to it."""
        members = tuple(self._member(member, cluster.row) for member in cluster.members)
        return replace(cluster, text=self.of_kept(cluster.row), members=members)

    def _member(self, member: Member, row: int) -> Member:
        sample = self.stored.get(member.doc_id)
        if sample is None or member.is_representative or row not in self.kept:
            return member
        diff = self._diff(row, sample)
        return replace(member, language=sample.language, diff=diff, is_same=not diff)

    def _diff(self, row: int, sample: StoredSample) -> tuple[DiffLine, ...]:
        kept = self.kept[row]
        return diff_lines(kept.text, sample.text, is_cut=kept.is_cut or sample.is_cut)
