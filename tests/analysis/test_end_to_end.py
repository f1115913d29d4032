"""From bots on the real pages to the numbers of the report, by every way there is."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import transaction
from scipy import stats

from surveys.models import Response
from tests.analysis import recovery
from tests.analysis.recovery import planted_difference, planted_mean, take_survey
from tests.conftest import leave_undrawn

# The day on which the planted study was written down, before it was run for the first time.
SEED = 20261124
PARTICIPANTS = 24


@dataclass(frozen=True)
class Study:
    """What one planted study left behind."""

    # (condition, stratum) -> each participant's share of correct answers.
    scores: dict[tuple[str, str], list[float]]
    from_export: dict[str, Any]
    from_survey: dict[str, Any]
    html: str


@pytest.fixture(scope="module")
def study(django_db_setup, django_db_blocker, tmp_path_factory):
    """Taken once for all tests here, and rolled back."""
    folder = tmp_path_factory.mktemp("planted")
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        leave_undrawn(patch)
        export = take_survey(folder, "planted", PARTICIPANTS, SEED)
        scores = scores_in_the_database()
        call_command("build_results", export=export, out=folder / "from-export")
        call_command("build_results", "planted", out=folder / "from-survey")
        transaction.set_rollback(True)
    found, again = (
        json.loads((folder / name / "results.json").read_text())
        for name in ("from-export", "from-survey")
    )
    return Study(scores, found, again, (folder / "from-export" / "report.html").read_text())


def scores_in_the_database():
    """(condition, stratum) -> each participant's share of correct answers, counted row by row."""
    answers = defaultdict(list)
    for response in Response.objects.select_related("trial__item", "trial__participant__condition"):
        trial = response.trial
        key = (trial.participant.condition.name, trial.item.stratum, trial.participant_id)
        answers[key].append(response.option == trial.item.prediction)
    scores = defaultdict(list)
    for (condition, stratum, _), given in answers.items():
        scores[condition, stratum].append(sum(given) / len(given))
    return scores


def test_the_report_gives_what_the_bots_answered(study):
    scores = study.scores
    assert sum(len(values) for values in scores.values()) == 2 * PARTICIPANTS
    for row in study.from_export["accuracy"]:
        if row["stratum"] != "all":
            own = scores[row["condition"], row["stratum"]]
            assert row["n_participants"] == len(own) == PARTICIPANTS / 2
            assert row["mean"] == pytest.approx(np.mean(own), rel=1e-12)
    text = study.html.replace("\u00a0", " ")
    strata = {stratum for _, stratum in scores}
    for row in (row for row in study.from_export["differences"] if row["stratum"] in strata):
        pair = [scores[name, row["stratum"]] for name in (row["condition_a"], row["condition_b"])]
        assert row["mean_difference"] == pytest.approx(np.mean(pair[0]) - np.mean(pair[1]))
        # SciPy's own Welch interval of those answers.
        ends = stats.ttest_ind(*pair, equal_var=False).confidence_interval()
        assert (row["mean_ci_low"], row["mean_ci_high"]) == pytest.approx((ends.low, ends.high))
        printed = f"{100 * row['mean_difference']:.1f}".replace("-", "−")
        assert f"<td>{printed} (" in text


def test_the_planted_difference_lies_inside_its_interval(study):
    for row in study.from_export["differences"]:
        truth = planted_difference(row["stratum"])
        assert row["mean_ci_low"] < truth < row["mean_ci_high"], row["stratum"]
    # What was planted is no small thing, and is found.
    declared = [row for row in study.from_export["tests"] if row["family"] == "declared"]
    assert [row["p_holm"] < 0.05 for row in declared] == [True, True]


def test_the_survey_and_its_export_give_the_same_results(study):
    assert study.from_export == study.from_survey


@pytest.mark.django_db
def test_no_difference_is_found_where_all_participants_guess(tmp_path, monkeypatch, undrawn):
    # Four classes and "can't tell", each as likely as the others.
    even = dict.fromkeys(recovery.PLANTED, (0.2,) * recovery.N_ITEMS)
    monkeypatch.setattr(recovery, "PLANTED", even)
    export = take_survey(tmp_path, "guessing", PARTICIPANTS, SEED)
    call_command("build_results", export=export, out=tmp_path / "results")
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    assert planted_difference("model_wrong") == 0
    for row in found["differences"]:
        assert row["mean_ci_low"] < 0 < row["mean_ci_high"]
    for row in found["accuracy"]:
        if row["stratum"] != "all":
            truth = planted_mean(row["condition"], row["stratum"])
            assert row["ci_low"] < truth < row["ci_high"]
