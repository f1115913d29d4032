"""The pages in an export: what participants see, with and without a browser."""

import io
import json

import pytest
from django.core.management import call_command
from PIL import Image

from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.export.pages import chromium
from surveys.export.pages.chosen import find_pages, find_questions
from surveys.export.pages.standalone import BLANK
from surveys.models import Participant, Response, Survey
from tests.chromium import require_chromium
from tests.factories import make_survey
from tests.surveys.designs.protocols import BLOCKS, CROSSOVER
from tests.surveys.everything import EVERYTHING

LANGUAGES = 'languages = ["en", "it"]\n'


@pytest.fixture
def out(tmp_path):
    return tmp_path / "export"


@pytest.fixture
def browser(tmp_path, settings):
    """A program in the browser's place: browser("exit 1")."""

    def name(script):
        file = tmp_path / "browser"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        settings.SCREENSHOT_BROWSER = str(file)

    return name


def stated_in(folder):
    return json.loads((folder / "materials" / "pages.json").read_text())


def files_in(folder):
    return {path.name for path in (folder / "materials" / "pages").iterdir()}


def test_it_has_the_pages_of_each_language_and_condition(db, tmp_path, out):
    survey = make_survey(tmp_path, more=LANGUAGES + EVERYTHING, is_open=False, n_examples=3)
    export_study(survey, out, stimuli=True, pages=True)
    stated = stated_in(out)
    assert (stated["screenshots_by"], stated["problem"]) == ("", "")
    assert {page["file"] for page in stated["pages"]} == files_in(out)
    english = [page for page in stated["pages"] if page["language"] == "en"]
    # What follows an answer, such as the solution of a practice question, is another page.
    assert [page["file"] for page in english] == [
        "en_start.html",
        "en_comprehension.html",
        "en_introduction_gradcam.html",
        "en_introduction_pv.html",
        "en_practice_1_gradcam.html",
        "en_practice_1_gradcam-2.html",
        "en_practice_1_pv.html",
        "en_practice_1_pv-2.html",
        "en_trial_first_gradcam.html",
        "en_trial_first_pv.html",
        "en_trial_gradcam.html",
        "en_trial_pv.html",
        "en_questionnaire_1.html",
        "en_questionnaire_2.html",
        "en_debriefing.html",
        "en_thanks.html",
    ]
    questions = [page for page in stated["pages"] if page["page"] == "trial"]
    assert len({page["item"] for page in questions}) == 1
    assert list(export_problems(out)) == []
    crate = (out / "ro-crate-metadata.json").read_text()
    assert '"@id": "materials/pages/it_start.html"' in crate
    assert '"encodingFormat": "text/html"' in crate


def test_a_page_is_one_file_without_scripts_forms_and_tokens(survey, out):
    export_study(survey, out, stimuli=True, pages=True)
    for name in files_in(out):
        html = (out / "materials" / "pages" / name).read_text()
        for word in (
            "<script",
            "<link",
            "action=",
            "csrf",
            "form_key",
            "/static",
            'href="/',
            'src="/',
        ):
            assert word not in html, (name, word)
        assert "<style>" in html
    question = (out / "materials" / "pages" / "en_trial_pv.html").read_text()
    assert question.count('src="data:image/webp;base64,') == 2
    assert 'keys-hint">' in question


def test_stimuli_are_grey_where_images_do_not_go_along(survey, out):
    export_study(survey, out, pages=True)
    assert not stated_in(out)["with_images"]
    for name in files_in(out):
        assert "image/webp" not in (out / "materials" / "pages" / name).read_text()
    assert {"en_trial_gradcam.html", "en_trial_pv.html"} < files_in(out)
    assert BLANK in (out / "materials" / "pages" / "en_trial_pv.html").read_text()


def test_the_question_is_soon_and_about_a_mistake_of_the_model(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=3, n_right=3)
    first, second = find_questions(survey, "en")
    items = {item.name: item.stratum for item in survey.stimulus_set.items.all()}
    assert first.item == second.item
    assert items[first.item] == "model_wrong"
    assert (first.conditions, second.conditions) == (("gradcam",), ("pv",))


@pytest.mark.parametrize("more", [BLOCKS, CROSSOVER])
def test_studies_in_blocks_have_a_question_of_each_condition_shown(db, tmp_path, more):
    survey = make_survey(tmp_path, more=more, n_wrong=4, n_right=4, n_examples=4)
    shown = {page.conditions[0] for page in find_pages(survey, "en", True) if page.name == "trial"}
    assert {"gradcam", "pv"} <= shown
    assert shown == {page.conditions[0] for page in find_questions(survey, "en")}


