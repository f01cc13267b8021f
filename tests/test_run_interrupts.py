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
