"""Sources in, documents out: folders, git, archives, Parquet and JSONL; languages and licences."""

from codecorpus.sources.language import detect_language as detect_language
from codecorpus.sources.language import language_type as language_type
from codecorpus.sources.licence import FOUND_LICENCES as FOUND_LICENCES
from codecorpus.sources.licence import LICENCE_COLUMNS as LICENCE_COLUMNS
from codecorpus.sources.licence import assign_licences as assign_licences
from codecorpus.sources.licence import find_licences as find_licences
from codecorpus.sources.licence import licence_class as licence_class
from codecorpus.sources.licence import recognise_licences as recognise_licences
from codecorpus.sources.opt_out import opt_out_hash as opt_out_hash
from codecorpus.sources.opt_out import resolve_opt_outs as resolve_opt_outs
from codecorpus.sources.opt_out import shard_options as shard_options
from codecorpus.sources.options import SourceOptions as SourceOptions
from codecorpus.sources.part import Part as Part
from codecorpus.sources.part import Shard as Shard
from codecorpus.sources.part import group_parts as group_parts
from codecorpus.sources.plan import plan_sources as plan_sources
from codecorpus.sources.read import read_shard as read_shard
from codecorpus.sources.rows import ReadBatch as ReadBatch

__all__ = [
    "FOUND_LICENCES",
    "LICENCE_COLUMNS",
    "Part",
    "ReadBatch",
    "Shard",
    "SourceOptions",
    "assign_licences",
    "detect_language",
    "find_licences",
    "group_parts",
    "language_type",
    "licence_class",
    "opt_out_hash",
    "plan_sources",
    "read_shard",
    "recognise_licences",
    "resolve_opt_outs",
    "shard_options",
]
