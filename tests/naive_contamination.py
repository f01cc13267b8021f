"""Obvious twins of the index and the search in `codecorpus.dedup.ngram_index`: slow, readable, and compared with them by tests."""

import re
from collections import Counter

from naive_dedup import BASE, MASK64, mix64, token_hash

WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]+")


def is_name(word):
    return len(word) >= 2 and not word[:1].isdigit()


def hash_of(words):
    value = 0
    for word in words:
        value = (value * BASE + token_hash(word)) & MASK64
    return mix64(value)


def ngrams(text, length):
    """(words, begin, end) of every n-gram of a text, in order."""
    found = list(WORD.finditer(text))
    windows = [found[i : i + length] for i in range(len(found) - length + 1)]
    return [(tuple(match[0] for match in window), window[0].start(), window[-1].end()) for window in windows]


def indexed(problems, options):
    """The n-grams that are looked for: words → ids of the problems.

    Args:
        problems: (id, text) of one benchmark, each a family of its own.
        options: `ContaminationOptions`.
    """
    owners = {}
    for number, text in problems:
        for words, _, _ in ngrams(text, options.ngram):
            if len({word for word in words if is_name(word)}) >= options.min_names:
                owners.setdefault(words, set()).add(number)
    return {words: numbers for words, numbers in owners.items() if len(numbers) <= options.max_problems}


def contaminated(documents, problems, options):
    """{row: {problem: matched n-grams}} for what is dropped."""
    owners = indexed(problems, options)
    found = [{words for words, _, _ in ngrams(text, options.ngram)} & set(owners) for text in documents]
    frequency = Counter(words for held in found for words in held)
    few = max(10, min(50, len(documents) // 10))
    limit = max(few, int(options.max_document_share * len(documents)))
    sizes = Counter(number for words in owners if frequency[words] <= limit for number in owners[words])
    verdicts = {}
    for row, held in enumerate(found):
        matched = Counter(number for words in held if frequency[words] <= limit for number in owners[words])
        enough = {
            number: count
            for number, count in matched.items()
            if count >= options.min_matches and count / sizes[number] >= options.min_share
        }
        if enough:
            verdicts[row] = enough
    return verdicts


CODE_TOKEN = re.compile(
    rb"""
    (?P<triple>\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z))
    | (?P<block>/\*.*?(?:\*/|\Z))
    | (?P<line>//[^\n]*|\#[^\n]*)
    | (?P<string>\"(?P<double>(?:\\[^\n]|[^\"\n\\]|\\(?=\n|\Z))*)\"?|'(?P<single>(?:\\[^\n]|[^'\n\\]|\\(?=\n|\Z))*)'?)
    | (?P<word>[0-9A-Za-z_\x80-\xff]+)
    | (?P<skip>[\t\n\v\f\r ;,{}\\])
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def code_tokens(text, known):
    """(kind, text, begin, end) of every token of code; the kinds are those of `_kernels_code`."""
    tokens = []
    for match in CODE_TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup not in ("double", "single") else "string"
        begin, end = match.span()
        if kind == "string":
            inner = match["double"] if match["double"] is not None else match["single"]
            tokens.append(("string", inner or b"", begin, end))
        elif kind == "word":
            word, before = match[0], text[max(0, begin - 2) : begin]
            attribute = (before[-1:] == b"." and before != b"..") or before in (b"->", b"::")
            kind = "number" if word[:1].isdigit() else "known" if attribute or word in known else "name"
            tokens.append((kind, word, begin, end))
        elif kind == "mark":
            tokens.append(("mark", match[0], begin, end))
    return tokens


def code_runs(text, known, size, least):
    """((tokens, which names are the same), begin, end, number of the last token) of every run that says enough."""
    tokens = code_tokens(text, known)
    runs = []
    for first in range(len(tokens) - size + 1):
        window = tokens[first : first + size]
        backs, shown = [], []
        for index, (kind, word, _, _) in enumerate(window):
            if kind == "name":
                earlier = [i for i in range(index) if window[i][0] == "name" and window[i][1] == word]
                backs.append(index - earlier[-1] if earlier else 0)
                shown.append(None)
            else:
                shown.append(word)
        says = {word for kind, word, _, _ in window if kind in ("known", "string")}
        if len(says) >= least:
            runs.append(((tuple(shown), tuple(backs)), window[0][2], window[-1][3], first + size - 1))
    return runs


def best_window(hits, width):
    """The most distinct places among hits (token, place) that are no more than `width` tokens apart."""
    return max(
        (len({place for token, place in hits if 0 <= last - token <= width}) for last, _ in hits), default=0
    )


def signature_hits(text, name, parameters, reach=400):
    """Where a name stands before parentheses that hold the parameters in this order: (begin, end)."""
    hits = []
    for match in WORD.finditer(text):
        if match[0] != name:
            continue
        gap = re.match(rb"[0-9A-Za-z_\x80-\xff\t\n\v\f\r =:]{0,23}\(", text[match.end() :])
        if not gap:
            continue
        begin = match.end() + gap.end()
        depth, end = 1, begin
        while end < min(len(text), begin + reach) and depth:
            depth += (text[end : end + 1] == b"(") - (text[end : end + 1] == b")")
            end += 1
        words = [word[0] for word in WORD.finditer(text[begin:end])]
        wanted = list(parameters)
        for word in words:
            if wanted and word == wanted[0]:
                wanted.pop(0)
        if not wanted:
            hits.append((match.start(), end))
    return hits
