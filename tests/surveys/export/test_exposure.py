"""The export says how often each item was drawn, shown and answered where participants differ."""

from collections import Counter

import pytest

from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.models import Trial
from tests.factories import make_survey
from tests.surveys.export.test_folder import read
from tests.surveys.visitor import Visitor

PART = '[items]\nper_participant = 2\nbalance = "least_shown"\n'
CROSSED = PART + 'conditions = "crossed"\n[within]\nconditions = ["gradcam", "pv"]\n'


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "export"


@pytest.mark.parametrize("more", [PART, CROSSED + 'order = "random"\n'])
def test_exposure_counts_the_trials_of_each_item_and_condition(db, tmp_path, folder, more):
    survey = make_survey(tmp_path, more=more)
    for _ in range(3):
        Visitor(survey.slug).finish()
    Visitor(survey.slug).go_to("trial")
    export_study(survey, folder)
    trials, exposure = read(folder, "trials"), read(folder, "exposure")
    drawn = Counter((row["item"], row["condition"]) for row in trials)
    answered = Counter((row["item"], row["condition"]) for row in trials if row["response"])
    assert {(row["item"], row["condition"]): int(row["n_drawn"]) for row in exposure} == drawn
    assert sum(int(row["n_drawn"]) for row in exposure) == Trial.objects.count() == 8
    assert sum(int(row["n_shown"]) for row in exposure) == 7
    for row in exposure:
        assert int(row["n_answered"]) == answered[row["item"], row["condition"]]
    assert list(export_problems(folder)) == []


def test_a_study_that_asks_everybody_about_every_item_has_no_table_of_exposure(survey, folder):
    assert "exposure" not in export_study(survey, folder)
