"""An interrupt that a library swallowed still ends the run: whoever waits for units looks whether one was asked for."""

import pytest

from codecorpus.run import interrupts
from codecorpus.run.processes import Processes
from codecorpus.run.unit import Unit


@pytest.fixture(autouse=True)
def _clean():
    interrupts.forget()
    yield
    interrupts.forget()


def test_a_request_is_seen_once():
    interrupts.check()
    interrupts.request()
    with pytest.raises(KeyboardInterrupt):
        interrupts.check()
    interrupts.check()


def test_a_new_command_knows_nothing_of_an_older_request():
    interrupts.request()
    interrupts.forget()
    interrupts.check()


def test_waiting_for_workers_ends(tmp_path):
    executor = Processes(1)
    unit = Unit("parse", "unit_tasks:sleep", (60,), "0" * 32, tmp_path)
    interrupts.request()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(executor.map([unit]))
    finally:
        executor.close()


def test_a_run_that_was_interrupted_takes_its_request_along(tmp_path, monkeypatch):
    import codecorpus as cc
    from codecorpus.errors import Interrupted
    from codecorpus.run import runner

    (tmp_path / "alpha").mkdir()
    (tmp_path / "alpha" / "a.py").write_text("def f(x):\n    return x + 1\n")

    def interrupted(*_):
        interrupts.request()
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(runner.Run, "each", interrupted)
        with pytest.raises(Interrupted):
            cc.build(tmp_path / "alpha", out=tmp_path / "out", progress=False)
    assert cc.build(tmp_path / "alpha", out=tmp_path / "out", progress=False).verify().ok
