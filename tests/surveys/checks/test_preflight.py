"""What should be true before a survey is opened; nothing of it keeps anybody from opening."""

import html
import os
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from pv_engine.models import Stimulus
from pv_engine.stimulus_sets.manifest import read_manifest
from surveys import tasks
from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.checks import preflight_runs
from surveys.checks.leaks import find_leaks
from surveys.checks.point import State
from surveys.checks.preflight import preflight, unmet_points
from surveys.models import PreflightRun, Survey
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.protocols.loading import load_study
from surveys.studies.protocols.starter import starter_protocol
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.preview.test_walk import everything_stored
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
PLANNED = (
    '[texts]\ninformation = "Write to us at example.org."\n'
    '[sample]\nsize = 10\njustification = "Enough."\n[stopping]\nrule = "At ten."\n'
)


@pytest.fixture
def survey(tmp_path):
    return make_survey(tmp_path, is_open=False)


@pytest.fixture
def site(settings, tmp_path):
    """A server as it should be."""
    settings.HTTPS, settings.DEBUG, settings.SECURE_SSL_REDIRECT = True, False, False
    settings.SITE_URL = "https://study.example.org"
    settings.ALLOWED_HOSTS = ["study.example.org", "testserver"]
    settings.BACKUP_STAMP = tmp_path / "last_backup"
    settings.BACKUP_STAMP.touch()
    return settings


def find(survey, words):
    rows = [point for _, points in preflight(survey) for point in points if words in point.title]
    (point,) = rows
    return point


def loaded(tmp_path, more, **changes):
    return make_survey(tmp_path, is_open=False, more=more, **changes)


def run_checks(survey, capture):
    with capture(execute=True):
        return preflight_runs.ask(survey)


def test_every_point_says_what_was_found_and_each_unmet_one_what_to_do(survey):
    for _, points in preflight(survey):
        for point in points:
            assert point.title
            assert point.found
            assert bool(point.advice) == (point.state != State.MET), point


def test_a_study_that_is_ready_has_nothing_unmet_but_the_plan(
    site, tmp_path, django_capture_on_commit_callbacks
):
    survey = loaded(tmp_path, PLANNED)
    list(run_bots(start_pilot(survey, "rosa"), 1, 1, uniform))
    run_checks(survey, django_capture_on_commit_callbacks)
    assert [point.title for point in unmet_points(survey)] == [
        "The analysis plan is part of the protocol"
    ]
    survey.protocol_json["analysis"] = {"tests": [{}]}
    assert unmet_points(survey) == []


def test_a_missing_or_changed_image_is_found(survey):
    assert find(survey, "Every image").state == State.MET
    name = Stimulus.objects.first().file_name
    storage = storages["stimuli"]
    with storage.open(name) as file:
        content = file.read()
    storage.delete(name)
    assert f"missing or damaged, such as {name[:16]}" in find(survey, "Every image").found
    storage.save(name, ContentFile(content[:-1]))
    assert find(survey, "Every image").state == State.UNMET
    storage.delete(name)
    storage.save(name, ContentFile(content))
    assert find(survey, "Every image").state == State.MET


def test_texts_in_one_language_only_are_named(tmp_path):
    more = 'languages = ["en", "it"]\n[texts]\nthanks = "Thank you."\n'
    both = {"boat": '{en = "boat", it = "barca"}', "fish": '"fish"'}
    more += "[labels]\n" + "".join(f"{name} = {text}\n" for name, text in both.items())
    point = find(loaded(tmp_path, more), "in every language")
    assert point.state == State.UNMET
    assert point.found.endswith("title, texts.thanks, labels.fish and 6 more.")
    assert "labels.boat" not in point.found
    assert "texts.question" not in point.found


def test_texts_that_are_translated_are_not(tmp_path):
    labels = "".join(
        f'{name} = {{en = "{name}", it = "{name}"}}\n'
        for name in ("boat", "fish", "house", "tree", "umbrella", "sun", "kite", "train")
    )
    more = 'languages = ["en", "it"]\n[labels]\n' + labels
    survey = loaded(tmp_path, more)
    survey.protocol.__dict__["title"] = {"en": "a", "it": "b"}
    assert find(survey, "in every language").state == State.MET


