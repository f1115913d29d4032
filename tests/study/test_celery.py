"""What a worker's processes do when all of them are ended at once."""

import signal

import pytest

from study.celery import unwind_on_sigterm


def test_a_process_of_the_pool_unwinds_when_it_is_ended_instead_of_dying_with_a_lock():
    before = signal.getsignal(signal.SIGTERM)
    try:
        unwind_on_sigterm()
        with pytest.raises(SystemExit):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
