import csv
import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.audit.record import COMMAND_LINE
from surveys.checks.stored_data import find_problems
from surveys.models import PanelIdentity, Participant, Survey
from surveys.participation.leaving.erasure import apply_retention
from surveys.participation.leaving.withdrawal import WITHDRAWN_ID, hashed_panel_id
from tests.factories import make_survey
from tests.surveys.everything import CHECKS, COMPREHENSION, PANEL, QUESTIONNAIRE
from tests.surveys.visitor import Visitor

LINK = "?PROLIFIC_PID=abc&STUDY_ID=s1&SESSION_ID=v1"
ADDRESS = "https://app.example.org/complete?cc="


@pytest.fixture
def survey(db, tmp_path):
    return make_survey(tmp_path, more=PANEL)


def come(survey, link=LINK):
    visitor = Visitor(survey.slug)
    visitor.arrive(link)
    return visitor


def return_address(visitor):
    """Where the way back leads."""
    response = visitor.browser.get(visitor.url("return/"))
    return response["Location"]


def test_the_panels_ids_are_stored_only_when_their_owner_agrees(survey):
    visitor = come(survey)
    assert not PanelIdentity.objects.exists()
    visitor.send_consent()
    identity = PanelIdentity.objects.get()
    assert (identity.panel_id, identity.study_id, identity.session_id) == ("abc", "s1", "v1")
    assert identity.participant == visitor.participant


def test_the_ids_do_not_follow_the_participant_from_page_to_page(survey):
    visitor = come(survey, "?PROLIFIC_PID=somebody-7")
    visitor.finish()
    for response in visitor.seen:
        assert "somebody-7" not in response.content.decode()
        assert "somebody-7" not in response.headers.get("Location", "")


def test_the_same_panel_id_comes_back_to_the_same_participant_in_another_browser(survey):
    visitor = come(survey)
    visitor.begin_from_here()
    visitor.answer()
    again = come(survey)
    assert again.trial == 2
    assert again.participant == visitor.participant
    again.finish()
    assert Participant.objects.count() == 1
    assert list(find_problems(Survey.objects.get())) == []


def test_another_panel_id_at_the_same_browser_is_another_participant(survey):
    visitor = come(survey)
    visitor.begin_from_here()
    first = visitor.participant
    visitor.arrive("?PROLIFIC_PID=def")
    assert "agree" in visitor.form.choices
    visitor.begin_from_here()
    assert visitor.participant != first


def test_one_person_who_agrees_in_two_browsers_takes_part_once(survey):
    one, two = come(survey), come(survey)
    one.send_consent()
    two.send_consent()
    assert Participant.objects.count() == 1
    assert two.participant == one.participant
    assert two.address == one.url("introduction/")


@pytest.mark.parametrize(
    ("panel", "link"),
    [
        ('name = "prolific"', "?PROLIFIC_PID=x&STUDY_ID=y&SESSION_ID=z"),
        ('name = "sona"', "?survey_code=x&experiment_id=y&credit_token=z"),
        ('name = "mturk"', "?workerId=x&hitId=y&assignmentId=z"),
        ('name = "other"\nparticipant = "pid"', "?pid=x&study=y&session=z"),
    ],
)
def test_each_panel_has_its_own_parameter_names(db, tmp_path, panel, link):
    visitor = come(make_survey(tmp_path, more=f"[panel]\n{panel}"), link)
    visitor.send_consent()
    identity = PanelIdentity.objects.get()
    assert (identity.panel_id, identity.study_id, identity.session_id) == ("x", "y", "z")


@pytest.mark.parametrize("given", ["a" * 101, "a%00b", "a%0ab"])
def test_an_id_that_cannot_be_one_is_left_out(survey, given):
    come(survey, f"?PROLIFIC_PID={given}").send_consent()
    assert not PanelIdentity.objects.exists()
    assert Participant.objects.count() == 1


def test_without_a_panel_the_parameters_are_not_kept(db, tmp_path):
    visitor = come(make_survey(tmp_path, "plain"))
    visitor.finish()
    assert not PanelIdentity.objects.exists()


def test_a_survey_for_a_panel_only_takes_nobody_else(db, tmp_path):
    survey = make_survey(tmp_path, more='[panel]\nname = "prolific"\nrequired = true')
    visitor = come(survey, "")
    assert visitor.seen[-1].status_code == 403
    assert "use the link that invited you" in visitor.text
    assert "agree" in come(survey).form.choices


