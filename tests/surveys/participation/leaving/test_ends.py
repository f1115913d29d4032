"""Every end has its sentence, its code and its way back: also when the study closes in between."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from surveys.checks.stored_data import find_problems
from surveys.export.rows.people import participant_rows
from surveys.models import Event, Participant, Survey
from surveys.participation.people.assignment import places_taken
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey
from surveys.studies.lifecycle.stopping import find_sample
from tests.factories import make_survey
from tests.surveys.everything import PANEL, QUESTIONNAIRE
from tests.surveys.visitor import Visitor

STRICT = "\n[stopping]\nmay_finish = false\n"
CLOSES = "\n[sample]\nsize = 1\n[stopping]\nclose = true\n"


@pytest.fixture
def make(db, tmp_path):
    return lambda more="", **changes: make_survey(tmp_path, more=PANEL + more, **changes)


def come(survey, person="abc"):
    visitor = Visitor(survey.slug)
    visitor.arrive(f"?PROLIFIC_PID={person}")
    return visitor


def under_way(survey, person="abc"):
    """Somebody who has answered the first of the questions."""
    visitor = come(survey, person)
    visitor.begin_from_here()
    visitor.answer()
    return visitor


def ends_with(visitor, code, sentence):
    """Whether the visitor sees the code and the sentence, and the way back has the code, too."""
    back = visitor.browser.get(visitor.url("return/"))["Location"]
    assert visitor.is_over
    assert sentence in visitor.text
    assert f"<strong>{code}</strong>" in visitor.text
    assert back == f"https://app.example.org/complete?cc={code}"
    return True


def test_who_comes_to_a_closed_study_has_a_code_and_a_way_back(make):
    survey = make()
    close_survey(survey)
    late = come(survey)
    assert late.seen[-1].status_code == 200
    assert ends_with(late, "CLOSED", "This study is closed")
    assert "withdraw/" not in late.text
    assert (Survey.objects.get().arrivals, Participant.objects.count()) == (0, 0)


def test_so_has_who_was_reading_the_first_page_while_it_closed(make):
    survey = make()
    reading = come(survey)
    close_survey(survey)
    reading.send_consent()
    assert ends_with(reading, "CLOSED", "This study is closed")
    assert Participant.objects.count() == 0


def test_so_has_who_comes_after_its_rule_is_met(make):
    survey = make(CLOSES)
    come(survey, "1").finish()
    assert ends_with(come(survey, "2"), "CLOSED", "This study is closed")


@pytest.mark.parametrize("place", ["introduction", "trial", "questions"])
def test_who_is_under_way_when_the_study_closes_may_finish(make, place):
    survey = make(QUESTIONNAIRE)
    visitor = come(survey)
    visitor.go_to(place)
    close_survey(survey)
    visitor.finish()
    assert ends_with(visitor, "C0MPLETE", "Thank you!")
    assert list(find_problems(Survey.objects.get())) == []


def test_who_has_agreed_when_the_study_closes_is_still_given_a_condition(make):
    survey = make('[comprehension]\n[[comprehension.questions]]\nquestion = "Guess what?"\n'
                  'options = ["The image", "The model"]\nanswer = 2\n')  # fmt: skip
    visitor = come(survey)
    visitor.go_to("comprehension")
    close_survey(survey)
    visitor.finish()
    assert visitor.participant.number == 1
    assert ends_with(visitor, "C0MPLETE", "Thank you!")


def test_who_left_long_before_the_closing_does_not_go_on_but_is_informed_and_has_a_code(make):
    survey = make()
    visitor = under_way(survey)
    Participant.objects.update(last_active_at=F("last_active_at") - timedelta(hours=1))
    close_survey(survey)
    form = visitor.filled_form()
    visitor.get(visitor.url())
    assert ends_with(visitor, "PARTIAL", "This study is closed")
    visitor.post(visitor.url("trial/2/"), form)
    assert visitor.address == visitor.url("closed/")
    assert len(visitor.responses) == 1


def test_a_protocol_may_say_that_nobody_finishes_after_the_closing(make):
    survey = make(STRICT)
    visitor, early = under_way(survey), come(survey, "early")
    early.send_consent()
    close_survey(survey)
    visitor.answer()
    assert ends_with(visitor, "PARTIAL", "Your answers so far have been stored")
    early.send()
    assert ends_with(early, "CLOSED", "It no longer accepts answers")
    assert len(visitor.responses) == 1


def test_nobody_answers_once_somebody_knows_which_condition_is_which(make):
    survey = make()
    visitor = under_way(survey)
    close_survey(survey)
    unblind(Survey.objects.get(), User.objects.create_user("rosa"), survey.slug)
    visitor.answer()
    assert ends_with(visitor, "PARTIAL", "This study is closed")
    assert len(visitor.responses) == 1


def test_who_withdraws_has_a_code_and_a_way_back(make):
    visitor = under_way(make())
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    assert ends_with(visitor, "WITHDRAWN", "You have withdrawn")


# Stopping, with what was given kept


def stop(visitor):
    visitor.get(visitor.url("withdraw/"))
    return visitor.send(keep="yes")


def test_who_stops_keeps_what_was_given_and_has_a_code(make):
    survey = make()
    visitor = under_way(survey)
    stop(visitor)
    assert ends_with(visitor, "PARTIAL", "Your answers so far have been stored")
    person = visitor.participant
    assert (person.n_answered, len(visitor.responses)) == (1, 1)
    assert person.events.last().kind == Event.Kind.STOP
    assert list(find_problems(Survey.objects.get())) == []


def test_who_has_stopped_stays_so_wherever_they_go(make):
    visitor = under_way(make())
    form = visitor.filled_form()
    stop(visitor)
    for address in ("", "trial/2/", "thanks/"):
        visitor.get(visitor.url(address))
        assert visitor.address == visitor.url("stopped/")
    visitor.post(visitor.url("trial/2/"), form)
    assert visitor.address == visitor.url("stopped/")
    assert len(visitor.responses) == 1


def test_who_has_stopped_may_still_withdraw(make):
    survey = make()
    visitor = under_way(survey)
    stop(visitor)
    visitor.get(visitor.url("withdraw/"))
    assert "Stop and keep" not in visitor.text
    visitor.send(keep="yes")
    assert ends_with(visitor, "WITHDRAWN", "You have withdrawn")
    assert visitor.responses == []
    assert list(find_problems(Survey.objects.get())) == []


def test_where_nothing_was_answered_there_is_nothing_to_keep(make):
    visitor = come(make())
    visitor.begin_from_here()
    visitor.get(visitor.url("withdraw/"))
    assert "Stop and keep" not in visitor.text


def test_who_has_stopped_holds_no_place_and_does_not_count(make):
    survey = make("\n[assignment]\nplaces = 1\n[sample]\nsize = 1\n")
    visitor = under_way(survey)
    assert places_taken(survey, survey.protocol) == 1
    stop(visitor)
    assert (places_taken(survey, survey.protocol), find_sample(survey).counted) == (0, 0)


def test_who_stops_at_the_last_questions_counts_as_finished(make):
    survey = make(QUESTIONNAIRE + "\n[sample]\nsize = 2\n")
    visitor = come(survey)
    visitor.go_to("questions")
    stop(visitor)
    assert find_sample(survey).counted == 1


def test_a_survey_closes_by_its_rule_when_the_last_one_under_way_stops(make):
    survey = make(CLOSES)
    visitor = under_way(survey)
    come(survey, "2").finish()
    assert Survey.objects.get().is_open
    stop(visitor)
    assert Survey.objects.get().closed_by_rule


def test_the_export_says_how_it_ended(make):
    survey = make()
    stop(under_way(survey))
    (row,) = participant_rows(survey)
    assert "partial" in row


# A cookie that is lost, and a browser that two people use


def test_who_has_lost_the_cookie_is_informed_in_mid_study(survey, ben):
    del ben.browser.cookies["participant"]
    response = ben.get(ben.url("trial/3/"))
    assert response.status_code == 403
    assert "has lost your place" in ben.text
    assert "you have to start again" in ben.text


def test_so_is_who_sends_an_answer_without_any_cookie(ben, settings):
    settings.CSRF_FAILURE_VIEW = "surveys.participation.arrival.cookies_refused"
    response = Client(enforce_csrf_checks=True).post(ben.url("trial/3/"), ben.filled_form())
    assert response.status_code == 403
    assert "has lost your place" in response.text


def test_who_came_from_a_panel_gets_the_place_back_by_the_panels_link(make):
    visitor = under_way(make())
    visitor.browser.cookies.clear()
    visitor.get(visitor.url("trial/2/"))
    assert "open the study again from the page that invited you" in visitor.text
    visitor.arrive("?PROLIFIC_PID=abc")
    assert visitor.trial == 2


def test_another_person_may_start_in_the_same_browser(survey, ben):
    first = ben.participant
    ben.get(ben.url("another/"))
    ben.send()
    assert "agree" in ben.form.choices
    ben.begin_from_here()
    assert ben.participant != first
    first.refresh_from_db()
    assert (first.n_answered, Survey.objects.get().arrivals) == (2, 2)


@pytest.mark.parametrize("way", ["finish", "withdraw"])
def test_the_offer_stands_on_the_ends_too(survey, ben, way):
    if way == "finish":
        ben.finish()
    else:
        ben.get(ben.url("withdraw/"))
        ben.send()
    assert 'href="/s/shapes/another/"' in ben.text


def test_only_asking_changes_nothing(ben):
    ben.get(ben.url("another/"))
    ben.get(ben.url())
    assert ben.trial == 3


def test_a_panels_id_says_who_it_is(make):
    visitor = under_way(make())
    assert "another/" not in visitor.text
    visitor.get(visitor.url("another/"))
    assert visitor.trial == 2
