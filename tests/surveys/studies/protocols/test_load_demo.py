"""The demo study, and a fresh one beside it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.management.commands import load_demo
from surveys.models import Participant, Survey
from tests.surveys.visitor import Visitor
from tests.team import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def researcher():
    return make_user("researcher")


def load(**options):
    return call_command("load_demo", stdout=StringIO(), **options)


def states():
    return dict(Survey.objects.order_by("pk").values_list("slug", "status"))


def test_it_says_where_to_take_part(settings):
    settings.SITE_URL = "http://127.0.0.1:8123"
    assert load() == "Take part        http://127.0.0.1:8123/s/demo/"
    assert load() == load()
    assert states() == {"demo": "open"}


def test_a_fresh_one_takes_bots_after_people_took_part_and_keeps_what_they_gave():
    load()
    Visitor("demo").begin()
    entry = load(again=True)
    assert entry.endswith("/s/demo-2/")
    assert states() == {"demo": "closed", "demo-2": "open"}
    fresh = Survey.objects.get(slug="demo-2")
    assert len(list(run_bots(fresh, 1, 1, uniform))) == 1
    assert Participant.objects.filter(survey__slug="demo").count() == 1


def test_the_next_start_names_the_newest_one():
    load()
    load(again=True)
    assert load().endswith("/s/demo-2/")
    assert load(again=True).endswith("/s/demo-3/")


def test_pilots_of_the_demo_are_none():
    load()
    call_command("load_study", "fixtures/demo_protocol.toml", slug="demo-pilot-1", verbosity=0,
                 stdout=StringIO())  # fmt: skip
    assert load().endswith("/s/demo/")


def test_where_there_is_none_there_is_nothing_to_begin_again():
    with pytest.raises(CommandError, match="no demo study yet"):
        load(again=True)


def test_a_demo_of_an_earlier_version_is_kept_as_it_is(tmp_path, monkeypatch):
    """Its protocol and stimulus set may be others than those that are shipped now."""
    load()
    before = Survey.objects.get(slug="demo").protocol_sha256
    folder = load_demo.PROTOCOL.parent
    written = load_demo.PROTOCOL.read_text().replace('"stimuli/', f'"{folder}/stimuli/')
    newer = tmp_path / "demo_protocol.toml"
    newer.write_text(written.replace("seed = 1", "seed = 2"))
    monkeypatch.setattr(load_demo, "PROTOCOL", newer)
    assert load().endswith("/s/demo/")
    assert Survey.objects.get(slug="demo").protocol_sha256 == before
    assert load(again=True).endswith("/s/demo-2/")
    assert Survey.objects.get(slug="demo-2").protocol_sha256 != before