def test_codes_are_asked_for_where_a_visit_can_end_that_way(tmp_path):
    survey = loaded(tmp_path, EVERYTHING, n_examples=3)
    assert find(survey, "completion code").state == State.MET
    without = EVERYTHING.replace('screened_out = "SCREENED"\n', "").replace("return_url", "# x")
    call_command("load_study", make_protocol(tmp_path, more=without), stdout=StringIO())
    found = find(Survey.objects.select_related("stimulus_set").get(), "completion code").found
    assert found == "Missing: screened out, the way back."


def test_the_plan_is_asked_for(tmp_path):
    survey = loaded(tmp_path, "[sample]\nsize = 10\n[assignment]\nplaces = 5\n")
    assert "without a justification" in find(survey, "sample size").found
    assert find(survey, "Places cover the sample").state == State.UNMET
    assert find(survey, "stopping rule").state == State.UNMET
    assert find(survey, "information page").state == State.UNMET


@pytest.mark.parametrize(
    ("change", "words", "state"),
    [
        ({}, "HTTPS", State.MET),
        ({"HTTPS": False}, "HTTPS", State.UNMET),
        ({"SITE_URL": "http://study.example.org"}, "HTTPS", State.UNMET),
        ({"SITE_URL": "https://other.example.org"}, "HTTPS", State.UNMET),
        ({"SITE_URL": "http://127.0.0.1:8000"}, "HTTPS", State.UNMET),
        ({"ALLOWED_HOSTS": [".example.org"]}, "HTTPS", State.MET),
        ({}, "secret key", State.MET),
        ({"STORED_SECRET_KEY": ""}, "secret key", State.UNMET),
        ({"DEBUG": True}, "Error pages", State.UNMET),
        ({}, "backup", State.MET),
        ({"BACKUP_STAMP": "/nowhere"}, "backup", State.UNMET),
    ],
)
def test_it_looks_at_the_server(survey, site, change, words, state):
    for name, value in change.items():
        setattr(site, name, value)
    assert find(survey, words).state == state


def test_an_old_backup_is_no_backup(survey, site):
    two_days_ago = timezone.now().timestamp() - 2 * 24 * 3600
    os.utime(site.BACKUP_STAMP, (two_days_ago, two_days_ago))
    point = find(survey, "backup")
    assert (point.state, point.found) == (State.UNMET, "The last backup is 2\xa0days old.")


def test_a_worker_that_does_the_checks_is_alive(survey, django_capture_on_commit_callbacks):
    assert find(survey, "A worker").state == State.UNKNOWN
    run_checks(survey, django_capture_on_commit_callbacks)
    assert find(survey, "A worker").state == State.MET
    PreflightRun.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert find(survey, "A worker").state == State.UNKNOWN


def test_a_worker_that_does_not_answer_is_missed(survey, monkeypatch):
    monkeypatch.setattr(tasks.run_preflight, "apply_async", lambda *args, **more: None)
    asked = preflight_runs.ask(survey)
    assert find(survey, "A worker").state == State.UNKNOWN
    PreflightRun.objects.filter(pk=asked.pk).update(
        created_at=timezone.now() - timedelta(minutes=5)
    )
    point = find(survey, "A worker")
    assert point.state == State.UNMET
    assert "make worker" in point.advice


@pytest.mark.parametrize("more", ["", EVERYTHING])
def test_the_leak_check_walks_every_page_and_stores_nothing_of_it(tmp_path, more):
    survey = loaded(tmp_path, more, n_examples=3)
    before = everything_stored()
    leaks, n_pages = find_leaks(survey)
    assert leaks == []
    assert n_pages >= 2 * 7
    assert everything_stored() == before


def test_a_text_that_names_the_condition_is_found(tmp_path, django_capture_on_commit_callbacks):
    survey = loaded(tmp_path, '[texts]\nintroduction = "This is pv, not item-02."\n')
    run_checks(survey, django_capture_on_commit_callbacks)
    point = find(survey, "No page or image")
    assert point.state == State.UNMET
    assert "introduction/ (gradcam) contains 'item-02'" in point.found
    assert "contains 'pv'" in point.found


