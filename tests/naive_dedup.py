"""Obvious twins of the kernels and of the whole search in `codecorpus.dedup`: slow, readable, and compared with them by tests."""

import re

import numpy as np

MASK32, MASK64 = 2**32 - 1, 2**64 - 1
BASE = 0x9E3779B97F4A7C1B
TOKEN = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[^\t\n\v\f\r ]", re.DOTALL)


def mix64(value):
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK64
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK64
    return value ^ value >> 33


def mix32(value):
    value ^= value >> 16
    value = value * 0x85EBCA6B & MASK32
    value ^= value >> 13
    value = value * 0xC2B2AE35 & MASK32
    return value ^ value >> 16


def token_hash(token):
    """FNV-1a, mixed: of the words of decontamination."""
    value = 0xCBF29CE484222325
    for byte in token:
        value = (value ^ byte) * 0x100000001B3 & MASK64
    return mix64(value)


def eightfold_hash(token):
    """Eight bytes at a time, sixteen at least: of the tokens of near-duplicate search."""
    value = 0xCBF29CE484222325
    for start in range(0, max(len(token), 16), 8):
        word = int.from_bytes(token[start : start + 8], "little")
        value = (value ^ word) * 0xFF51AFD7ED558CCD & MASK64
        value ^= value >> 32
    return value


def shingle_hashes(content, length):
    """Hashes of all shingles of a document, in order, repeats included."""
    hashes = [eightfold_hash(token) for token in TOKEN.findall(content)]
    windows = [hashes[i : i + length] for i in range(max(1, len(hashes) - length + 1))] if hashes else []
    values = []
    for window in windows:
        value = 0
        for token in window:
            value = (value * BASE + token) & MASK64
        values.append(mix64(value))
    return values


def minima(hashes, multipliers, increments):
    elements = [mix32(value & MASK32) for value in set(hashes)]
    return [
        min(((int(a) * x + int(b)) & MASK32 for x in elements), default=MASK32)
        for a, b in zip(multipliers, increments, strict=True)
    ]


def legacy_minima(hashes, multipliers, increments):
    elements = {value & MASK32 for value in hashes}
    return [
        min((((int(a) * x + int(b)) & MASK64) % (2**61 - 1) & MASK32 for x in elements), default=MASK32)
        for a, b in zip(multipliers, increments, strict=True)
    ]


def band_keys(values, bands):
    rows = len(values) // bands
    keys = []
    for band in range(bands):
        key = 0
        for value in values[band * rows : (band + 1) * rows]:
            key = mix64((key * BASE + value) & MASK64)
        keys.append(key)
    return keys


def jaccard(first, second):
    return len(first & second) / len(first | second) if first | second else 0.0


def find_duplicates(documents, options, permutations):
    """doc_id → (id of the kept document, similarity, "exact" or "near") for what goes.

    Args:
        documents: (doc_id, content) in the order of the keep-policy.
        options: `DedupOptions`.
        permutations: multipliers and increments.
    """
    first_with = {}
    sets, keys, leaders, verdict = {}, {}, [], {}
    for doc_id, content in documents:
        original = first_with.setdefault(content, doc_id)
        if original != doc_id:
            continue
        hashes = shingle_hashes(content, options.shingle)
        sets[doc_id] = set(hashes)
        if len(sets[doc_id]) < options.min_shingles:
            continue
        keys[doc_id] = set(enumerate(band_keys(minima(hashes, *permutations), options.banding[0])))
        found = [
            (jaccard(sets[doc_id], sets[other]), other) for other in leaders if keys[doc_id] & keys[other]
        ]
        best = max((similarity for similarity, _ in found), default=0.0)
        if best >= options.threshold:
            verdict[doc_id] = (next(other for similarity, other in found if similarity == best), best, "near")
        else:
            leaders.append(doc_id)
    for doc_id, content in documents:
        original = first_with[content]
        if original != doc_id:
            verdict[doc_id] = verdict.get(original, (original, 1.0, "exact"))
    return verdict


def mutated_corpus(seed, *, originals=12, copies=6):
    """Documents that are alike in every degree: originals, and copies with more and more tokens replaced."""
    random = np.random.RandomState(seed)
    texts = []
    for _ in range(originals):
        words = [f"w{random.randint(60)}" for _ in range(random.randint(5, 120))]
        texts.append(" ".join(words).encode())
        for _ in range(copies):
            changed = list(words)
            for _ in range(random.randint(0, 1 + len(words) // 12)):
                changed[random.randint(len(words))] = f"x{random.randint(5)}"
            texts.append(" ".join(changed).encode())
    random.shuffle(texts)
    return texts


def compare(sets, buckets, groups, led, *, fixed, threshold, floor, leaders, followers):
    """Pairs (document, earlier document, similarity) down to the floor, and how often a leader found its bucket full.

    Every document meets the leaders that its buckets offer, and the first few that were none; but not one with the code of a leader.
    """
    led = dict(enumerate(led))
    offered = [([], []) for _ in buckets]
    pairs, leads, refused = [], [], 0
    for document, own in enumerate(sets):
        group = groups[document]
        if document >= fixed and group >= 0 and led[group] <= document:
            leads.append(False)
            continue
        joined = [lists for bucket, lists in zip(buckets, offered, strict=True) if document in bucket]
        met = (
            {}
            if document < fixed
            else {other: jaccard(own, sets[other]) for lists in joined for other in lists[0] + lists[1]}
        )
        pairs += [(document, other, value) for other, value in met.items() if value >= floor]
        leads.append(not any(leads[other] and value >= threshold for other, value in met.items()))
        if leads[-1] and group >= 0:
            led[group] = min(led[group], document)
        for lists in joined:
            mine, most = (lists[0], leaders) if leads[-1] else (lists[1], followers)
            refused += leads[-1] and len(mine) >= most
            if len(mine) < most:
                mine.append(document)
    return pairs, refused


def elect(count, groups, near, structural, *, fixed, thresholds, drops):
    """(leader, similarity, level) of every document; `near` and `structural` are {(document, earlier document): similarity}."""
    verdicts = []
    for document in range(count):
        stays = [
            other
            for other in range(document)
            if verdicts[other][2] == 0 or (verdicts[other][2] == 3 and not drops)
        ]
        originals = [other for other in range(document) if verdicts[other][2] == 0]
        same = [other for other in stays if groups[other] == groups[document] >= 0]
        choices = []
        for level, pairs, others in ((2, near, stays), (3, structural, originals)):
            found = [
                (-pairs[document, other], other)
                for other in others
                if pairs.get((document, other), 0) >= thresholds[level - 2]
            ]
            choices += [(other, -value, level) for value, other in sorted(found)[:1]]
        if document < fixed or not (same or choices):
            verdicts.append((document, 1.0, 0))
        else:
            verdicts.append((same[0], 1.0, 1) if same else choices[0])
    return verdicts
