"""Every rule: code → what it means, why it is there, its limits, and where it comes from.

`codecorpus rule CODE`, the options of `[filter]`, the report and the documentation are generated from this table; nothing else
describes a rule. The first digit of a code is the stage: 0 reading, 1 language and parsing, 2 quality, 3
licences and secrets, 4 duplicates, 5 benchmarks, 6 quality in one language.
"""

from __future__ import annotations

from collections.abc import Mapping

from codecorpus.rules.c import C
from codecorpus.rules.corpus import CORPUS
from codecorpus.rules.cpp import CPP
from codecorpus.rules.csharp import CSHARP
from codecorpus.rules.go import GO
from codecorpus.rules.java import JAVA
from codecorpus.rules.javascript import JAVASCRIPT
from codecorpus.rules.language import LANGUAGE
from codecorpus.rules.policy import POLICY
from codecorpus.rules.python import PYTHON
from codecorpus.rules.reading import READING
from codecorpus.rules.rule import Limit as Limit
from codecorpus.rules.rule import Rule as Rule
from codecorpus.rules.rule import RuleTable
from codecorpus.rules.rust import RUST
from codecorpus.rules.text import TEXT
from codecorpus.rules.tree import TREE
from codecorpus.rules.words import WORDS

#: Rules for one language, from its syntax tree.
OF_LANGUAGES = (*PYTHON, *JAVASCRIPT, *JAVA, *C, *CPP, *GO, *RUST, *CSHARP)

#: Every rule by its code, in the order of the codes; a rule has `name`, `meaning`, `reason`, `source`, `limits` and `options`.
RULES: Mapping[str, Rule] = RuleTable(
    {
        rule.code: rule
        for rule in sorted(
            (*READING, *LANGUAGE, *TEXT, *WORDS, *TREE, *POLICY, *CORPUS, *OF_LANGUAGES),
            key=lambda rule: rule.code,
        )
    }
)

#: Every limit with the code of its rule, in the order of the codes.
LIMITS: tuple[tuple[str, Limit], ...] = tuple(
    (rule.code, limit) for rule in RULES.values() for limit in rule.limits
)
