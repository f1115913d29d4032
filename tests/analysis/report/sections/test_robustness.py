"""What the second analysis, without those who met an exclusion rule, changes."""

import pytest

from analysis.data.study_data import from_frames
from analysis.plan.plan import default_plan
from analysis.report.results import analyse
from analysis.report.sections.differences.robustness import changed_outcomes


def section(results):
    return next(part for part in results.sections if part.title.startswith("With and without"))


@pytest.fixture
def outlier(frames):
    """A study whose difference hangs on participants who failed a check, and one without."""

    def make(*, matters):
        chances = {(c, s): 0.5 for c in ("gradcam", "pv") for s in ("model_wrong", "model_right")}
        people, trials = frames(n_participants=24, chances=chances)
        failed = people["number"] <= (8 if matters else 1)
        people.loc[failed, "n_failed_checks"] = 1
        if matters:
            theirs = trials["participant_id"].isin(people.loc[failed, "participant_id"])
            wrong = trials["stratum"] == "model_wrong"
            trials.loc[theirs & wrong, "correct"] = (
                trials.loc[theirs & wrong, "condition"].eq("pv").astype(float)
            )
        return analyse(from_frames("x", people, trials))

    return make


def test_a_test_that_hangs_on_the_excluded_is_named_with_both_p(outlier):
    results = outlier(matters=True)
    met, changed = section(results).paragraphs
    assert met == "8 of 24 participants met an exclusion rule."
    assert changed.startswith("Without them, 1 of the 2 default tests has another outcome:")
    assert "Acc(Grad-CAM) < Acc(PV) is no longer supported (p = " in changed
    assert "with all)." in changed
    assert (
        "Without the 8 who met an exclusion rule, 1 of the 2 tests has another outcome."
        in results.findings
    )


def test_tests_that_stay_as_they_are_are_said_to(outlier):
    results = outlier(matters=False)
    assert section(results).paragraphs[1] == (
        "Without them, each of the 2 default tests has the same outcome."
    )
    assert not any("another outcome" in text for text in results.findings)


def test_an_outcome_changes_in_both_directions():
    [test, *_] = default_plan(["gradcam", "pv"]).tests
    shared = {name: getattr(test, name) for name in ("stratum", "condition_a", "condition_b",
                                                     "alternative")}  # fmt: skip

    def rows(whole, kept):
        return [
            {**shared, "participants": "All", "p_adjusted": whole},
            {**shared, "participants": "Without them", "p_adjusted": kept},
        ]

    assert len(changed_outcomes(rows(0.04, 0.06), 0.05)) == 1
    assert len(changed_outcomes(rows(0.06, 0.04), 0.05)) == 1
    assert changed_outcomes(rows(0.04, 0.03), 0.05) == []
