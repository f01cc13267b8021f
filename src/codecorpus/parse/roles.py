"""The bits that say what a kind of syntax node is: the language-neutral form of `node_kinds`, which kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Fields of `NodeKinds`, in the order of their bits. `import_names` are words, not kinds, and have none.
FIELDS: Final = (
    "comments",
    "strings",
    "identifiers",
    "functions",
    "functions_if_body",
    "classes",
    "classes_if_body",
    "bodies",
    "imports",
    "import_calls",
    "docstring_statements",
    "docstring_blocks",
    "docstring_roots",
    "blocks",
    "branches",
    "nests",
    "elses",
    "numbers",
    "collections",
    "calls",
    "parameters",
    "trivial",
    "elided",
)

#: Field of `NodeKinds` → its bit.
ROLE_OF_FIELD: Final[Mapping[str, int]] = {field: 1 << bit for bit, field in enumerate(FIELDS)}

#: Set for every kind with a name, as opposed to tokens such as `(` and `if`.
NAMED: Final = 1 << len(FIELDS)
#: Set for every kind that a pick counts.
PICKED: Final = NAMED << 1

(
    COMMENT,
    STRING,
    IDENTIFIER,
    FUNCTION,
    FUNCTION_IF_BODY,
    CLASS,
    CLASS_IF_BODY,
    BODY,
    IMPORT,
    IMPORT_CALL,
    DOCSTRING_STATEMENT,
    DOCSTRING_BLOCK,
    DOCSTRING_ROOT,
    BLOCK,
    BRANCH,
    NEST,
    ELSE,
    NUMBER,
    COLLECTION,
    CALL,
    PARAMETERS,
    TRIVIAL,
    ELIDED,
) = ROLE_OF_FIELD.values()
