"""Every measure: what it means, and, where nodes of the syntax tree are counted, which. Data only.

`codecorpus.parse` takes them, the rules set limits on them, the documentation is generated from them.
"""

from __future__ import annotations

from codecorpus.measures.c import CPP, C
from codecorpus.measures.common import COMMON
from codecorpus.measures.common import STUBS as STUBS
from codecorpus.measures.csharp import CSHARP
from codecorpus.measures.go import GO
from codecorpus.measures.java import JAVA
from codecorpus.measures.javascript import JAVASCRIPT
from codecorpus.measures.python import PYTHON
from codecorpus.measures.python import PYTHON_2 as PYTHON_2
from codecorpus.measures.rust import RUST
from codecorpus.measures.share import BASES as BASES
from codecorpus.measures.share import Pick as Pick
from codecorpus.measures.share import Share as Share
from codecorpus.measures.tree import TREE as TREE

#: Every measure that is a share of nodes.
SHARES: tuple[Share, ...] = (*COMMON, *PYTHON, *JAVASCRIPT, *JAVA, *C, *CPP, *GO, *RUST, *CSHARP)

#: Measures that Python's own parser takes: name → meaning.
BY_AST = {
    "python_syntax_error": "Python: 1 if `ast` of the running Python rejects the file",
    "python_2_count": "Python: what only Python 2 has, in a file that `ast` rejects",
}

#: Measures of the tree, in order: name → (whether it is a count, meaning).
TREE_MEASURES: dict[str, tuple[bool, str]] = {
    **TREE,
    **{name: (True, meaning) for name, meaning in BY_AST.items()},
    **{share.name: (False, share.meaning) for share in SHARES},
}
