"""Obvious versions of the comparison of licence texts: sets of runs of words, and every stretch tried."""


def naive_runs(words):
    return [tuple(words[at : at + 3]) for at in range(len(words) - 2)]


def naive_candidates(texts, words, share):
    """Ids of the texts of whose distinct runs at least `share` stand in the words; `texts` is id → words."""
    there = set(naive_runs(words))
    return sorted(
        spdx
        for spdx, own in texts.items()
        if len(set(naive_runs(own)) & there) >= share * len(set(naive_runs(own)))
    )


def naive_densest_gain(matched):
    """The most that matches exceed the others by, over every stretch."""
    count = len(matched)
    return max(
        (
            sum(1 if one else -1 for one in matched[first:end])
            for first in range(count)
            for end in range(first, count + 1)
        ),
        default=0,
    )
