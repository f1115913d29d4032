"""What every test may ask for: a database in a file, and a small survey with people in it."""

import gc
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from kombu.exceptions import OperationalError

from study.celery import app
from study.runs import workers
from study.runs.models import kinds
from surveys.models import Survey
from tests.factories import make_survey
from tests.surveys.visitor import Visitor
from tests.team import Team, make_team

# Before anything imports torch. Each process of a run computes with one thread, as do those that it
# starts: with as many threads as cores in each, they spend most of their time waiting in turn.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_configure() -> None:
    """Libraries and tests stay to the end: no garbage is looked for while they are imported."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a database, so that it can be run on another one: -m database."""
    fixtures = {"db", "transactional_db", "live_server"}
    for item in items:
        asked = fixtures.intersection(getattr(item, "fixturenames", ()))
        if asked or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make alone, and less often than after 700 objects."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A database for each process of each run, so that none drops or fills another's.

    SQLite's is a file, as in production: threads cannot wait for each other's locks in memory.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        database["TEST"]["NAME"] = f"test_foresee_{uuid.uuid4().hex[:12]}"


def leave_undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.report.html.inline_svg", lambda *given: "<svg></svg>")
    monkeypatch.setattr("analysis.report.folder.save_figure", lambda *given: b"")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are made, but not drawn, which takes long: for words, tables and numbers."""
    leave_undrawn(monkeypatch)


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker has started in this process yet, and one that does starts no thread."""
    monkeypatch.setattr(workers, "_started", set())
    monkeypatch.setattr(workers, "_resend_lost", lambda: None)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """`with no_broker():` no message is taken."""

    def refuse(*args: object, **more: object) -> None:
        raise OperationalError("connection refused")

    @contextmanager
    def without() -> Iterator[None]:
        with monkeypatch.context() as patch:
            for kind in kinds():
                patch.setattr(app.tasks[kind.task], "apply_async", refuse)
            yield

    return without


@pytest.fixture
def survey(db: None, tmp_path: Path) -> Survey:
    """An open survey with two conditions and four questions."""
    return make_survey(tmp_path)


@pytest.fixture
def ada(survey: Survey) -> Visitor:
    """Has just opened the first page, in a browser that runs its script."""
    visitor = Visitor(survey.slug)
    visitor.arrive()
    visitor.run_script()
    return visitor


@pytest.fixture
def ben(survey: Survey) -> Visitor:
    """Is half-way: two of four questions answered."""
    visitor = Visitor(survey.slug)
    visitor.begin()
    visitor.answer()
    visitor.answer()
    return visitor


@pytest.fixture
def cy(survey: Survey) -> Visitor:
    """Has answered everything."""
    visitor = Visitor(survey.slug)
    visitor.finish()
    return visitor


@pytest.fixture
def researcher(db: None) -> Client:
    """Signed in to the console as an administrator, who has every role in every study."""
    client = Client()
    client.force_login(User.objects.create_superuser("rosa", password="correct horse battery"))
    return client


@pytest.fixture
def team(survey: Survey) -> Team:
    """Who works on the survey: the browsers of owner ada, editor ben, viewer cy, stranger dee."""
    return make_team(survey)
