"""A corner of a running broker that belongs to one test run."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import redis
from kombu import Connection

REDIS = os.environ.get("FORESEE_TEST_REDIS", "redis://127.0.0.1:6379")
RABBITMQ = os.environ.get("FORESEE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672")
OWNER = "foresee-tests"


def answers(address: str) -> bool:
    try:
        with Connection(address, connect_timeout=2) as there:
            there.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # noqa: BLE001 - whatever is wrong, it does not answer
        return False
    return True


@contextmanager
def redis_database() -> Iterator[str]:
    """The address of an empty numbered database that no other run uses."""
    if not answers(f"{REDIS}/0"):
        pytest.skip("Redis does not answer; start it, or name it in FORESEE_TEST_REDIS.")
    mine = uuid.uuid4().hex
    for number in range(1, 16):
        there = redis.Redis.from_url(f"{REDIS}/{number}")
        if there.dbsize() == 0 and there.set(OWNER, mine, nx=True, ex=1800):
            try:
                yield f"{REDIS}/{number}"
            finally:
                there.flushdb()
                there.close()
            return
        there.close()
    pytest.skip("All numbered databases of Redis are in use.")


@contextmanager
def rabbitmq_host() -> Iterator[str]:
    """The address of a virtual host made for this run."""
    control = shutil.which("rabbitmqctl")
    if control is None or not answers(RABBITMQ):
        pytest.skip("RabbitMQ does not answer here; start it, or name it in FORESEE_TEST_RABBITMQ.")
    name = f"{OWNER}-{uuid.uuid4().hex[:8]}"
    user = urlsplit(RABBITMQ).username or "guest"

    def rabbitmqctl(*words: str) -> bool:
        done = subprocess.run([control, "-q", *words], check=False, capture_output=True)
        return done.returncode == 0

    if not rabbitmqctl("add_vhost", name):
        pytest.skip("rabbitmqctl may not add a virtual host; run the tests as root or rabbitmq.")
    try:
        assert rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
        yield f"{RABBITMQ}/{name}"
    finally:
        rabbitmqctl("delete_vhost", name)
