"""Codes of rules: each is one rule's, for what is written under a code has to mean one thing."""

from collections import Counter

from codecorpus.rules import LIMITS, OF_LANGUAGES, RULES
from codecorpus.rules.corpus import CORPUS
from codecorpus.rules.language import LANGUAGE
from codecorpus.rules.policy import POLICY
from codecorpus.rules.reading import READING
from codecorpus.rules.text import TEXT
from codecorpus.rules.tree import TREE
from codecorpus.rules.words import WORDS


def test_no_code_is_used_twice():
    every = (*READING, *LANGUAGE, *TEXT, *WORDS, *TREE, *POLICY, *CORPUS, *OF_LANGUAGES)
    assert [code for code, count in Counter(rule.code for rule in every).items() if count > 1] == []
    assert len(RULES) == len(every)
    assert {code for code, _ in LIMITS} <= set(RULES)