def test_an_image_that_shows_how_it_was_made_is_found(survey):
    row = Stimulus.objects.first()
    path = storages["stimuli"].path(row.file_name)
    with Image.open(path) as image:
        image.load()
        telltale = image.copy()
    exif = Image.Exif()
    exif[0x010E] = "pv"
    name = "0" * 64 + ".webp"
    telltale.save(storages["stimuli"].path(name), exif=exif)
    Stimulus.objects.filter(pk=row.pk).update(file_name=name)
    try:
        leaks, _ = find_leaks(survey)
    finally:
        storages["stimuli"].delete(name)
    assert leaks == ["The image 0000000000000000… has exif, which may show how it was made."]


def test_checks_of_an_earlier_protocol_are_not_known(
    survey, tmp_path, django_capture_on_commit_callbacks
):
    run_checks(survey, django_capture_on_commit_callbacks)
    assert find(survey, "No page or image").state == State.MET
    list(run_bots(start_pilot(survey, "rosa"), 1, 1, uniform))
    assert find(survey, "was piloted").found == "By bots only."
    call_command("load_study", make_protocol(tmp_path, seed=8), stdout=StringIO())
    changed = Survey.objects.select_related("stimulus_set").get(slug="shapes")
    assert find(changed, "No page or image").state == State.UNKNOWN
    assert find(changed, "was piloted").state == State.UNMET


def test_the_console_asks_before_it_opens_and_opens_anyway(researcher, survey):
    address = f"/console/surveys/{survey.slug}/"
    page = researcher.post(f"{address}status/", {"status": "open"}, follow=True).text
    assert "Checks before opening" in page
    assert "Open it anyway" in page
    assert Survey.objects.get().status == Survey.Status.DRAFT
    page = researcher.post(f"{address}status/", {"status": "open", "anyway": "yes"}, follow=True)
    assert "The study is open" in page.text
    assert Survey.objects.get().version.by == "rosa"


def test_a_study_that_was_opened_in_spite_of_checks_says_so_until_its_end(researcher, survey):
    address = f"/console/surveys/{survey.slug}/"
    unmet = [row.title for row in unmet_points(survey)]
    researcher.post(f"{address}status/", {"status": "open", "anyway": "yes"})
    for status in ("closed", "open"):
        researcher.post(f"{address}status/", {"status": status})
    page = html.unescape(researcher.get(address).text)
    assert f"in spite of checks that were not met or unknown: {', '.join(unmet)}" in page
    log = html.unescape(researcher.get(f"{address}log/").text)
    assert f"unmet_checks</span> {', '.join(unmet)}" in log


def test_a_study_that_met_every_check_says_nothing_of_them(researcher, survey, monkeypatch):
    monkeypatch.setattr("surveys.console.studies.unmet_points", lambda survey: [])
    address = f"/console/surveys/{survey.slug}/"
    page = researcher.post(f"{address}status/", {"status": "open"}, follow=True).text
    assert "The study is open" in page
    assert "in spite of" not in page


def test_it_does_not_ask_again_when_a_closed_survey_is_opened(researcher, survey):
    address = f"/console/surveys/{survey.slug}/status/"
    researcher.post(address, {"status": "open", "anyway": "yes"})
    researcher.post(address, {"status": "closed"})
    assert "The study is open" in researcher.post(address, {"status": "open"}, follow=True).text


