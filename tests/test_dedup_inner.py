import gc

import pytest
from numba import njit
from numba.core import event
from numba.core.errors import NumbaError

from codecorpus.dedup import _kernels_inner as inner


class Seen(event.Listener):
    """Whether garbage was being collected whenever a compilation began."""

    def __init__(self):
        self.enabled = []

    def on_start(self, event):
        self.enabled.append(gc.isenabled())

    def on_end(self, event):
        pass


def kernel(module, body=lambda number: number + 1):
    body.__module__ = module
    return njit(body)


@pytest.fixture
def seen():
    assert inner.folded  # that the module is imported is what registers the pause
    with event.install_listener("numba:compile", Seen()) as listener:
        yield listener


@pytest.mark.parametrize(("module", "collects"), [("codecorpus.dedup.x", False), ("other.codecorpus", True)])
def test_garbage_waits_while_a_kernel_of_ours_compiles_and_no_other(seen, module, collects):
    assert kernel(module)(1) == 2
    assert seen.enabled == [collects]
    assert gc.isenabled()


def test_a_kernel_that_does_not_compile_leaves_collection_as_it_was(seen):
    with pytest.raises(NumbaError):
        kernel("codecorpus.dedup.x", lambda number: number.nothing)(1)
    assert seen.enabled == [False]
    assert gc.isenabled()


def test_collection_that_was_off_stays_off(seen):
    gc.disable()
    try:
        kernel("codecorpus.dedup.x", lambda number: number + 2)(1)
        assert not gc.isenabled()
    finally:
        gc.enable()
