"""Obvious twins of `codecorpus.dedup._kernels_sampled`."""


def sample_hashes(hashes, scale):
    """The sampled ones of some hashes, in order, repeats included."""
    return [value * scale >> 32 for value in hashes if value <= (2**64 - 1) // scale]


def count_shared(hashes, wanted):
    return len(set(hashes) & set(wanted))
