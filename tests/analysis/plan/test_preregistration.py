"""A preregistration says what the protocol plans, and marks what it leaves open."""

import pytest
from django.core.management import CommandError, call_command

from analysis.plan.plan import Plan, PlannedTest
from analysis.plan.preregistration import FORMS, OPEN, Planned, preregistration
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

PROTOCOL = {
    "title": "What does the model see?",
    "conditions": [{"name": "gradcam"}, {"name": "pv"}],
    "assignment": {"mode": "permuted_blocks", "block_sizes": [4, 8]},
    "sample": {"size": 98, "justification": "Power .9 for 10 points."},
    "stopping": {"rule": "We stop at 98.", "last_day": "2030-01-31"},
    "study": {"authors": [{"name": "Ada Example"}], "ethics": "Board of Example, 17."},
}
PLAN = Plan(
    (
        PlannedTest("model_wrong", "gradcam", "pv", "less"),
        PlannedTest("model_right", "gradcam", "pv"),
    ),
    (PlannedTest("all", "gradcam", "pv"),),
    origin="our plan",
)


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_plan_leaves_nothing_open(form):
    planned = Planned(PROTOCOL, PLAN, 0, {"model_wrong": 14, "model_right": 16})
    text = preregistration(planned, form)
    assert OPEN not in text
    for said in (
        "where the model was wrong: Acc(Grad-CAM) < Acc(PV)",
        "98 participants who finish. Power .9 for 10 points.",
        "We stop at 98. Last day to begin: 2030-01-31.",
        "permuted blocks of 4 and 8",
        "no data have been collected",
        "Holm",
        "median time below 1000 ms",
        "Ada Example",
        "14 images where the model was wrong",
    ):
        assert said in text


@pytest.mark.parametrize("form", FORMS)
def test_what_a_protocol_does_not_state_is_marked(form):
    text = preregistration(Planned({"title": "T", "conditions": [{"name": "pv"}]}, None), form)
    assert text.count(OPEN) >= 5


def test_the_command_reads_the_study_and_counts_people_but_no_bots(db, tmp_path, capsys):
    survey = make_survey(tmp_path)
    Visitor(survey.slug).agree()
    call_command("preregister", survey.slug, form="aspredicted")
    text = capsys.readouterr().out
    assert text.startswith("# ")
    assert "Yes: 1 participant had begun" in text
    call_command("preregister", survey.slug, out=tmp_path / "plan.md")
    assert "answers are left to you" in capsys.readouterr().out
    assert (tmp_path / "plan.md").read_text().startswith("# ")


def test_an_unknown_study_is_refused_with_the_known_ones(db, tmp_path):
    make_survey(tmp_path)
    with pytest.raises(CommandError, match="There is no study 'other'; the studies are: shapes"):
        call_command("preregister", "other")
