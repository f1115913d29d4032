"""What every page of the console has in common, pages added later included."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pv_engine.models import Build
from surveys.benchmarks.console_examples import console_examples
from surveys.benchmarks.console_pages import ConsolePage, find_pages
from surveys.benchmarks.console_speed import CONTROL, MOST_QUERIES
from surveys.models import Role
from surveys.studies.team.membership import give_role
from tests.factories import make_survey
from tests.surveys.visitor import Visitor
from tests.team import make_user, sign_in

PAGES = {page.name: page for page in find_pages()}
OF_A_STUDY = [name for name, page in PAGES.items() if "slug" in page.parameters]
# Pages of a study that quote the protocol, which names its conditions, or let one be walked. No
# letter may stand on them.
NAMES_CONDITIONS = {
    "console:edit",
    "console:protocol",
    "console:protocol_file",
    "console:version",
    "console:version_file",
    "console:preview_choice",
    "console:revision",
}


def examples_of(study):
    return console_examples(study, User.objects.get(username="rosa"))


@pytest.fixture
def study(db, tmp_path, settings):
    """A study whose conditions have names that are found nowhere else, with a build behind it."""
    survey = make_survey(tmp_path, conditions=("okapi", "zebra"), n_examples=3)
    build = Build.objects.create(
        recipe_name="shapes", recipe_toml="", recipe_folder="", status=Build.Status.RUNNING,
        stimulus_set=survey.stimulus_set,
    )  # fmt: skip
    settings.BUILDS_DIR = tmp_path / "builds"
    samples = settings.BUILDS_DIR / str(build.pk) / "decoder" / "samples"
    samples.mkdir(parents=True)
    (samples / "step-00000001.webp").write_bytes(b"picture")
    Visitor(survey.slug).begin()
    Visitor(survey.slug).finish()
    return survey


def test_the_walk_finds_pages_of_every_room():
    assert {"console:home", "console:live", "builds:list"} <= PAGES.keys()


def test_a_parameter_without_an_example_is_named():
    with pytest.raises(LookupError, match="no example of 'pk' for the page console:new"):
        ConsolePage("console:new", ("pk",)).address({"slug": "shapes"})


def over_the_limits(browser, study, names):
    """What is wrong with these pages: they do not answer, or with too many queries."""
    found, examples = [], examples_of(study)
    for name in names:
        address = PAGES[name].address(examples)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address)
        asked = [row["sql"] for row in queries if not row["sql"].startswith(CONTROL)]
        if answer.status_code not in (200, 302, 405) or len(asked) > MOST_QUERIES:
            found.append((name, answer.status_code, len(asked), asked))
    return found


def test_every_page_answers_with_few_queries(researcher, study):
    assert over_the_limits(researcher, study, PAGES) == []


def test_an_owner_who_is_no_administrator_takes_few_queries_too(researcher, study):
    """Their role is asked for, too."""
    ada = make_user("ada")
    give_role(study, ada, Role.OWNER, "a test")
    assert over_the_limits(sign_in(ada), study, OF_A_STUDY) == []


def test_no_page_has_a_script_or_style_of_its_own_or_asks_another_machine(researcher, study):
    examples = examples_of(study)
    inline = r"<script(?![^>]*src=)|<style| style=| on[a-z]+="
    elsewhere = r"""(src|action)=["'](https?:)?//"""
    texts = {
        name: researcher.get(page.address(examples)).content.decode()
        for name, page in PAGES.items()
    }
    assert [name for name, text in texts.items() if re.search(inline, text)] == []
    assert [name for name, text in texts.items() if re.search(elsewhere, text)] == []


@pytest.fixture
def answers(researcher, study):
    """Page of a blind study -> its text, redirects followed."""
    examples = examples_of(study)
    return {
        name: researcher.get(PAGES[name].address(examples), follow=True).content.decode()
        for name in OF_A_STUDY
    }


def test_no_page_of_a_blind_study_names_a_condition(answers):
    both = [name for name in NAMES_CONDITIONS if re.search(r">\s*A\s*<", answers[name])]
    assert both == [], "These show names and a letter."
    others = {name: text for name, text in answers.items() if name not in NAMES_CONDITIONS}
    assert [name for name, text in others.items() if "okapi" in text or "zebra" in text] == []


def test_no_page_of_a_blind_study_leads_to_one_that_names_conditions(researcher, answers):
    """Links out of a study's pages, the bar on top left out."""
    links = {
        link
        for text in answers.values()
        for link in re.findall(r'href="(/console/[^"?#]+)', text)
        if "/protocol" not in link
    }
    naming = [
        link
        for link in sorted(links - {"/console/builds/"})
        if "okapi" in researcher.get(link, follow=True).content.decode()
    ]
    assert naming == []


def test_the_list_of_studies_names_no_condition(researcher, study):
    text = researcher.get("/console/").content.decode()
    assert "okapi" not in text


def test_no_picture_stands_beside_a_letter(researcher, study):
    text = researcher.get(f"/console/surveys/{study.slug}/stimuli/").content.decode()
    assert "<figcaption>Picture 1</figcaption>" in text
    assert not re.search(r">\s*[AB]\s*<", text)


def test_once_unblinded_conditions_and_pictures_have_names(researcher, study):
    researcher.post(f"/console/surveys/{study.slug}/status/", {"status": "closed"})
    researcher.post(f"/console/surveys/{study.slug}/results/unblind/", {"slug": study.slug})
    for page in ("", "live/", "stimuli/"):
        text = researcher.get(f"/console/surveys/{study.slug}/{page}").content.decode()
        assert "okapi (" in text
        assert "zebra (" in text


def test_a_study_page_names_its_study_and_where_it_stands(researcher, study):
    text = researcher.get(f"/console/surveys/{study.slug}/live/").content.decode()
    assert 'aria-label="Breadcrumb"' in text
    assert f'<a href="/console/surveys/{study.slug}/live/" aria-current="page">Live</a>' in text


@pytest.mark.parametrize("sort", ["-status", "finished", "-loaded", "nonsense"])
def test_the_studies_are_sorted_without_a_script(researcher, study, tmp_path, sort):
    make_survey(tmp_path, "another", conditions=("okapi", "zebra"), is_open=False)
    answer = researcher.get(f"/console/?sort={sort}")
    first = answer.context["rows"][0].survey.slug
    assert first == ("shapes" if sort == "-status" else "another")
    assert answer.content.decode().count("aria-sort=") == 1


@pytest.mark.parametrize("sort", ["recipe", "-status", "progress", "started"])
def test_the_builds_are_sorted_without_a_script(researcher, study, sort):
    Build.objects.create(recipe_name="an earlier one", recipe_toml="", recipe_folder="", permille=9)
    builds = researcher.get(f"/console/builds/?sort={sort}").context["builds"]
    values = {
        "recipe": lambda build: build.recipe_name,
        "-status": lambda build: build.status,
        "progress": lambda build: build.permille,
        "started": lambda build: build.created_at,
    }[sort]
    found = [values(build) for build in builds]
    assert found == sorted(found, reverse=sort.startswith("-"))
