"""Which interval the head of the report gives for images like these."""

from analysis.data.labels import condition_label, with_condition
from analysis.report.sections.generalising.like_these import (
    BOOTSTRAP,
    MIXED,
    disagreement,
    estimates_for_images,
    interactions,
)
from analysis.statistics.ranks.effect_sizes import Interval

PAIR = {"condition_a": "gradcam", "condition_b": "pv"}
KEY = ("model_wrong", "gradcam", "pv")


def numbers(low, high, fitted=True, converged=True):
    """A mixed model with this interval, beside one of -0.4 to -0.1 for participants alone."""
    points = {"points": -0.25, "points_ci_low": low, "points_ci_high": high}
    drawn = {
        "difference": -0.25, "both_ci_low": -0.45, "both_ci_high": -0.05,
        "participants_only_ci_low": -0.4, "participants_only_ci_high": -0.1,
    }  # fmt: skip
    model = {"fitted": fitted}
    if fitted:
        model |= {
            "converged": converged,
            "effects": [{"stratum": "model_wrong", **PAIR, **points}],
            "interactions": [PAIR | points],
        }
    return {
        "mixed_model": model,
        "generalisation": [{"stratum": "model_wrong", **PAIR, **drawn}],
        "interaction": [{**PAIR, "difference": -0.3, "ci_low": -0.4, "ci_high": -0.1}],
    }


def test_the_mixed_model_speaks_for_images_like_these():
    assert estimates_for_images(numbers(-0.5, 0.0)) == {KEY: (Interval(-0.25, -0.5, 0.0), MIXED)}


def test_a_model_that_knows_more_of_all_images_than_of_these_gives_way_to_the_bootstrap():
    drawn = {KEY: (Interval(-0.25, -0.45, -0.05), BOOTSTRAP)}
    assert estimates_for_images(numbers(-0.3, -0.2)) == drawn
    assert estimates_for_images(numbers(-0.5, 0.0, converged=False)) == drawn
    assert estimates_for_images(numbers(-0.5, 0.0, fitted=False)) == drawn


def test_an_interaction_has_no_interval_that_is_shorter_than_for_these_images():
    [(pair, these, like)] = interactions(numbers(-0.5, 0.0))
    assert (pair, these) == (("gradcam", "pv"), Interval(-0.3, -0.4, -0.1))
    assert like == (Interval(-0.25, -0.5, 0.0), MIXED)
    [(_, _, like)] = interactions(numbers(-0.3, -0.2))
    assert like is None


def test_a_difference_for_these_images_alone_is_said_to_be_one():
    these = Interval(-0.3, -0.4, -0.1)
    assert "not for images like these" in disagreement(these, (Interval(-0.3, -0.7, 0.1), MIXED))
    assert disagreement(these, (Interval(-0.3, -0.5, -0.1), MIXED)) == ""
    assert disagreement(these, None) == ""
    opposite = disagreement(these, (Interval(0.3, 0.1, 0.5), MIXED))
    assert "opposite sign" in opposite


def test_groups_of_several_conditions_are_named_in_their_order():
    assert condition_label("gradcam>pv") == "Grad-CAM, then PV"
    assert with_condition("pv>gradcam") == "with PV, then Grad-CAM"
