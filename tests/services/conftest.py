"""Brokers and builds of the tests with real worker processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from celery.app.base import Celery

from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import Recipe, parse_recipe
from study.celery import app
from tests.pv_engine.conftest import TINY_RECIPE, write_photos
from tests.services.brokers import rabbitmq_host, redis_database


def many_items(folder: Path) -> Recipe:
    """The tiny recipe with items for six chunks, as a worker reads it: from its text alone."""
    write_photos(folder / "photos")
    text = TINY_RECIPE.replace("model_wrong = 2", "model_wrong = 30")
    return parse_recipe(text.replace("model_right = 3", "model_right = 12"), "tiny.toml", folder)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """As the workers of these tests: the bits of a training depend on the number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    return many_items(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def undisturbed(many: Recipe) -> str:
    """The content hash that one process makes of the recipe without any disturbance."""
    folder = many.folder
    build = StimulusBuild(many, folder / "work", folder / "out")
    while True:
        progress = build.advance(60.0)
        if progress.stimulus_folder:
            return progress.stimulus_folder.name


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    with redis_database() if request.param == "redis" else rabbitmq_host() as address:
        yield address


@pytest.fixture
def celery_app() -> Iterator[Celery]:
    """The application as it is outside the tests: messages go to a broker."""
    app.conf.task_always_eager = False
    yield app
    app.conf.task_always_eager = True
