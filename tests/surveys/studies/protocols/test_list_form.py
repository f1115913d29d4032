"""Conditions, checks and the analysis plan, written in the console's form instead of in TOML."""

import tomllib

import pytest

from surveys.models import Survey
from surveys.studies.protocols.edited_values import SECTIONS
from surveys.studies.protocols.editing import form_sections, with_values
from surveys.studies.protocols.keys import whole_schema
from tests.factories import make_survey
from toml_files.wording import node_at

EDIT = "/console/surveys/shapes/protocol/edit/"
DRAFT = "/console/surveys/shapes/protocol/draft/"
PLAN = {
    "analysis.tests.1.stratum": "model_wrong",
    "analysis.tests.1.condition_a": "gradcam",
    "analysis.tests.1.alternative": "less",
    "analysis.tests.1.condition_b": "pv",
    "analysis.tests.1.test": "",
}
CHECK = {
    "comprehension.questions.1.question": "What do you guess?",
    "comprehension.questions.1.options": "What is in the image\r\n\r\nWhat the model answered ",
    "comprehension.questions.1.answer": "2",
}


@pytest.fixture
def draft(db, tmp_path):
    return make_survey(tmp_path, is_open=False)


def everything_shown(text, survey):
    """What a browser sends of the form when nothing is touched."""
    sections = form_sections(text, survey)
    rows = [row for each in sections for shown in each.lists for row in shown.rows]
    fields = [field for section in sections for field in section.fields]
    fields += [field for row in rows for field in row.fields]
    moves = {f"{row.key}.position": str(row.number) for row in rows if not row.is_spare}
    return moves | {field.edited.key: field.value for field in fields if not field.elsewhere}


def change(survey, **sent):
    """The survey's text after the whole form was sent with these values."""
    text = survey.protocol_toml
    return with_values(text, everything_shown(text, survey) | sent, survey)


def save(researcher, **sent):
    context = researcher.get(EDIT).context
    base = {"text": context["text"], "seen": context["seen"], "form": "yes"}
    return researcher.post(EDIT, base | sent)


def stored():
    return Survey.objects.get().protocol


def test_the_whole_form_sent_unchanged_leaves_the_text_as_it_is(draft):
    assert change(draft) == draft.protocol_toml


def test_a_condition_gets_another_share_and_introduction(researcher, draft):
    save(researcher, **{"conditions.2.ratio": "2", "conditions.2.introduction": "One.\r\n\r\nTwo."})
    assert [arm.ratio for arm in stored().conditions] == [1, 2]
    assert stored().conditions[1].introduction == "One.\n\nTwo."


def test_a_condition_is_added_without_the_keys_that_mean_their_default(researcher, draft):
    sent = {"conditions.3.name": "none", "conditions.3.ratio": "1", "conditions.3.introduction": ""}
    save(researcher, **sent)
    assert [arm.name for arm in stored().conditions] == ["gradcam", "pv", "none"]
    written = tomllib.loads(Survey.objects.get().protocol_toml)
    assert written["conditions"][2] == {"name": "none"}
    save(researcher, **sent)
    assert len(stored().conditions) == 3


def test_conditions_move_and_go_with_the_comments_right_above_them(draft):
    draft.protocol_toml = """
# The conditions.

# The control.
[[conditions]]
name = "gradcam" # as published

[[conditions]]
name = "pv"

# Nobody is paid.
[pay]
"""
    moved = change(draft, **{"conditions.2.position": "1"})
    assert (
        moved
        == """
# The conditions.

[[conditions]]
name = "pv"

# The control.
[[conditions]]
name = "gradcam" # as published

# Nobody is paid.
[pay]
"""
    )
    removed = change(draft, **{"conditions.1.remove": "yes"})
    assert [arm["name"] for arm in tomllib.loads(removed)["conditions"]] == ["pv"]
    assert "# The conditions." in removed
    assert "# Nobody is paid." in removed


def test_a_condition_is_added_while_another_one_goes(draft):
    sent = {"conditions.1.remove": "yes", "conditions.3.name": "none"}
    names = [arm["name"] for arm in tomllib.loads(change(draft, **sent))["conditions"]]
    assert names == ["pv", "none"]


def test_typing_moves_and_removes_nothing_until_the_form_is_saved(researcher, draft):
    context = researcher.get(EDIT).context
    base = {"text": context["text"], "seen": context["seen"], "form": "yes"}
    sent = {"conditions.1.remove": "yes", "conditions.2.position": "1", "title": "Shapes"}
    kept = tomllib.loads(researcher.post(DRAFT, base | sent).json()["text"])
    assert [arm["name"] for arm in kept["conditions"]] == ["gradcam", "pv"]


def test_conditions_have_titles_and_only_those_that_the_stimulus_set_shows_are_offered(draft):
    (section,) = [
        row for row in form_sections(draft.protocol_toml, draft) if row.heading == "Conditions"
    ]
    assert dict(section.lists[0].rows[0].fields[0].options) == {
        "": "not chosen", "gradcam": "Grad-CAM", "pv": "PV", "none": "No explanation",
    }  # fmt: skip


