"""What is typed is kept, previewed and listed; saved states can be read and taken back."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from surveys.bots.rehearsal import pages_of, walk_to
from surveys.models import ProtocolDraft, ProtocolRevision, Survey
from surveys.studies.blinding import group_labels
from surveys.studies.protocols.keys import keys_by_table
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING

EDIT = "/console/surveys/shapes/protocol/edit/"
AUTOSAVE = "/console/surveys/shapes/protocol/draft/"
JUMP = "/console/surveys/shapes/preview/jump/"


@pytest.fixture
def draft(db, tmp_path):
    return make_survey(tmp_path, is_open=False, more="\n[trials]\ntwo_step = true\n")


def begin(researcher):
    context = researcher.get(EDIT).context
    return context["text"], {"seen": context["seen"]}


def retitled(text, title):
    lines = [
        f'title = "{title}"' if line.startswith("title") else line for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


def test_what_was_typed_is_there_again_and_changes_nothing_until_it_is_saved(researcher, draft):
    text, sent = begin(researcher)
    typed = retitled(text, "Half a tit")
    assert researcher.post(AUTOSAVE, {"text": typed, **sent}).json() == {
        "text": typed, "problems": [], "error": "",
    }  # fmt: skip
    assert researcher.get(EDIT).context["text"] == typed
    assert Survey.objects.get().title != "Half a tit"
    researcher.post(EDIT, {"text": typed, **sent})
    assert Survey.objects.get().title == "Half a tit"
    assert not ProtocolDraft.objects.exists()


def test_a_typed_text_with_problems_is_kept_and_they_are_listed_by_line(researcher, draft):
    text, sent = begin(researcher)
    answer = researcher.post(AUTOSAVE, {"text": f"titel = 3\n{text}", **sent}).json()
    assert [problem["line"] for problem in answer["problems"]] == [1]
    assert researcher.get(EDIT).context["text"].startswith("titel")


def test_a_value_of_the_form_comes_back_within_the_text(researcher, draft):
    text, sent = begin(researcher)
    answer = researcher.post(AUTOSAVE, {"text": text, "form": "y", "title": "New", **sent}).json()
    assert 'title = "New"' in answer["text"]


def test_a_discarded_text_is_gone(researcher, draft):
    text, sent = begin(researcher)
    researcher.post(AUTOSAVE, {"text": f"# mine\n{text}", **sent})
    researcher.post(EDIT, {"discard": "yes"})
    assert begin(researcher)[0] == text


def test_unsaved_text_is_its_authors_alone_and_viewers_keep_none(team):
    text = team.ben.get(EDIT).context["text"]
    team.ben.post(AUTOSAVE, {"text": "# mine", "seen": "x"})
    assert team.ben.get(EDIT).context["text"] == "# mine"
    assert team.ada.get(EDIT).context["text"] == text
    assert team.cy.post(AUTOSAVE, {"text": "# mine"}).status_code == 403


def test_every_page_of_the_list_can_be_jumped_to(draft):
    condition = draft.conditions.all()[0]
    pages = pages_of(draft)
    assert [label for _, label in pages][:2] == ["Consent", "Introduction"]
    n_questions = sum(code.startswith("trial-") for code, _ in pages)
    for code, _ in pages:
        name, _, number = code.rpartition("-")
        # Of a question in two steps, the first one.
        n_before = {"trial": int(number) - 1, "thanks": n_questions}.get(name, 0)
        assert walk_to(draft, condition, "en", code).columns.get("n_answered", 0) == n_before


def test_the_preview_ends_as_for_somebody_who_passed_the_checks(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=2, n_right=2, n_examples=3, more=EVERYTHING)
    condition = survey.conditions.all()[0]
    walk = walk_to(survey, condition, "en", "thanks-1")
    assert walk.columns.get("n_failed_checks", 0) == 0


def test_the_preview_shows_the_unsaved_text_to_its_author(researcher, draft):
    text, sent = begin(researcher)
    researcher.post(AUTOSAVE, {"text": retitled(text, "Unsaved"), **sent})
    label = sorted(group_labels(draft).values())[0]
    chosen = {"page": "consent-1", "condition": label, "draft": "yes"}
    shown = researcher.post(JUMP, chosen, follow=True)
    assert "Unsaved" in shown.content.decode()
    del chosen["draft"]
    assert "Unsaved" not in researcher.post(JUMP, chosen, follow=True).content.decode()


def test_only_pages_of_a_preview_may_stand_in_a_frame_of_the_console(researcher, draft):
    shown = researcher.post(JUMP, {"page": "introduction-1"}, follow=True)
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in researcher.get(EDIT)["Content-Security-Policy"]


def test_each_saved_state_shows_what_it_changed_and_can_be_taken_back(researcher, draft):
    for title in ("Second", "Third"):
        text, sent = begin(researcher)
        researcher.post(EDIT, {"text": retitled(text, title), **sent})
    assert list(ProtocolRevision.objects.values_list("number", flat=True)) == [3, 2, 1]
    page = researcher.get("/console/surveys/shapes/protocol/saved/3/").content.decode()
    assert "<del>Second</del><ins>Third</ins>" in page
    page = researcher.get("/console/surveys/shapes/protocol/saved/1/")
    assert [change.key for change in page.context["since"]] == ["title"]
    seen = Survey.objects.get().protocol_sha256
    researcher.post(EDIT, {"text": page.context["revision"].toml, "seen": seen})
    assert Survey.objects.get().title == draft.title
    assert ProtocolRevision.objects.count() == 4


def test_the_editor_completes_the_keys_of_each_table():
    keys = keys_by_table()
    names = {table: {key["name"] for key in rows} for table, rows in keys.items()}
    assert {"title", "texts", "sample"} <= names[""]
    assert {"size", "justification"} <= names["sample"]
    assert {"name", "kind", "options"} <= names["questionnaire.questions"]
    assert all(key["help"] for key in keys["sample"])


def test_the_editors_script_is_small_enough():
    script = Path(str(finders.find("surveys/js/codemirror.js"))).read_bytes()
    assert len(gzip.compress(script)) < 300_000


def test_the_licences_of_what_is_in_the_editors_script_come_with_it():
    script = Path(str(finders.find("surveys/js/codemirror.js")))
    named = script.read_text(encoding="utf-8").splitlines()[0]
    licences = script.with_name("codemirror.LICENSES.txt")
    assert licences.name in named
    text = licences.read_text(encoding="utf-8")
    assert text.count("Permission is hereby granted") == text.count("WITHOUT WARRANTY OF ANY") == 6