def test_the_command_says_what_is_not_met_and_opens(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli")
    out = StringIO()
    call_command("load_study", make_protocol(tmp_path), open=True, stdout=out)
    assert (
        "Before opening: The sample size is stated? Not stated. Enter both under Edit, Sample "
        "(sample.size and sample.justification)" in out.getvalue()
    )
    assert "It is open: /s/shapes/" in out.getvalue()


def test_the_page_runs_the_checks_and_takes_few_queries(
    researcher, survey, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    address = f"/console/surveys/{survey.slug}/checks/"
    with django_capture_on_commit_callbacks(execute=True):
        researcher.post(address)
    with django_assert_max_num_queries(9):
        page = researcher.get(address).text
    assert "pages were searched" in page
    assert '/protocol/edit/">Go there<span class="visually-hidden">: The sample size' in page


# Nothing that a study begins with passes for the researcher's own


def started(tmp_path, change=lambda text: text, **changes):
    """A draft loaded from the starter protocol of its stimulus set."""
    make_stimulus_folder(tmp_path / "stimuli", **changes)
    text = starter_protocol(read_manifest(tmp_path / "stimuli"), "stimuli", "shapes")
    file = tmp_path / "shapes.toml"
    file.write_text(change(text))
    return load_study(file)[0]


def test_the_starters_information_is_not_your_own(tmp_path):
    point = find(started(tmp_path), "your own")
    assert point.state == State.UNMET
    assert point.found == "It is the starter’s text, which names no institution."


def test_nor_is_it_with_another_number_of_images_or_in_one_language_of_several(tmp_path):
    survey = started(tmp_path, lambda text: text.replace("You will see 4", "You will see 40"))
    assert find(survey, "your own").state == State.UNMET
    text = survey.protocol.texts.information
    survey.protocol.texts.__dict__["information"] = {"en": text, "it": "Scrivete a noi."}
    assert find(survey, "your own").state == State.UNMET
    survey.protocol.texts.__dict__["information"] = f"{text} Write to us at example.org."
    assert find(survey, "your own").state == State.MET


def uncommented(text):
    """With the suggested panel taken as it stands."""
    begin, end = text.index("# [panel]"), text.index("# Planned before")
    panel = "\n".join(
        line[2:] if line.startswith(("# [", "# name", "# required", "# return_url", "# c", "# s",
                                     "# f", "# n", "# p", "# w")) else line
        for line in text[begin:end].splitlines()
    )  # fmt: skip
    return text[:begin] + panel + "\n" + text[end:]


def test_sample_codes_and_sample_explanations_are_named(tmp_path):
    survey = started(tmp_path, uncommented, conditions=("okapi", "pv"))
    assert find(survey, "completion code").state == State.MET
    point = find(survey, "No sample")
    assert point.state == State.UNMET
    assert point.found == (
        "Unchanged from the starter: conditions[1].introduction, panel.codes.complete, "
        "panel.codes.screened_out and 6 more."
    )


def test_codes_of_ones_own_are_no_samples(tmp_path):
    survey = loaded(tmp_path, EVERYTHING, n_examples=3)
    assert find(survey, "No sample").state == State.MET


def test_the_codes_of_the_guides_are_the_starters(tmp_path, settings):
    make_stimulus_folder(tmp_path / "stimuli")
    text = starter_protocol(read_manifest(tmp_path / "stimuli"))
    for name in ("protocol.md", "guides/prolific.md"):
        guide = (settings.BASE_DIR / "docs" / name).read_text()
        codes = re.findall(r'^\w+ = "(C\d[A-Z]+)"$', guide, re.MULTILINE)
        assert len(codes) == 8
        assert all(f'"{code}"' in text for code in codes)


def test_bots_that_hold_numbers_are_seen_also_after_the_opening(tmp_path):
    survey = make_survey(tmp_path)
    assert find(survey, "No bot").state == State.MET
    list(run_bots(survey, 2, 1, uniform))
    survey.refresh_from_db()
    point = find(survey, "No bot")
    assert (point.state, point.found) == (State.UNMET, "Bots have 2 of 2 numbers.")


def test_people_who_hold_numbers_are_as_it_should_be(tmp_path):
    survey = make_survey(tmp_path)
    Visitor("shapes").begin()
    survey.refresh_from_db()
    assert find(survey, "No bot").found == "1 given, none to a bot."


ALONE = '[texts]\ninformation = "You will see images."\nintroduction = "Guess the answer."\n'


def test_default_texts_are_not_true_where_the_image_stands_alone(tmp_path):
    survey = loaded(tmp_path, "", conditions=("pv", "none"))
    point = find(survey, "without an explanation")
    assert point.state == State.UNMET
    assert point.found.startswith("texts.information and texts.introduction mention an explanation")


def test_texts_that_are_true_for_everybody_pass(tmp_path):
    survey = loaded(tmp_path, ALONE, conditions=("pv", "none"))
    assert find(survey, "without an explanation").state == State.MET


def test_a_starter_with_an_image_alone_mentions_no_explanation(tmp_path):
    survey = started(tmp_path, conditions=("pv", "none"))
    assert find(survey, "without an explanation").state == State.MET


def test_where_no_image_stands_alone_nobody_is_asked(survey):
    titles = [point.title for _, points in preflight(survey) for point in points]
    assert not any("without an explanation" in title for title in titles)