def test_two_step_questions_have_both_of_their_pages(db, tmp_path):
    survey = make_survey(tmp_path, more="[trials]\ntwo_step = true\n")
    pages = {page.stem: page.html for page in find_pages(survey, "en", True)}
    assert pages["en_trial_first_pv"].count("<img") == 1
    assert pages["en_trial_pv"].count("<img") == 2


def test_nothing_is_stored_and_two_exports_are_equal(survey, tmp_path):
    export_study(survey, tmp_path / "a", pages=True)
    export_study(survey, tmp_path / "b", pages=True)
    assert not Participant.objects.exists()
    assert not Response.objects.exists()
    assert Survey.objects.get().arrivals == 0
    for name in files_in(tmp_path / "a"):
        one, other = (tmp_path / each / "materials" / "pages" / name for each in "ab")
        assert one.read_bytes() == other.read_bytes()


def test_the_command_writes_them_unless_asked_not_to(survey, tmp_path):
    call_command("export_study", survey.slug, out=tmp_path / "with")
    assert stated_in(tmp_path / "with")["pages"]
    call_command("export_study", survey.slug, out=tmp_path / "without", pages=False)
    assert not (tmp_path / "without" / "materials" / "pages").exists()


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("exit 1", "could not be started, or ended before it took a screenshot"),
        ("exec cat <&3", "did not answer within"),
        (
            r'printf "{\"id\": 1, \"error\": {\"message\": \"no\"}}\0" >&4; cat <&3',
            "refuses Target",
        ),
    ],
)
def test_a_browser_that_fails_costs_the_screenshots_and_nothing_else(
    survey, out, browser, monkeypatch, caplog, script, problem
):
    browser(script)
    monkeypatch.setattr(chromium, "PATIENCE", 0.2)
    export_study(survey, out, pages=True)
    stated = stated_in(out)
    assert problem in stated["problem"]
    assert stated["problem"] in caplog.text
    assert stated["screenshots_by"] == ""
    assert {name.rpartition(".")[2] for name in files_in(out)} == {"html"}
    assert list(export_problems(out)) == []


def test_a_browser_that_is_not_there_costs_the_screenshots_and_nothing_else(
    survey, out, settings, caplog
):
    settings.SCREENSHOT_BROWSER = "/nowhere/chromium"
    export_study(survey, out, pages=True)
    assert "/nowhere/chromium could not be started" in stated_in(out)["problem"]


def test_pages_that_cannot_be_drawn_do_not_stop_the_export(survey, out, monkeypatch, caplog):
    def fail(*arguments):
        raise ValueError("Missing staticfiles manifest entry for 'study/base.css'")

    monkeypatch.setattr("surveys.export.pages.writing.find_pages", fail)
    assert export_study(survey, out, pages=True)["items"] == 4
    stated = stated_in(out)
    assert stated["pages"] == []
    assert stated["problem"].startswith("The study’s pages cannot be drawn: Missing staticfiles")


@pytest.fixture
def chromium_of_this_machine(settings):
    settings.SCREENSHOT_BROWSER = require_chromium()


def test_a_short_page_from_right_to_left_is_not_cut_off(
    db, tmp_path, out, chromium_of_this_machine
):
    survey = make_survey(tmp_path, more='languages = ["ar"]\n')
    export_study(survey, out, pages=True)
    picture = Image.open(out / "materials" / "pages" / "ar_thanks.webp").convert("L")
    dark = picture.point(lambda value: 255 if value < 235 else 0)
    left, _, right, _ = dark.getbbox()
    # The page stands in the middle of the window.
    assert abs(left - (picture.width - right)) <= 4


def test_a_browser_takes_a_screenshot_of_each_page(survey, out, chromium_of_this_machine):
    export_study(survey, out, stimuli=True, pages=True)
    stated = stated_in(out)
    assert stated["problem"] == ""
    assert stated["screenshots_by"].startswith("Chromium ")
    assert stated["viewport"] == [1280, 800]
    for page in stated["pages"]:
        file = out / "materials" / "pages" / page["screenshot"]
        picture = Image.open(io.BytesIO(file.read_bytes()))
        assert picture.width == 1280
        assert picture.height >= 800
        # More than a blank window.
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20
