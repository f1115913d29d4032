"""Builds belong to who started them; everybody looks at them."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from pv_engine.builds import services
from pv_engine.models import Build
from tests.team import make_user, sign_in

pytest_plugins = ["tests.pv_engine.builds_cast"]


@pytest.fixture
def adas(db, recipe, sent):
    """A build of ada's."""
    return services.start_build(recipe, make_user("ada"))


@pytest.mark.parametrize("do", ["cancel", "resume"])
def test_another_researcher_looks_at_a_build_but_does_not_steer_it(adas, do):
    ben = sign_in(make_user("ben"))
    page = ben.get(reverse("builds:detail", args=[adas.pk])).content.decode()
    assert "by ada" in page
    assert "Cancel the build" not in page
    response = ben.post(reverse(f"builds:{do}", args=[adas.pk]))
    assert response.status_code == 403
    assert "ada started this build" in response.content.decode()
    adas.refresh_from_db()
    assert adas.status == Build.Status.QUEUED


def test_its_starter_cancels_and_resumes_it_and_the_log_records_that(adas):
    ada = sign_in(adas.started_by)
    ada.post(reverse("builds:cancel", args=[adas.pk]))
    ada.post(reverse("builds:resume", args=[adas.pk]))
    entries = AuditEntry.objects.filter(action__startswith="build.").order_by("number")
    assert [entry.action for entry in entries] == [
        "build.started",
        "build.cancelled",
        "build.resumed",
    ]
    assert {(entry.actor, entry.subject) for entry in entries} == {("ada", f"tiny #{adas.pk}")}


def test_an_administrator_steers_every_build(adas, researcher):
    researcher.post(reverse("builds:cancel", args=[adas.pk]))
    adas.refresh_from_db()
    assert adas.status == Build.Status.CANCELLED


def test_a_build_of_the_command_line_is_steered_by_everybody(build):
    sign_in(make_user("ben")).post(reverse("builds:cancel", args=[build.pk]))
    build.refresh_from_db()
    assert build.status == Build.Status.CANCELLED
