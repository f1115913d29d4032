"""A study's protocol is changed in the browser: by a form, or as the text that is stored."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import open_survey
from tests.factories import make_survey

ADDRESS = "/console/surveys/shapes/protocol/edit/"


@pytest.fixture
def draft(db, tmp_path):
    return make_survey(tmp_path, is_open=False)


def stored() -> Survey:
    return Survey.objects.select_related("stimulus_set").get()


def page(researcher) -> Any:
    return researcher.get(ADDRESS).context


def shown_fields(context):
    return [field for section in context["sections"] for field in section.fields]


def save_text(researcher, change, **more):
    context = page(researcher)
    sent = {"text": change(context["text"]), "seen": context["seen"], **more}
    return researcher.post(ADDRESS, sent, follow=True)


def save_form(researcher, **values):
    context = page(researcher)
    fields = {field.edited.key: field.value for field in shown_fields(context)}
    sent = {"text": context["text"], "seen": context["seen"], "form": "yes", **fields, **values}
    return researcher.post(ADDRESS, sent, follow=True)


def test_the_form_changes_the_stored_text_and_keeps_its_comments(researcher, draft):
    save_text(researcher, lambda text: f"# Ask Eva before changing this.\n{text}")
    save_form(researcher, **{"title": "Shapes seen", "sample.size": "40"})
    survey = stored()
    assert survey.title == "Shapes seen"
    assert survey.protocol.sample.size == 40
    assert survey.protocol_toml.startswith("# Ask Eva before changing this.\n")
    assert AuditEntry.objects.latest("number").action == "survey.changed"


def test_texts_of_several_paragraphs_come_back_as_they_were_sent(researcher, draft):
    words = 'First.\n\nSecond, with "quotes".'
    save_form(researcher, **{"texts.information": words.replace("\n", "\r\n")})
    field = next(f for f in shown_fields(page(researcher)) if f.edited.key == "texts.information")
    assert field.value == words


def test_the_form_saved_unchanged_changes_nothing(researcher, draft):
    before = draft.protocol_sha256
    response = save_form(researcher)
    assert "Nothing was changed" in response.content.decode()
    assert stored().protocol_sha256 == before


def test_what_is_wrong_is_said_with_its_line_and_nothing_is_saved(researcher, draft):
    before = draft.protocol_sha256
    response = save_text(researcher, lambda text: f"titel = 3\n{text}")
    words = response.content.decode()
    assert response.status_code == 400
    assert "<strong>Line 1:</strong>" in words
    assert "titel = 3" in response.context["text"]
    assert stored().protocol_sha256 == before


def test_a_number_that_is_none_is_refused_by_name(researcher, draft):
    response = save_form(researcher, **{"sample.size": "many"})
    assert response.status_code == 400
    assert "sample.size" in response.content.decode()


def test_the_later_of_two_editors_is_told_and_overwrites_nothing(researcher, draft):
    early = page(researcher)
    save_form(researcher, title="The first editor’s")
    late = {"text": early["text"], "seen": early["seen"], "form": "yes", "title": "The second’s"}
    response = researcher.post(ADDRESS, late)
    assert "Somebody has saved another version" in response.content.decode()
    assert "The second’s" in response.context["text"]
    assert stored().title == "The first editor’s"


def test_the_address_stays(researcher, draft):
    response = save_text(researcher, lambda text: text.replace('"shapes"', '"other"', 1))
    assert "slug must stay" in response.content.decode()
    assert Survey.objects.count() == 1


def test_an_opened_studys_change_is_shown_before_it_makes_a_version(researcher, draft):
    open_survey(draft)
    response = save_form(researcher, title="Shapes seen")
    assert "Make version 2 of shapes?" in response.content.decode()
    assert stored().title != "Shapes seen"


def test_a_viewer_reads_and_cannot_save(team):
    words = team.cy.get(ADDRESS).content.decode()
    assert "Read the protocol" in words
    assert "Save the text" not in words
    assert team.cy.post(ADDRESS, {"text": ""}).status_code == 403


def test_texts_in_several_languages_are_changed_in_the_text(researcher, draft):
    languages = 'languages = ["en", "it"]\n'
    save_text(
        researcher,
        lambda text: (
            languages
            + "\n".join(
                'title = {en = "Shapes", it = "Forme"}' if line.startswith("title") else line
                for line in text.splitlines()
            )
        ),
    )
    field = next(f for f in shown_fields(page(researcher)) if f.edited.key == "title")
    assert "several languages" in field.elsewhere
    save_form(researcher, **{"sample.size": "12"})
    assert stored().protocol.title == {"en": "Shapes", "it": "Forme"}


def test_saving_with_the_ends_of_line_of_a_browser_leaves_nothing_unsaved(researcher, draft):
    context = page(researcher)
    sent = {"text": context["text"].replace("\n", "\r\n"), "seen": context["seen"], "form": "yes"}
    sent["title"] = "Shapes seen"
    researcher.post(ADDRESS, sent)
    # Typed before saving, and kept after it: the answer of the server came late.
    researcher.post("/console/surveys/shapes/protocol/draft/", sent)
    assert "\r" not in stored().protocol_toml
    assert page(researcher)["draft"] is None


def test_choosing_prolific_fills_in_the_way_back(researcher, draft):
    save_form(researcher, **{"panel.name": "prolific", "panel.codes.complete": "C0MPLETE"})
    assert stored().protocol.panel.return_url == (
        "https://app.prolific.com/submissions/complete?cc={code}"
    )
    save_form(researcher, **{"panel.return_url": "https://example.org/back"})
    assert stored().protocol.panel.return_url == "https://example.org/back"


def test_whether_an_id_is_required_is_chosen_in_words(researcher, draft):
    save_form(researcher, **{"panel.name": "sona", "panel.required": "True"})
    assert stored().protocol.panel.required is True
    save_form(researcher, **{"panel.required": "False"})
    assert stored().protocol.panel.required is False


def test_texts_of_several_lines_are_written_on_several_lines(researcher, draft):
    save_form(researcher, **{"sample.justification": "First.\r\n\r\nSecond."})
    assert 'justification = """\nFirst.\n\nSecond.\n"""' in stored().protocol_toml


@pytest.mark.parametrize("line", ["seed = many", 'seed = "many'])
def test_a_text_without_its_quotation_marks_is_answered_with_them(researcher, draft, line):
    words = save_text(researcher, lambda text: f"{line}\n{text}").context["problems"][0][0]
    assert 'a text stands between quotation marks: seed = "many"' in words.sentence


def test_only_what_has_choices_is_chosen_from_a_list(researcher, draft):
    words = researcher.get(ADDRESS).content.decode()
    assert '<input name="title"' in words
    assert '<input name="panel.codes.full"' in words
    assert '<select name="panel.name"' in words
    assert '<select name="panel.required"' in words


def test_sections_that_few_need_are_closed_until_they_have_a_value(researcher, draft):
    def closed():
        return [row.heading for row in page(researcher)["sections"] if not row.is_open]

    assert closed() == [
        "Checks",
        "Codes for other endings",
        "Analysis plan",
        "Deviations from the plan",
    ]
    save_form(researcher, **{"panel.name": "prolific", "panel.codes.full": "FULL"})
    assert closed() == ["Checks", "Analysis plan", "Deviations from the plan"]


def test_the_form_of_a_broken_text_does_not_replace_it(researcher, draft):
    context = page(researcher)
    added = {"questions.1.1.question": "How old?", "conditions.1.name": "pv"}
    sent = {"text": "title = = 3\n", "seen": context["seen"], "form": "yes", **added}
    response = researcher.post(ADDRESS, sent)
    assert response.context["text"] == "title = = 3\n"