MTURK = '[panel]\nname = "mturk"\n[panel.codes]\ncomplete = "C0MPLETE"'
FRAMES = (
    "?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=h",
    "?assignmentId=a&hitId=h&workerId=w&turkSubmitTo=https%3A%2F%2Fworkersandbox.mturk.com",
)


@pytest.mark.parametrize("link", FRAMES)
def test_inside_mechanical_turks_frame_a_worker_is_asked_to_return_the_task(db, tmp_path, link):
    visitor = come(make_survey(tmp_path, more=MTURK), link)
    page = visitor.seen[-1]
    assert page.status_code == 403
    assert "does not run inside Mechanical Turk" in page.text
    assert "return the task" in page.text
    assert (Survey.objects.get().arrivals, visitor.browser.cookies.get("participant")) == (0, None)
    # The page has to be seen where the worker is; it holds nothing to be clicked.
    assert "X-Frame-Options" not in page
    ancestors = "frame-ancestors https://worker.mturk.com https://workersandbox.mturk.com"
    assert ancestors in page["Content-Security-Policy"]
    assert "<form" not in page.text


def test_no_other_page_may_be_framed(db, tmp_path):
    visitor = come(make_survey(tmp_path, more=MTURK), "?workerId=w")
    visitor.finish()
    for page in visitor.seen:
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_a_worker_who_follows_the_survey_link_copies_the_code(db, tmp_path):
    visitor = come(make_survey(tmp_path, more=MTURK), "?workerId=w")
    visitor.finish()
    assert "C0MPLETE" in visitor.text
    assert "return.js" not in visitor.text


@pytest.mark.parametrize("link", FRAMES)
def test_on_other_panels_these_parameters_mean_nothing(survey, link):
    assert "agree" in come(survey, link).form.choices


# Completion codes


def test_the_code_comes_only_after_the_last_answer_is_stored(db, tmp_path):
    visitor = come(make_survey(tmp_path, more=PANEL + QUESTIONNAIRE))
    while not visitor.is_done:
        assert "C0MPLETE" not in visitor.text
        assert not return_address(visitor).startswith("https:")
        visitor.send(**visitor.choices())
    assert "C0MPLETE" in visitor.text
    assert return_address(visitor) == f"{ADDRESS}C0MPLETE"


def test_failed_checks_have_a_code_of_their_own(db, tmp_path):
    visitor = come(make_survey(tmp_path, more=PANEL + CHECKS))
    visitor.go_to("trial")
    while not visitor.is_done:
        wrong = [o for o in visitor.form.choices["answer"] if o != visitor.asked_for]
        visitor.send(answer=wrong[0])
    assert "FAILED" in visitor.text
    assert return_address(visitor) == f"{ADDRESS}FAILED"


def test_a_screened_out_participant_gets_that_code(db, tmp_path):
    visitor = come(make_survey(tmp_path, more=PANEL + COMPREHENSION))
    visitor.go_to("comprehension")
    for _ in range(2):
        visitor.send(answer_1="1", answer_2="1")
    assert "SCREENED" in visitor.text
    assert return_address(visitor) == f"{ADDRESS}SCREENED"


def test_a_participant_who_does_not_agree_gets_that_code(survey):
    visitor = come(survey)
    visitor.send(agree="no")
    assert "NOCONSENT" in visitor.text
    assert return_address(visitor) == f"{ADDRESS}NOCONSENT"
    assert not PanelIdentity.objects.exists()


def test_a_participant_who_comes_too_late_gets_that_code(db, tmp_path):
    survey = make_survey(tmp_path, more=PANEL + "\n[assignment]\nplaces = 1")
    early, waiting = come(survey, "?PROLIFIC_PID=1"), come(survey, "?PROLIFIC_PID=2")
    early.send_consent()
    late = come(survey, "?PROLIFIC_PID=3")
    waiting.send_consent()
    for visitor in (late, waiting):
        assert "FULL" in visitor.text
        assert return_address(visitor) == f"{ADDRESS}FULL"


def test_the_address_may_contain_the_panels_own_id(db, tmp_path):
    panel = PANEL.replace("cc={code}", "cc={code}&who={participant}")
    visitor = come(make_survey(tmp_path, more=panel), "?PROLIFIC_PID=a%26b")
    visitor.finish()
    assert return_address(visitor) == f"{ADDRESS}C0MPLETE&who=a%26b"


