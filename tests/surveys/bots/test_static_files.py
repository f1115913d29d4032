"""A server whose static files were not collected says so, instead of breaking at the first page."""

import pytest
from django.contrib.staticfiles import finders, storage
from django.core.management import CommandError, call_command

from study.probes.static_files import find_uncollected
from surveys.bots import policies
from surveys.bots.walker import run_bots
from surveys.checks.point import State
from surveys.models import Participant
from tests.surveys.checks.test_preflight import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, tmp_path):
    """The storage of real servers, in a folder where nothing was collected yet."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    return settings


def collect(settings):
    call_command("collectstatic", interactive=False, verbosity=0)
    # A process reads the manifest once; this is the next process.
    settings.STORAGES = dict(settings.STORAGES)


def test_bots_say_in_a_sentence_that_nothing_was_collected(server, survey):
    with pytest.raises(CommandError) as refusal:
        call_command("run_bots", survey.slug, participants=1, seed=1)
    assert str(refusal.value).startswith("The pages cannot be shown: ")
    assert f"were not collected into {server.STATIC_ROOT} on this machine" in str(refusal.value)
    assert "Run python manage.py collectstatic" in str(refusal.value)
    assert not Participant.objects.exists()


def test_bots_walk_once_everything_was_collected(server, survey):
    collect(server)
    assert find_uncollected() == []
    (bot,) = run_bots(survey, 1, 1, policies.uniform)
    assert bot.finished_at


def test_a_file_that_came_with_an_upgrade_is_missed(server, monkeypatch):
    collect(server)
    monkeypatch.setattr(
        "study.probes.static_files.get_finders", lambda: [*finders.get_finders(), OneMore()]
    )
    assert find_uncollected() == ["surveys/css/new.css"]


def test_the_list_before_opening_says_it(server, survey):
    point = find(survey, "static files")
    assert point.state == State.UNMET
    assert f"are not in {server.STATIC_ROOT}" in point.found


def test_a_developers_server_needs_nothing_collected(server):
    assert find_uncollected()
    server.DEBUG = True
    assert find_uncollected() == []


class OneMore:
    def list(self, ignored):
        yield "surveys/css/new.css", storage.StaticFilesStorage()
