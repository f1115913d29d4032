"""The embedded broker: messages as files, whole or not at all."""

from time import monotonic

import pytest
from kombu import Connection
from kombu.transport.virtual import BrokerState

from study.server import broker


@pytest.fixture(autouse=True)
def nothing_declared_yet(monkeypatch):
    """Kombu remembers for the whole process which queues it has declared."""
    monkeypatch.setattr(broker.Transport, "global_state", BrokerState())


def connection(folder):
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    return Connection(
        "filesystem://",
        transport=broker.Transport,
        transport_options={
            "data_folder_in": folder / "messages",
            "data_folder_out": folder / "messages",
            "control_folder": folder / "control",
        },
    )


def test_messages_come_out_once_in_the_order_they_went_in(tmp_path):
    with connection(tmp_path) as there:
        queue = there.SimpleQueue("gpu")
        for number in (1, 2, 3):
            queue.put({"number": number})
            # Kombu names messages by the millisecond; wait for the next one without sleeping.
            wait_for_the_next_millisecond()
        received = []
        for _ in range(3):
            message = queue.get(timeout=1)
            received.append(message.payload["number"])
            message.ack()
        assert received == [1, 2, 3]
        assert list((tmp_path / "messages").iterdir()) == []


def wait_for_the_next_millisecond():
    now = round(monotonic() * 1000)
    while round(monotonic() * 1000) == now:
        pass


def test_a_message_that_is_still_being_written_is_not_taken(tmp_path):
    with connection(tmp_path) as there:
        queue = there.SimpleQueue("gpu")
        queue.put({"number": 1})
        (message,) = (tmp_path / "messages").iterdir()
        message.rename(message.with_name(message.name + ".part"))
        assert queue.qsize() == 0


def test_celery_uses_it_for_filesystem_addresses():
    from study.celery import app

    with app.connection_for_write("filesystem://") as there:
        assert there.get_transport_cls() is broker.Transport