def test_checks_are_written_as_numbers(researcher, draft):
    save(researcher, **{"checks.attention_after": "1, 2", "checks.allowed_failures": "1"})
    assert stored().checks.attention_after == (1, 2)
    assert stored().checks.allowed_failures == 1
    save(researcher, **{"checks.attention_after": "", "checks.allowed_failures": "0"})
    assert "checks" not in tomllib.loads(Survey.objects.get().protocol_toml)


def test_a_comprehension_question_is_asked_and_removed(researcher, draft):
    save(researcher, **CHECK, **{"comprehension.tries": "3"})
    (question,) = stored().comprehension.questions
    assert question.options == ("What is in the image", "What the model answered")
    assert (question.answer, stored().comprehension.tries) == (2, 3)
    save(
        researcher,
        **CHECK,
        **{"comprehension.questions.1.remove": "yes", "comprehension.tries": "2"},
    )
    assert stored().comprehension.questions == ()


def test_an_analysis_plan_is_declared_in_the_form(researcher, draft):
    save(researcher, **PLAN, **{"analysis.alpha": "0.01", "analysis.correction": "holm"})
    assert stored().analysis == {
        "alpha": 0.01,
        "tests": [
            {"stratum": "model_wrong", "condition_a": "gradcam", "condition_b": "pv",
             "alternative": "less"}
        ],
    }  # fmt: skip


def test_rules_of_exclusion_are_ticked(researcher, draft):
    sent = {**PLAN, "analysis.exclusions.rules": ["", "too_fast", "cant_tell"]}
    save(researcher, **sent)
    assert stored().analysis["exclusions"] == {"rules": ["too_fast", "cant_tell"]}
    save(researcher, **{"analysis.exclusions.rules": [""]})
    assert stored().analysis["exclusions"] == {"rules": []}
    every = ["too_fast", "same_position", "cant_tell", "failed_checks"]
    save(researcher, **{"analysis.exclusions.rules": ["", *every]})
    assert "exclusions" not in stored().analysis


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("conditions.2.ratio", "half", "conditions[2].ratio must be a whole number from 1 to 1000"),
        ("conditions.2.name", "", "conditions[2].name"),
        ("conditions.2.name", "gradcam", "conditions[2].name must be names that differ"),
        ("checks.attention_after", "2, x", "checks.attention_after[2]"),
        ("analysis.alpha", "5", "analysis.alpha"),
        ("analysis.alpha", "nan", "analysis.alpha"),
        ("analysis.tests.1.condition_b", "gradcam", "compares 'gradcam' with itself"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(researcher, draft, key, value, found):
    before = Survey.objects.get().protocol_sha256
    response = save(researcher, **PLAN | {key: value})
    assert response.status_code == 400
    assert any(found in problem.sentence for problem, _ in response.context["problems"])
    assert Survey.objects.get().protocol_sha256 == before


def test_a_list_in_other_words_of_toml_is_left_to_the_text(draft):
    draft.protocol_toml = 'conditions = [{name = "gradcam"}, {name = "pv"}]\n'
    (section,) = [
        row for row in form_sections(draft.protocol_toml, draft) if row.heading == "Conditions"
    ]
    assert "not written as [[conditions]]" in section.lists[0].elsewhere
    assert change(draft, **{"conditions.3.name": "none"}) == draft.protocol_toml


def test_introductions_in_several_languages_are_left_to_the_text(draft):
    draft.protocol_toml = """[[conditions]]
name = "pv"
[conditions.introduction]
en = "A picture."
it = "Un’immagine."
"""
    row = form_sections(draft.protocol_toml, draft)[1].lists[0].rows[0]
    assert row.fields[2].elsewhere
    after = tomllib.loads(change(draft, **{"conditions.1.ratio": "2"}))
    assert after["conditions"] == [
        {"name": "pv", "ratio": 2, "introduction": {"en": "A picture.", "it": "Un’immagine."}}
    ]


def test_the_form_offers_keys_that_a_protocol_has_and_all_that_can_be_chosen():
    lists = [each for section in SECTIONS for each in section.lists]
    columns = [((*each.path, 0, *row.path), row) for each in lists for row in each.columns]
    values = [(row.path, row) for section in SECTIONS for row in section.values]
    for path, row in [*columns, *values]:
        node = node_at(whole_schema(), path)
        assert node, path
        if row.kind in ("choice", "several") and not row.offers:
            parts = node.get("items", node)
            if "enum" in parts:
                assert set(parts["enum"]) - {""} == {name for name, _ in row.options} - {""}, path


def test_a_viewer_sees_the_conditions_and_cannot_change_them(team):
    words = team.cy.get(EDIT).content.decode()
    assert "Condition 2" in words
    assert "One more condition" not in words
    assert "conditions.1.remove" not in words
