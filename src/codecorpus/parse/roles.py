"""The bits that say what a kind of syntax node is: the language-neutral form of `node_kinds`, which kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMENT: Final = 1 << 0
STRING: Final = 1 << 1
IDENTIFIER: Final = 1 << 2
FUNCTION: Final = 1 << 3
FUNCTION_IF_BODY: Final = 1 << 4
CLASS: Final = 1 << 5
CLASS_IF_BODY: Final = 1 << 6
BODY: Final = 1 << 7
IMPORT: Final = 1 << 8
CALL: Final = 1 << 9
DOCSTRING_STATEMENT: Final = 1 << 10
DOCSTRING_BLOCK: Final = 1 << 11
DOCSTRING_ROOT: Final = 1 << 12

#: Field of `NodeKinds` → its bit. `import_names` are words, not kinds, and have none.
ROLE_OF_FIELD: Final[Mapping[str, int]] = {
    "comments": COMMENT,
    "strings": STRING,
    "identifiers": IDENTIFIER,
    "functions": FUNCTION,
    "functions_if_body": FUNCTION_IF_BODY,
    "classes": CLASS,
    "classes_if_body": CLASS_IF_BODY,
    "bodies": BODY,
    "imports": IMPORT,
    "calls": CALL,
    "docstring_statements": DOCSTRING_STATEMENT,
    "docstring_blocks": DOCSTRING_BLOCK,
    "docstring_roots": DOCSTRING_ROOT,
}
