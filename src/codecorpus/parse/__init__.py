"""Syntax trees, once per document: flat arrays, and the measures that filters, deduplication and reports read."""

from codecorpus.parse.grammars import Grammar as Grammar
from codecorpus.parse.grammars import find_grammar as find_grammar
from codecorpus.parse.grammars import language_of_path as language_of_path
from codecorpus.parse.grammars import languages as languages
from codecorpus.parse.measures import measure as measure
from codecorpus.parse.options import ParseOptions as ParseOptions
from codecorpus.parse.spans import find_spans as find_spans
from codecorpus.parse.text import text_measures as text_measures
from codecorpus.parse.tree import read_tree as read_tree
from codecorpus.parse.walk import FlatTree as FlatTree
