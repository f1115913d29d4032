"""Nobody learns which condition is which before the survey is closed and somebody says so."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from accounts.audit.record import Action
from accounts.models import AuditEntry
from analysis.data.labels import condition_label
from pv_engine.recipe.conditions import CONDITIONS, title_of
from surveys.errors import BlindingError
from surveys.models import Survey, Unblinding
from surveys.randomisation.seeds import blind_letters
from surveys.studies.blinding import condition_labels, picture_labels, require_unblinded, unblind
from surveys.studies.lifecycle.publishing import close_survey, open_survey
from tests.factories import make_survey


@pytest.fixture
def rosa(db):
    return User.objects.create_user("rosa-levi", first_name="Rosa", last_name="Levi")


@pytest.fixture
def closed(survey):
    close_survey(survey)
    return survey


def unblind_page(survey):
    return f"/console/surveys/{survey.slug}/results/unblind/"


def test_conditions_are_letters_in_their_order_until_the_end(closed, rosa):
    letters = blind_letters(["gradcam", "pv"], closed.seed)
    assert condition_labels(closed) == letters
    assert list(condition_labels(closed).values()) == ["A", "B"]
    unblind(closed, rosa, closed.slug)
    assert condition_labels(closed) == {
        "gradcam": f"Grad-CAM ({letters['gradcam']})",
        "pv": f"PV ({letters['pv']})",
    }


def test_the_console_and_the_report_call_a_condition_the_same():
    assert {name: title_of(name) for name in CONDITIONS} == {
        name: condition_label(name) for name in CONDITIONS
    }
    assert title_of("of-another-set") == "of-another-set"


def test_a_condition_without_a_picture_takes_no_number(tmp_path, db):
    survey = make_survey(tmp_path, conditions=("gradcam", "pv", "none"))
    labels = picture_labels(survey)
    assert labels.pop("none") == "No picture"
    assert set(labels.values()) == {"Picture 1", "Picture 2"}


def test_pictures_are_numbered_in_an_order_that_the_letters_do_not_reveal(survey):
    same = 0
    names = [arm.name for arm in survey.protocol.conditions]
    for seed in range(200):
        survey.seed = seed
        letters, numbers = blind_letters(names, seed), picture_labels(survey)
        assert set(numbers.values()) == {"Picture 1", "Picture 2"}
        same += (letters["pv"] == "A") == (numbers["pv"] == "Picture 1")
    # 100 expected of 200, standard deviation 7.
    assert 70 < same < 130


def test_a_named_person_unblinds_and_it_is_written_down(closed, rosa):
    unblind(closed, rosa, closed.slug)
    written = Unblinding.objects.get()
    assert (written.survey, written.by, written.by_name) == (closed, rosa, "Rosa Levi")
    assert written.at == closed.unblinded_at
    assert not closed.is_blind
    logged = AuditEntry.objects.get(action=Action.SURVEY_UNBLINDED)
    assert (logged.actor_id, logged.subject_id) == (rosa.pk, str(closed.pk))


def test_the_name_stays_when_the_account_is_gone(closed, rosa):
    unblind(closed, rosa, closed.slug)
    rosa.delete()
    written = Unblinding.objects.get()
    assert (written.by, written.by_name) == (None, "Rosa Levi")


@pytest.mark.parametrize("status", ["open", "draft"])
def test_only_a_closed_survey_is_unblinded(survey, rosa, status):
    Survey.objects.update(status=status)
    with pytest.raises(BlindingError, match=f"'shapes' is {status}; close it first"):
        unblind(survey, rosa, survey.slug)
    assert survey.is_blind
    assert not Unblinding.objects.exists()


def test_it_asks_for_the_slug(closed, rosa):
    for typed in ("", "Shapes", "shape"):
        with pytest.raises(BlindingError, match="Type shapes to unblind"):
            unblind(closed, rosa, typed)
    assert Survey.objects.get().is_blind


def test_it_is_done_once_and_cannot_be_taken_back(closed, rosa):
    unblind(closed, rosa, closed.slug)
    with pytest.raises(BlindingError, match="already unblinded"):
        unblind(closed, rosa, closed.slug)
    written = Unblinding.objects.get()
    for change in (written.save, written.delete, Unblinding.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        Unblinding.objects.update(by_name="nobody")


def test_an_unblinded_survey_cannot_be_opened_again(closed, rosa, researcher):
    unblind(closed, rosa, closed.slug)
    assert not open_survey(closed)
    answer = researcher.post(
        f"/console/surveys/{closed.slug}/status/", {"status": "open"}, follow=True
    )
    assert "unblinded, so it cannot be opened again" in answer.content.decode()
    assert Survey.objects.get().status == Survey.Status.CLOSED


def test_what_would_reveal_it_is_refused_until_then(closed, rosa):
    with pytest.raises(BlindingError, match="The export would show which condition is which"):
        require_unblinded(closed, "The export")
    unblind(closed, rosa, closed.slug)
    require_unblinded(closed, "The export")


def test_the_page_asks_warns_and_then_leads_to_the_results(closed, researcher):
    page = researcher.get(unblind_page(closed)).content.decode()
    assert "This cannot be undone." in page
    wrong = researcher.post(unblind_page(closed), {"slug": "shape"})
    assert wrong.status_code == 400
    assert 'aria-invalid="true"' in wrong.content.decode()
    answer = researcher.post(unblind_page(closed), {"slug": "shapes"})
    assert answer["Location"] == f"/console/surveys/{closed.slug}/results/"
    assert Unblinding.objects.get().by_name == "rosa"
    assert "by rosa" in researcher.get(unblind_page(closed)).content.decode()


def test_the_page_of_an_open_survey_offers_nothing_to_press(survey, researcher):
    page = researcher.get(unblind_page(survey)).content.decode()
    assert 'name="slug"' not in page
    assert "Go to the overview to close it" in page


def test_only_an_owner_unblinds(closed, client, team):
    for person, status in ((client, 302), (team.dee, 404), (team.cy, 403), (team.ben, 403)):
        answer = person.post(unblind_page(closed), {"slug": closed.slug})
        assert answer.status_code == status
        assert Survey.objects.get().is_blind
    assert (
        "Only an owner can unblind this study" in team.cy.get(unblind_page(closed)).content.decode()
    )
    team.ada.post(unblind_page(closed), {"slug": closed.slug})
    assert Unblinding.objects.get().by_name == "ada"


def test_a_viewer_watches_but_is_offered_nothing_to_press(survey, team):
    live = team.cy.get(f"/console/surveys/{survey.slug}/live/")
    overview = team.cy.get(f"/console/surveys/{survey.slug}/").content.decode()
    assert live.status_code == 200
    assert "Close the study" not in overview
    assert "Close the study" in team.ben.get(f"/console/surveys/{survey.slug}/").content.decode()


def test_commands_of_the_operator_say_that_they_unblind(survey, cy, rosa, tmp_path, capsys):
    notice = "unblinds its readers: 'shapes' is still blind"
    call_command("export_study", survey.slug, out=tmp_path / "blind")
    assert notice in capsys.readouterr().err
    close_survey(survey)
    unblind(survey, rosa, survey.slug)
    call_command("export_study", survey.slug, out=tmp_path / "open")
    assert notice not in capsys.readouterr().err


def test_bots_counted_by_name_are_said_to_unblind(db, tmp_path, capsys):
    survey = make_survey(tmp_path, slug="bots")
    call_command("run_bots", survey.slug, participants=1, seed=1, policy="uniform")
    assert "unblinds its readers" in capsys.readouterr().err
