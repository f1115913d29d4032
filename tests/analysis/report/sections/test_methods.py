"""The methods paragraph names what was done, with numbers, and nothing else."""

from dataclasses import replace

import pytest

from analysis.data.study_data import from_frames, from_scores_file
from analysis.plan.plan import Plan, PlannedTest, default_plan
from analysis.report.results import analyse
from tests.analysis.report.sections.test_checklists import STATED

THREE = {
    (condition, stratum): chance
    for condition, wrong, right in (("gradcam", 0.2, 0.9), ("none", 0.25, 0.8), ("pv", 0.5, 0.7))
    for stratum, chance in (("model_wrong", wrong), ("model_right", right))
}


def methods(study, plan=None):
    sections = analyse(study, plan).sections
    [paragraph] = next(part for part in sections if part.title.startswith("Methods")).paragraphs
    return paragraph


@pytest.fixture
def study(frames):
    return from_frames("Shapes", *frames(n_participants=12))


def test_it_has_the_facts_that_the_protocol_states(study):
    paragraph = methods(replace(study, protocol=STATED))
    assert "Ethics approval: Board of Example, 2026-017. Pay of participants: 2.50 GBP" in paragraph
    assert "Funding: Fund, grant 1; Another." in paragraph
    assert "The software assigned participants in permuted blocks of 4 and 8." in paragraph
    assert "Conflicts of interest" not in paragraph
    assert "Ethics" not in methods(study)
    assert "assigned participants" not in methods(study)


def test_it_counts_those_who_are_not_analysed(frames):
    people, trials = frames(n_participants=12)
    whole = methods(from_frames("Shapes", people, trials))
    assert "All 12 participants who arrived finished; no others were excluded." in whole
    assert "Differential attrition" not in whole
    people.loc[people["number"].isin([1, 2, 4]), ["finished_at", "n_answered"]] = [None, 2]
    paragraph = methods(from_frames("Shapes", people, trials))
    assert "3 of the 12 participants who arrived did not finish and were not analysed" in paragraph
    assert "Differential attrition was tested by" in paragraph


def test_it_names_the_tests_of_three_conditions_and_of_equivalence_where_they_were_made(frames):
    study = from_frames("Shapes", *frames(n_participants=30, chances=THREE))
    plan = replace(default_plan(study.conditions), equivalence_margin=0.1)
    paragraph = methods(study, plan)
    assert "Kruskal–Wallis tests, and pairs by Dunn’s tests" in paragraph
    assert "Equivalence within 10 percentage points was tested by two one-sided Welch" in paragraph
    two = methods(from_frames("Shapes", *frames(n_participants=12)))
    assert "Kruskal" not in two
    assert "Equivalence" not in two


def test_it_names_no_mixed_model_that_was_not_fitted(frames, study):
    assert "fitted a logistic mixed model of single answers" in methods(study)
    chances = {
        (condition, stratum): 1.0 if condition == "pv" else 0.5
        for condition in ("gradcam", "pv")
        for stratum in ("model_wrong", "model_right")
    }
    paragraph = methods(from_frames("Shapes", *frames(n_participants=12, chances=chances)))
    assert "mixed model" not in paragraph
    assert "we resampled both" in paragraph


def test_it_names_how_p_was_found_in_these_tests(published_file, scores_file):
    study = from_scores_file(published_file)
    assert "exact for untied" not in methods(study)
    rows = [f"a{i},pv,{i},16,8,16" for i in range(4)]
    rows += [f"b{i},gradcam,{i + 6},16,8,16" for i in range(4)]
    untied = from_scores_file(scores_file(*rows))
    plan = Plan((PlannedTest("model_wrong", "gradcam", "pv"),))
    assert "exact for untied samples of fewer than 50, at α = 0.05" in methods(untied, plan)


def test_it_says_whether_exclusion_rules_met_anybody(frames):
    people, trials = frames(n_participants=12)
    assert "No participant met an exclusion rule." in methods(from_frames("x", people, trials))
    people.loc[people["number"] == 1, "n_failed_checks"] = 1
    paragraph = methods(from_frames("x", people, trials))
    assert "1 of those analysed met an exclusion rule; the tests were repeated" in paragraph


def test_the_published_scores_repeat_the_published_tests(published_file):
    paragraph = methods(from_scores_file(published_file))
    assert "those of the published study, whose scores these are (Giulivi, Carman" in paragraph
    assert "Foresee’s defaults" not in paragraph
