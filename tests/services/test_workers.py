"""Builds through real worker processes on real brokers."""

import pytest

from pv_engine.models import BuildChunk
from tests.services.processes import new_build, send, wait_for_the_end, workers_on

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "builds"


def test_two_workers_share_the_rendering_and_make_the_set_that_one_makes(
    many, undisturbed, broker, celery_app, tmp_path
):
    """Two builds at once, so that neither worker is still starting when there is work to share."""
    with workers_on(tmp_path, broker) as workers:
        workers.start("one", "two")
        builds = [new_build(many), new_build(many)]
        for build in builds:
            send(celery_app, broker, build)
        for build in builds:
            wait_for_the_end(build, workers)

    chunks = BuildChunk.objects.filter(build__in=builds)
    assert set(chunks.values_list("worker", flat=True)) == {"one@here", "two@here"}
    for build in builds:
        assert build.stimulus_set.content_sha256.startswith(undisturbed)
        assert [chunk.number for chunk in build.chunks.exclude(done_at=None)] == list(range(6))


def test_a_message_that_comes_three_times_builds_once(
    many, undisturbed, broker, celery_app, tmp_path
):
    with workers_on(tmp_path, broker, BUILD_SEGMENT_SECONDS="10") as workers:
        workers.start("one")
        build = new_build(many)
        for _ in range(3):
            send(celery_app, broker, build)
        wait_for_the_end(build, workers)
    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    assert build.stimulus_set.items.filter(is_example=False).count() == 42
