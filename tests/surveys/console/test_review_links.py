"""Reviewers read the results by a link: only these, and only while the link works."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from surveys.jobs.files import files_folder
from surveys.models import Job, ReviewLink, Survey
from surveys.studies.team.review_links import make_link

PAGE = "/console/surveys/shapes/reviewers/"


@pytest.fixture
def link(survey, researcher, settings, tmp_path, django_user_model):
    """The address of a new link to an unblinded study with a report and an export."""
    settings.REPORTS_DIR = tmp_path / "reports"
    now = timezone.now()
    Survey.objects.update(status="closed", closed_at=now, unblinded_at=now)
    files_folder(survey).mkdir(parents=True)
    for kind in ("report", "export"):
        name = f"shapes-{kind}"
        Job.objects.create(
            survey=survey, kind=kind, status="finished", file_name=f"{name}.zip", sha256="ab" * 32
        )
        for ending in ("zip", "html"):
            (files_folder(survey) / f"{name}.{ending}").write_text(name)
    rosa = django_user_model.objects.get(username="rosa")
    return f"/console/review/{make_link(survey, 'Reviewer 2', 30, rosa)}/"


def test_a_reviewer_reads_report_and_data_and_the_log_says_so(link, client):
    page = client.get(link).content.decode()
    assert "Reviewer 2" in page
    assert 'href="report/"' in page
    assert client.get(f"{link}report/").getvalue() == b"shapes-report"
    assert client.get(f"{link}data/").getvalue() == b"shapes-export"
    used = AuditEntry.objects.filter(action="review_link.used")
    assert {entry.actor for entry in used} == {"a reviewers’ link"}
    assert used.count() == 2


def test_it_opens_nothing_else(link, client):
    client.get(link)
    assert client.get("/console/surveys/shapes/results/").status_code == 302


def test_a_revoked_or_expired_link_opens_nothing(link, researcher, client):
    ReviewLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "has expired" in client.get(link).content.decode()
    ReviewLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    researcher.post(f"{PAGE}{ReviewLink.objects.get().pk}/revoke/")
    for address in (link, f"{link}report/", f"{link}data/"):
        answer = client.get(address)
        assert (answer.status_code, "was revoked" in answer.content.decode()) == (410, True)


def test_while_the_study_is_blind_there_is_nothing_to_read(link, client):
    Survey.objects.update(unblinded_at=None)
    assert "No results yet" in client.get(link).content.decode()
    answer = client.get(f"{link}data/", follow=True)
    assert answer.request["PATH_INFO"] == link


def test_owners_make_links_and_their_secret_is_shown_once(team):
    answer = team.ada.post(PAGE, {"label": "The editor", "days": "90"})
    address = answer.context["link"]
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    secret = address.rstrip("/").rpartition("/")[2]
    assert secret not in team.ada.get(PAGE).content.decode()
    assert not ReviewLink.objects.filter(secret_sha256=secret).exists()
    assert team.ben.post(PAGE, {"label": "x", "days": "90"}).status_code == 403


@pytest.mark.parametrize(("label", "days"), [("", "30"), ("x" * 101, "30"), ("x", "31"), ("x", "")])
def test_a_link_needs_a_label_and_an_end(researcher, survey, label, days):
    researcher.post(PAGE, {"label": label, "days": days})
    assert not ReviewLink.objects.exists()
