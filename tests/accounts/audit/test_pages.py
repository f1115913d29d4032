"""The audit log on a page and as a file: each sees what concerns them, nobody changes anything."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from accounts.audit.record import COMMAND_LINE, Action, record
from accounts.models import AuditEntry
from tests.team import make_user, sign_in

LOG = "/console/audit/"


@pytest.fixture
def ada(db):
    return make_user("ada")


def numbers(response):
    return [entry.number for entry in response.context["page"]]


def test_an_administrator_sees_every_entry_the_newest_first(researcher, ada):
    for name in ("first", "second"):
        record(COMMAND_LINE, Action.SURVEY_OPENED, name)
    page = researcher.get(LOG)
    assert numbers(page) == [3, 2, 1]
    assert "opened a study" in page.content.decode()


def test_others_see_what_they_did_and_what_was_done_to_their_account(ada):
    browser = sign_in(ada)
    record(COMMAND_LINE, Action.ACCOUNT_CLOSED, ada)
    record(COMMAND_LINE, Action.ACCOUNT_CLOSED, make_user("ben"))
    assert numbers(browser.get(LOG)) == [2, 1]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("who=command", [3, 2]),
        ("action=survey.closed", [3]),
        ("what=SHAPES", [3, 2]),
        ("what=user", [1]),
        ("since=2000-01-01&until=2001-01-01", []),
        ("since=2000-01-01", [3, 2, 1]),
        ("since=nonsense", [3, 2, 1]),
    ],
)
def test_it_is_filtered(researcher, query, chosen):
    record(COMMAND_LINE, Action.SURVEY_OPENED, "shapes")
    record(COMMAND_LINE, Action.SURVEY_CLOSED, "shapes")
    assert numbers(researcher.get(f"{LOG}?{query}")) == chosen


@pytest.mark.parametrize("page", [LOG, "/console/account/"])
def test_details_are_shown_whatever_they_are_called(researcher, page):
    rosa = User.objects.get(username="rosa")
    record(rosa, Action.DATA_EXPORTED, "shapes", rows={"items": 30, "trials": 98}, items=2, no={})
    shown = " ".join(researcher.get(page).content.decode().split())
    for name, text in (("rows", "items: 30; trials: 98"), ("items", "2"), ("no", "{}")):
        assert f'<span class="soft">{name}</span> {text}</span>' in shown


def test_it_is_shown_in_pages_that_keep_the_filter(researcher):
    for _ in range(60):
        record(COMMAND_LINE, Action.SURVEY_OPENED, "shapes")
    page = researcher.get(f"{LOG}?what=shapes")
    assert len(numbers(page)) == 50
    assert "?what=shapes&amp;page=2" in page.content.decode()
    assert len(numbers(researcher.get(f"{LOG}?what=shapes&page=2"))) == 10


def test_it_takes_few_queries(researcher, django_assert_max_num_queries):
    for _ in range(60):
        record(COMMAND_LINE, Action.SURVEY_OPENED, "shapes")
    with django_assert_max_num_queries(4):
        researcher.get(LOG)


def test_the_page_has_no_way_to_change_an_entry(researcher, ada):
    record(COMMAND_LINE, Action.SURVEY_OPENED, "shapes")
    before = list(AuditEntry.objects.values())
    for method in (researcher.post, researcher.put, researcher.patch, researcher.delete):
        assert method(LOG).status_code == 405
    assert list(AuditEntry.objects.values()) == before


def read(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def test_the_file_holds_the_chosen_entries_with_their_digests_and_taking_it_is_recorded(researcher):
    record(COMMAND_LINE, Action.SURVEY_OPENED, "shapes", seed=7)
    rows = read(researcher.post(reverse("accounts:export_audit"), {"what": "shapes"}))
    stored = AuditEntry.objects.get(number=2)
    (row,) = rows
    assert (row["number"], row["subject"], row["details_json"]) == ("2", "shapes", '{"seed": 7}')
    assert row["digest"] == stored.digest
    newest = AuditEntry.objects.first()
    assert (newest.action, newest.details) == ("audit.exported", {"filter": {"what": "shapes"}})


def test_a_spreadsheet_takes_no_cell_for_a_formula(researcher):
    record(COMMAND_LINE, Action.SURVEY_OPENED, "=1+1")
    rows = read(researcher.post(reverse("accounts:export_audit"), {"action": "survey.opened"}))
    assert rows[0]["subject"] == "'=1+1"


def test_an_owner_sees_the_log_of_the_study_and_of_no_other(team, survey):
    record(COMMAND_LINE, Action.SURVEY_OPENED, "another")
    page = team.ada.get(reverse("console:log", args=[survey.slug]))
    assert {entry.subject for entry in page.context["page"]} == {"shapes"}
    rows = read(team.ada.post(reverse("console:export_log", args=[survey.slug])))
    assert {row["subject"] for row in rows} == {"shapes"}
    assert AuditEntry.objects.first().subject == "shapes"
