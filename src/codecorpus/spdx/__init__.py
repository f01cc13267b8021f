"""Licences as text: ids, expressions, names, notices and full texts of the SPDX list. Knows nothing of documents or files."""

from codecorpus.spdx.expressions import Expression as Expression
from codecorpus.spdx.expressions import Joined as Joined
from codecorpus.spdx.expressions import Licence as Licence
from codecorpus.spdx.expressions import all_of as all_of
from codecorpus.spdx.expressions import any_of as any_of
from codecorpus.spdx.expressions import class_of_expression as class_of_expression
from codecorpus.spdx.expressions import holds as holds
from codecorpus.spdx.expressions import ids_of as ids_of
from codecorpus.spdx.expressions import parse_expression as parse_expression
from codecorpus.spdx.ids import base_of as base_of
from codecorpus.spdx.ids import class_of as class_of
from codecorpus.spdx.names import licence_named as licence_named
from codecorpus.spdx.statement import Statement as Statement
from codecorpus.spdx.statement import read_statement as read_statement
from codecorpus.spdx.texts import TextMatch as TextMatch
from codecorpus.spdx.texts import match_texts as match_texts
from codecorpus.spdx.words import holder_lines as holder_lines
from codecorpus.spdx.words import licence_words as licence_words
