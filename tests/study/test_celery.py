"""What a worker's processes do when all of them are ended at once."""

import signal

from celery.concurrency.prefork import process_destructor

import study.celery  # noqa: F401 - connects its receivers


def test_a_pool_process_that_reports_its_end_is_not_killed_with_the_queues_lock():
    before = signal.getsignal(signal.SIGTERM)
    try:
        process_destructor(0, 0)  # Billiard calls this before the report.
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
