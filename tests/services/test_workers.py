"""Builds through real worker processes on real brokers."""

import pytest

from tests.services.processes import new_build, send, wait_for_the_end, workers_on

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "builds"


def test_two_workers_share_the_rendering_and_make_the_set_that_one_makes(
    many, undisturbed, broker, celery_app, tmp_path
):
    with workers_on(tmp_path, broker) as workers:
        workers.start("one", "two")
        build = new_build(many)
        send(celery_app, broker, build)
        wait_for_the_end(build, workers)

    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    chunks = build.chunks.values_list("number", "worker", "done_at")
    assert [number for number, _, _ in chunks] == list(range(6))
    assert all(done for _, _, done in chunks)
    assert {worker for _, worker, _ in chunks} == {"one@here", "two@here"}


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
