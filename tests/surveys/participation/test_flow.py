import pytest

from surveys.models import Participant, Survey, Trial
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_browser, make_survey
from tests.surveys.visitor import Visitor


def test_it_leads_from_consent_to_the_last_page(survey):
    visitor = Visitor(survey.slug)
    visitor.arrive()
    assert "agree" in visitor.form.choices
    visitor.agree()
    assert visitor.address == visitor.url("introduction/")
    visitor.begin()
    for position in range(1, 5):
        assert visitor.trial == position
        visitor.answer()
    assert visitor.is_done
    assert visitor.participant.finished_at is not None


@pytest.mark.parametrize("rest", ["introduction/", "trial/1/", "trial/4/", "thanks/", "other/x"])
def test_it_sends_a_visitor_who_has_not_agreed_to_the_first_page(ada, rest):
    ada.get(ada.url(rest))
    assert ada.address == ada.url()


@pytest.mark.parametrize(
    "rest", ["", "introduction/", "trial/1/", "trial/4/", "trial/77/", "thanks/", "other/x"]
)
def test_it_sends_a_participant_who_went_elsewhere_to_their_current_trial(ben, rest):
    ben.get(ben.url(rest))
    assert ben.trial == 3


@pytest.mark.parametrize("rest", ["", "introduction/", "trial/1/", "other/x"])
def test_it_keeps_who_has_finished_on_the_last_page(cy, rest):
    cy.get(cy.url(rest))
    assert cy.is_done


def test_a_query_string_does_no_harm(survey):
    visitor = Visitor(survey.slug)
    visitor.get(visitor.url("?PROLIFIC_PID=abc&STUDY_ID=d&SESSION_ID=e"))
    assert "agree" in visitor.form.choices


def test_reloading_shows_the_same_question_with_the_same_options(ben):
    before = ben.get(ben.url("trial/3/"))
    options = ben.form.choices["answer"]
    ben.get(ben.url("trial/3/"))
    assert ben.form.choices["answer"] == options
    assert before.status_code == 200


def test_a_closed_tab_loses_nothing(ben):
    # The browser keeps its cookie; the link that the participant was given is enough.
    ben.get(ben.url())
    assert ben.trial == 3
    while not ben.is_done:
        ben.answer()
    assert len(ben.responses) == 4


def test_agreeing_twice_takes_part_once(ada):
    form = {**ada.form.values, "agree": "yes"}
    ada.post(ada.url(), form)
    ada.post(ada.url(), form)
    assert ada.address == ada.url("introduction/")
    survey = Survey.objects.get()
    assert (Participant.objects.count(), survey.assigned) == (1, 1)


def test_leaving_the_introduction_twice_draws_the_trials_once(ada):
    ada.agree()
    form = ada.form.values
    ada.post(ada.url("introduction/"), form)
    ada.post(ada.url("introduction/"), form)
    assert ada.trial == 1
    assert Trial.objects.count() == 4


def test_without_agreement_nobody_takes_part(ada):
    response = ada.post(ada.url(), ada.form.values)
    assert response.status_code == 400
    assert "tick the box" in response.content.decode()
    assert not Participant.objects.exists()


def test_it_stores_nothing_about_a_visitor_before_they_agree(ada):
    assert Survey.objects.get().arrivals == 1
    assert not Participant.objects.exists()


def test_opening_the_first_page_again_is_not_another_arrival(ada):
    ada.arrive()
    assert Survey.objects.get().arrivals == 1


def arrivals():
    return Survey.objects.get().arrivals


def test_fetching_the_first_page_is_no_arrival(survey):
    for _ in range(5):
        Visitor(survey.slug).arrive()
    make_browser().head(f"/s/{survey.slug}/")
    assert make_browser().post(f"/s/{survey.slug}/arrived/").status_code == 403
    assert arrivals() == 0


def test_a_person_arrives_once_with_the_script_or_with_the_form(survey):
    visitor = Visitor(survey.slug)
    visitor.arrive()
    before = visitor.browser.cookies["participant"].value
    for _ in range(2):
        visitor.browser.cookies["participant"] = before
        assert visitor.run_script().status_code == 204
    visitor.send()
    assert arrivals() == 1
    visitor.begin_from_here()
    assert (arrivals(), visitor.trial) == (1, 1)


@pytest.mark.parametrize("chosen", [{}, {"agree": "no"}, {"agree": "yes"}])
def test_without_the_script_the_form_is_the_arrival(survey, chosen):
    visitor = Visitor(survey.slug)
    visitor.arrive()
    visitor.send(**chosen)
    assert arrivals() == 1
    visitor.arrive()
    visitor.browser.post(visitor.url(), {**chosen, **visitor.form.values})
    assert arrivals() == 1


def test_who_comes_to_a_full_study_has_arrived(db, tmp_path):
    survey = make_survey(tmp_path, more="[assignment]\nplaces = 1")
    Visitor(survey.slug).begin()
    late = Visitor(survey.slug)
    late.arrive()
    assert "All places are taken" in late.text
    late.run_script()
    assert arrivals() == 2


def test_assignment_follows_the_order_of_consent_not_of_arrival(survey):
    early, late = Visitor(survey.slug), Visitor(survey.slug)
    early.arrive()
    late.agree()
    early.agree()
    assert late.participant.number == 1
    assert early.participant.number == 2
    assert late.participant.condition != early.participant.condition


def test_it_honours_the_ratios(db, tmp_path):
    survey = make_survey(tmp_path, ratios=[2, 1])
    for _ in range(6):
        Visitor(survey.slug).agree()
    counts = [arm.participants.count() for arm in survey.conditions.order_by("position")]
    assert counts == [4, 2]


def test_a_browser_without_cookies_is_shown_what_to_do(survey, settings):
    settings.CSRF_FAILURE_VIEW = "surveys.participation.arrival.cookies_refused"
    visitor = Visitor(survey.slug)
    visitor.arrive()
    form = {**visitor.form.values, "agree": "yes"}
    response = make_browser().post(visitor.url(), form)
    assert response.status_code == 403
    assert "Allow cookies" in response.content.decode()


def test_a_browser_that_keeps_only_one_cookie_is_shown_what_to_do(ada):
    form = {**ada.form.values, "agree": "yes"}
    del ada.browser.cookies["participant"]
    response = ada.post(ada.url(), form)
    assert response.status_code == 403
    assert "Allow cookies" in response.content.decode()


def test_a_forged_cookie_counts_as_none(ada):
    ada.browser.cookies["participant"] = "forged"
    assert "has lost your place" in ada.get(ada.url("trial/1/")).text
    ada.get(ada.url())
    assert "agree" in ada.form.choices


def test_a_cookie_of_another_survey_counts_as_none(cy, tmp_path):
    other = make_survey(tmp_path, "other")
    visitor = Visitor(other.slug)
    visitor.browser.cookies["participant"] = cy.browser.cookies["participant"].value
    assert "has lost your place" in visitor.get(visitor.url("thanks/")).text


def test_a_survey_that_is_not_open_says_so(db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    response = make_browser().get(f"/s/{survey.slug}/")
    assert response.status_code == 403
    assert "not open yet" in response.content.decode()


def test_who_has_finished_still_sees_the_last_page_of_a_closed_survey(survey, cy):
    close_survey(survey)
    cy.get(cy.url())
    assert cy.is_done


def test_an_unknown_survey_says_so(db):
    response = make_browser().get("/s/nothing/")
    assert response.status_code == 404
    assert "no study at this address" in response.content.decode()


def test_pages_are_never_kept_by_the_browser(ben):
    assert "no-store" in ben.get(ben.url())["Cache-Control"]
