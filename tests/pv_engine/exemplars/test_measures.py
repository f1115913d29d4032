import pytest

from pv_engine.exemplars.measures import note, summaries
from pv_engine.items.selection import Pick
from pv_engine.recipe import ExemplarConfig

CLASSES = ("cat", "dog", "fish")


def pick(stratum, prediction, *truth):
    return Pick("item", 0, stratum, prediction, (prediction,), truth, (0, 1, 2))


def exemplar(score, *labels):
    return {"score": score, "labels": list(labels)}


WRONG = {
    "exemplars": [exemplar(0.8, "cat"), exemplar(0.7, "dog", "cat"), exemplar(0.6, "fish")],
    "control_cosine": 0.1,
    "best_of_prediction": exemplar(0.8, "cat"),
    "best_of_truth": exemplar(0.5, "dog"),
    "halves": [exemplar(0.8, "cat"), exemplar(0.7, "dog", "cat")],
}
RIGHT = {
    **WRONG,
    "exemplars": [exemplar(0.6, "fish"), exemplar(0.5, "fish"), exemplar(0.4, "fish")],
    "halves": [exemplar(0.6, "fish"), exemplar(0.5, "dog")],
}


@pytest.fixture
def strata():
    picks = [pick("model_wrong", 0, 1), pick("model_right", 2, 2)]
    agreement = [{"pv": False, "pv_exemplar": True}, {"pv": True, "pv_exemplar": True}]
    return summaries([WRONG, RIGHT], agreement, picks, CLASSES)


def test_measures_are_means_within_a_stratum(strata):
    assert strata["model_wrong"] == {
        "pictures": 1,
        "cosine": 0.8,
        "cosine_control": 0.1,
        "cosine_best_of_prediction": 0.8,
        "cosine_best_of_truth": 0.5,
        "neighbours_hold_prediction": 0.6667,
        "neighbours_hold_truth": 0.3333,
        "halves_agree": 1.0,
        "model_agrees": {"pv": 0.0, "pv_exemplar": 1.0},
    }
    assert strata["model_right"]["halves_agree"] == 0
    assert strata["all"]["cosine"] == 0.7
    assert strata["all"]["model_agrees"] == {"pv": 0.5, "pv_exemplar": 1.0}


def test_a_stratum_without_items_has_no_measures():
    strata = summaries([WRONG], [{"pv": True}], [pick("model_wrong", 0, 1)], CLASSES)
    assert list(strata) == ["model_wrong", "all"]


def test_what_is_said_of_exemplars_depends_on_what_chose_them():
    plain = note(ExemplarConfig())
    helped = note(ExemplarConfig(head_share=0.25))
    agreed = note(ExemplarConfig(neighbours=16, consensus=2.0))
    assert helped == (
        f"{plain} The model's answer helped to choose it (exemplar.head_share = 0.25)."
    )
    assert agreed == (
        f"{plain} Of the 16 pictures that they resemble most, it is one that the others resemble, "
        "too (exemplar.consensus = 2)."
    )
