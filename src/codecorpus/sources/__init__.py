"""Sources in, documents out: folders, git, archives, Parquet and JSONL; languages and licences."""

from codecorpus.sources.options import SourceOptions as SourceOptions
