"""Every rule: code → what it means, why it is there, its limits, and where it comes from.

`codecorpus rule CODE`, the options of `[filter]`, the report and the documentation are generated from this table; nothing else
describes a rule. The first digit of a code is the stage: 0 reading, 1 language and parsing, 2 quality, 3
licences and secrets, 4 duplicates, 5 benchmarks.
"""

from __future__ import annotations

from collections.abc import Mapping

from codecorpus.rules.corpus import CORPUS
from codecorpus.rules.language import LANGUAGE
from codecorpus.rules.policy import POLICY
from codecorpus.rules.reading import READING
from codecorpus.rules.rule import Limit as Limit
from codecorpus.rules.rule import Rule as Rule
from codecorpus.rules.text import TEXT
from codecorpus.rules.tree import TREE

RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in sorted((*READING, *LANGUAGE, *TEXT, *TREE, *POLICY, *CORPUS), key=lambda rule: rule.code)
}

#: Every limit with the code of its rule, in the order of the codes.
LIMITS: tuple[tuple[str, Limit], ...] = tuple(
    (rule.code, limit) for rule in RULES.values() for limit in rule.limits
)