def test_no_page_names_the_panels_address(survey):
    visitor = come(survey)
    visitor.finish()
    assert all("example.org" not in response.content.decode() for response in visitor.seen)


# Export


def test_panel_ids_are_exported_on_request_into_a_file_of_their_own(survey, tmp_path):
    come(survey).finish()
    out, ids = tmp_path / "export", tmp_path / "private" / "ids.csv"
    call_command("export_study", survey.slug, out=out, panel_ids=ids, stdout=StringIO())
    (row,) = csv.DictReader(ids.read_text().splitlines())
    assert (row["panel_id"], row["outcome"], row["code"]) == ("abc", "complete", "C0MPLETE")
    tables = [file.read_text().splitlines() for file in (out / "data").glob("*.csv")]
    cells = {cell for lines in tables for line in csv.reader(lines) for cell in line}
    assert row["participant_id"] in cells
    assert ids.stat().st_mode & 0o077 == 0
    # Hashes may hold any three letters, so cells are compared whole.
    assert not {"abc", "v1", "s1"} & cells
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_study", survey.slug, out=out, replace=True, panel_ids=ids)


def test_panel_ids_never_go_into_the_data_set(survey, tmp_path):
    out = tmp_path / "export"
    with pytest.raises(CommandError, match="data set's own folder"):
        call_command("export_study", survey.slug, out=out, panel_ids=out / "ids.csv")
    assert not out.exists()


def test_the_logs_name_nobody(survey, caplog):
    caplog.set_level(logging.DEBUG)
    visitor = come(survey)
    visitor.browser.defaults["REMOTE_ADDR"] = "203.0.113.77"
    visitor.browser.defaults["HTTP_USER_AGENT"] = "Zebra/5.0"
    visitor.finish()
    visitor.post(visitor.url(), {"agree": "yes"})
    visitor.get(visitor.url("trial/99/"))
    for secret in ("203.0.113.77", "Zebra", visitor.participant.token):
        assert secret not in caplog.text


def withdraw(visitor):
    visitor.get(visitor.url("withdraw/"))
    visitor.send()


def test_nobody_gets_another_try_at_the_comprehension_check_by_withdrawing(db, tmp_path):
    survey = make_survey(tmp_path, more=PANEL + COMPREHENSION)
    visitor = come(survey)
    visitor.send_consent()
    for _ in range(2):
        visitor.send(answer_1="1", answer_2="1")
    assert visitor.participant.turned_away
    withdraw(visitor)
    again = come(survey)
    assert again.address == again.url("withdrawn/")
    assert Participant.objects.count() == 1
    person = Participant.objects.get()
    assert person.turned_away == "screened_out"
    assert list(find_problems(Survey.objects.get())) == []


def test_nobody_who_failed_the_attention_checks_starts_again_by_withdrawing(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=1, more=PANEL + CHECKS)
    visitor = come(survey)
    visitor.finish()
    withdraw(visitor)
    assert come(survey).address.endswith("/withdrawn/")
    assert Participant.objects.count() == 1


def test_a_tombstone_holds_a_keyed_hash_and_not_the_id(survey, settings, tmp_path):
    visitor = come(survey)
    visitor.send_consent()
    withdraw(visitor)
    stored = PanelIdentity.objects.get().panel_id
    assert (len(stored), PanelIdentity.objects.get().study_id) == (len(WITHDRAWN_ID) + 64, "")
    assert "abc" not in stored
    other = make_survey(tmp_path, "other", more=PANEL)
    assert hashed_panel_id(other.pk, "abc") != stored
    settings.SECRET_KEY = "another"
    assert hashed_panel_id(survey.pk, "abc") != stored


def test_who_withdraws_while_the_consent_page_is_open_elsewhere_stays_withdrawn(survey):
    visitor, elsewhere = come(survey), come(survey)
    visitor.send_consent()
    withdraw(visitor)
    elsewhere.send_consent()
    assert elsewhere.address == elsewhere.url("withdrawn/")
    assert Participant.objects.count() == 1


def test_the_retention_removes_the_hash_too(survey):
    visitor = come(survey)
    visitor.send_consent()
    withdraw(visitor)
    long_ago = timezone.now() - timedelta(days=40)
    Survey.objects.update(status=Survey.Status.CLOSED, closed_at=long_ago)
    assert apply_retention(30, COMMAND_LINE) == {survey.slug: 1}
    assert not PanelIdentity.objects.exists()
