"""One build that loses worker, broker and bucket, with as many pictures as --pictures says."""

from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from pv_engine.benchmarks.scale import open_build, recipe_of
from pv_engine.models import Build, BuildChunk
from tests.faults.servers import Redis
from tests.services.object_store import S3Server
from tests.services.processes import new_build, send, wait_for_the_end, wait_until, workers_on

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BUCKET = "foresee-scale"


@dataclass
class Scale:
    """How long to work at a time, and to wait, with that many pictures."""

    pictures: int
    folder: Path

    @property
    def items(self) -> int:
        """Of each stratum: some chunks with few pictures, 320 items in all with many."""
        return min(160, self.pictures // 20)

    @property
    def environment(self) -> dict[str, str]:
        """Segments of a few steps with few pictures, of twenty seconds with 50,000."""
        return {
            "BUILD_SEGMENT_SECONDS": str(self.pictures // 2500),
            "BUILD_LEASE_SECONDS": str(8 + self.pictures // 250),
        }

    @property
    def patience(self) -> float:
        return 180 + self.pictures / 5

    def undisturbed(self) -> str:
        """The content hash that one process makes."""
        build = open_build(self.pictures, self.items, self.folder / "undisturbed")
        while True:
            progress = build.advance(60.0)
            if progress.stimulus_folder:
                return progress.stimulus_folder.name


@pytest.fixture
def scale(pytestconfig, tmp_path):
    return Scale(pytestconfig.getoption("pictures"), tmp_path)


@pytest.fixture
def bucket_server(monkeypatch):
    running = S3Server()
    running.start()
    for name, value in {**running.settings(BUCKET), "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    boto3.client(
        "s3",
        endpoint_url=running.address,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    ).create_bucket(Bucket=BUCKET)
    yield running
    running.stop()


def test_a_build_that_loses_worker_broker_and_bucket_makes_the_set_that_it_would_have_made(
    scale, bucket_server, celery_app, tmp_path
):
    (tmp_path / "broker").mkdir()
    broker = Redis(tmp_path / "broker")
    broker.start()
    recipe = recipe_of(scale.pictures, scale.items, tmp_path)
    build = Build()

    def wait(holds):
        wait_until(lambda: holds() or not build.is_active, scale.patience)
        assert build.is_active, f"{build.error}\n{workers.log('two')[-3000:]}"

    def reaches(phase):
        build.refresh_from_db()
        return build.phase == phase and build.claimed_at is not None

    def waits_for_the_bucket():
        build.refresh_from_db()
        return "does not answer" in build.message

    held = BuildChunk.objects.filter(done_at=None).exclude(claimed_at=None)
    try:
        with workers_on(tmp_path, broker.address, **scale.environment) as workers:
            workers.start("one")
            build = new_build(recipe)
            send(celery_app, broker.address, build)
            wait(lambda: reaches("data"))
            workers.kill("one")
            workers.start("two")
            wait(lambda: reaches("classifier"))
            broker.kill()
            broker.start()
            wait(lambda: reaches("decoder"))
            bucket_server.stop()
            wait(waits_for_the_bucket)
            bucket_server.start()
            workers.start("three")
            holders: list[str] = []
            wait(lambda: holders.extend(held.values_list("worker", flat=True)) or holders)
            workers.kill(holders[0].removesuffix("@here"))
            wait_for_the_end(build, workers, scale.patience)
    finally:
        broker.kill()
    assert build.stimulus_set.content_sha256.startswith(scale.undisturbed())
