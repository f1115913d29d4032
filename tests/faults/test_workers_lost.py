"""Workers and brokers that are lost: the build ends, with the set that it would have made."""

import pytest
from django.utils import timezone

from pv_engine.models import BuildChunk
from tests.faults.servers import RabbitMq, Redis
from tests.services.brokers import redis_database
from tests.services.processes import new_build, send, wait_for_the_end, wait_until, workers_on

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis_address():
    with redis_database() as address:
        yield address


def in_phase(build, *phases):
    build.refresh_from_db()
    return build.phase in phases and build.claimed_at is not None


def test_a_worker_killed_in_mid_training_costs_no_more_than_its_segment(
    many, undisturbed, redis_address, celery_app, tmp_path
):
    with workers_on(tmp_path, redis_address) as workers:
        workers.start("one")
        build = new_build(many)
        send(celery_app, redis_address, build)
        wait_until(lambda: in_phase(build, "classifier", "decoder"))
        assert not build.stimulus_set
        workers.kill("one")
        workers.start("two")
        wait_for_the_end(build, workers)
    assert build.worker == "two@here"
    assert build.stimulus_set.content_sha256.startswith(undisturbed)


def test_a_worker_killed_in_mid_rendering_has_its_chunk_done_by_another(
    many, undisturbed, redis_address, celery_app, tmp_path
):
    with workers_on(tmp_path, redis_address) as workers:
        workers.start("one", "two")
        build = new_build(many)
        send(celery_app, redis_address, build)
        held = BuildChunk.objects.filter(build=build, done_at=None).exclude(claimed_at=None)
        holders = []
        wait_until(lambda: holders.extend(held.values_list("worker", flat=True)) or holders)
        workers.kill(holders[0].removesuffix("@here"))
        wait_for_the_end(build, workers)
    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    assert [chunk.number for chunk in build.chunks.exclude(done_at=None)] == list(range(6))
    assert build.stimulus_set.items.filter(is_example=False).count() == 42


@pytest.mark.parametrize("kind", [Redis, RabbitMq])
def test_a_broker_that_is_killed_and_starts_again_delays_the_build_and_no_more(
    kind, many, undisturbed, celery_app, tmp_path
):
    """Redis comes back empty here: what the database says is asked for again."""
    (tmp_path / "broker").mkdir()
    server = kind(tmp_path / "broker")
    server.start()
    try:
        with workers_on(tmp_path, server.address) as workers:
            workers.start("one")
            build = new_build(many)
            send(celery_app, server.address, build)
            wait_until(lambda: in_phase(build, "classifier", "decoder"))
            server.kill()
            server.start()
            wait_for_the_end(build, workers)
    finally:
        server.kill()
    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    assert build.finished_at <= timezone.now()
