import json

import pytest
from django.contrib.auth.models import User

from surveys.errors import BlindingError, ResultsError
from surveys.jobs.report_summary import find_results, results_file
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey

ROW = {"n_participants": 9, "mean": 0.5, "ci_low": 0.4, "ci_high": 0.6}


@pytest.fixture
def unblinded(survey, settings, tmp_path):
    settings.REPORTS_DIR = tmp_path / "reports"
    close_survey(survey)
    unblind(survey, User.objects.create_user("rosa-levi"), survey.slug)
    return survey


def write(survey, **changed):
    report = {
        "provenance": {"protocol SHA-256": survey.protocol_sha256},
        "n_participants": 18,
        "n_simulated": 0,
        "accuracy": [
            {"condition": name, "stratum": stratum, **ROW}
            for name in ("gradcam", "pv")
            for stratum in ("model_wrong", "model_right", "all")
        ],
        **changed,
    }
    results_file(survey).parent.mkdir(parents=True, exist_ok=True)
    results_file(survey).write_text(json.dumps(report))


def results_page(client, survey):
    return client.get(f"/console/surveys/{survey.slug}/results/").content.decode()


def test_a_report_is_not_read_while_the_study_is_blind(survey, settings, tmp_path, researcher):
    settings.REPORTS_DIR = tmp_path / "reports"
    write(survey)
    with pytest.raises(BlindingError):
        find_results(survey)
    page = results_page(researcher, survey)
    assert "This study is blind" in page
    assert "50.0" not in page


def test_accuracy_is_shown_by_stratum_in_the_order_of_the_letters(unblinded, researcher):
    write(unblinded)
    found = find_results(unblinded)
    assert list(found.strata) == [
        "Where the model is wrong", "Where the model is right", "All items",
    ]  # fmt: skip
    labels = [row.label for row in found.strata["All items"]]
    assert [label[-2] for label in labels] == ["A", "B"]
    page = results_page(researcher, unblinded)
    assert "50.0 %" in page
    assert "40.0 to 60.0 %" in page
    assert "Simulated data" not in page


def test_two_findings_lead_and_the_others_can_be_opened(unblinded, researcher):
    write(unblinded, findings=["PV is better.", "Grad-CAM is worse.", "The two interact."])
    found = find_results(unblinded)
    assert found.leading == ("PV is better.", "Grad-CAM is worse.")
    page = results_page(researcher, unblinded)
    assert (
        page.index("PV is better.") < page.index("1 more finding") < page.index("The two interact.")
    )


def test_the_plot_has_each_condition_and_what_guessing_would_reach(unblinded, researcher):
    write(unblinded, chance=[])
    page = results_page(researcher, unblinded)
    # Two conditions in two strata.
    assert page.count('class="interval"') == page.count('class="grid guess" x1="25"') == 4


def test_declared_tests_are_listed_with_their_corrected_p(unblinded, researcher):
    test = {
        "family": "declared", "stratum": "model_wrong", "condition_a": "gradcam",
        "condition_b": "pv", "cliffs_delta": -0.4, "ci_low": None, "ci_high": None,
        "p_adjusted": 0.0002,
    }  # fmt: skip
    write(unblinded, tests=[test, {**test, "family": "exploratory", "p_adjusted": 0.9}])
    (shown,) = find_results(unblinded).comparisons
    assert (shown.where, shown.delta, shown.p_text) == ("Where the model is wrong", -0.4, "< .001")
    assert "−0.40" in results_page(researcher, unblinded)


def test_a_blind_study_shows_its_counts(survey, researcher):
    page = results_page(researcher, survey)
    assert "What can be seen now" in page
    assert "Participants by condition" in page


def test_simulated_participants_are_said(unblinded, researcher):
    write(unblinded, n_simulated=18)
    assert "18 of 18 participants are bots" in results_page(researcher, unblinded)


def test_too_few_for_an_interval_get_none(unblinded, researcher):
    row = {"condition": "pv", "stratum": "all", **ROW, "ci_low": None, "ci_high": None}
    write(unblinded, accuracy=[row])
    assert "50.0 %" in results_page(researcher, unblinded)


def test_without_a_report_it_says_how_to_get_one(unblinded, researcher):
    assert find_results(unblinded) is None
    page = results_page(researcher, unblinded)
    assert "A worker builds it in about a minute" in page
    assert 'href="/console/surveys/shapes/exports/"' in page


@pytest.mark.parametrize("text", ["{", "[]", '{"provenance": {}}'])
def test_a_file_that_is_no_report_is_named(unblinded, researcher, text):
    write(unblinded)
    results_file(unblinded).write_text(text)
    with pytest.raises(ResultsError, match=r"results\.json cannot be read as a report"):
        find_results(unblinded)
    assert "cannot be read as a report" in results_page(researcher, unblinded)


def test_a_report_of_another_protocol_is_not_shown(unblinded):
    write(unblinded, provenance={"protocol SHA-256": "0" * 64})
    with pytest.raises(ResultsError, match="another protocol"):
        find_results(unblinded)


def test_where_there_is_no_interval_none_is_drawn(unblinded, researcher):
    row = {"condition": "pv", "stratum": "model_wrong", **ROW, "ci_low": None, "ci_high": None}
    write(unblinded, accuracy=[row])
    (shown,) = find_results(unblinded).strata["Where the model is wrong"]
    assert (shown.percent, shown.interval) == ("50.0", None)
    page = results_page(researcher, unblinded)
    assert 'class="mean"' in page
    assert 'class="interval"' not in page
    write(unblinded)
    assert 'class="interval" x1="40.0" x2="60.0"' in results_page(researcher, unblinded)
