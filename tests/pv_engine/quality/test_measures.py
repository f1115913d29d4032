import pytest
import torch

from pv_engine.quality.measures import measure, strata, summary
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.sections.quality import MEASURES, STRATA
from tests.pv_engine.quality.networks import colour_classifier, noise


def measured(images, reconstructions):
    classifier = colour_classifier()
    rows = measure(classifier, images, classifier.seen(images), reconstructions)
    return [dict(zip(MEASURES, row, strict=True)) for row in rows.tolist()]


def flat(*colours):
    """Pictures of one colour each."""
    return torch.tensor(colours)[:, :, None, None].expand(-1, 3, 32, 32).contiguous()


def test_a_perfect_reconstruction_has_perfect_measures():
    images = noise(3)
    for row in measured(images, images.clone()):
        assert row == pytest.approx(
            {
                "mse": 0,
                "psnr": 120,
                "ssim": 1,
                "feature_error": 0,
                "feature_cosine": 1,
                "top1_agreement": 1,
            },
            abs=1e-6,
        )


def test_the_measures_of_a_wrong_colour_are_those_computed_by_hand():
    red, green = flat((0.5, 0.0, 0.0)), flat((0.0, 0.5, 0.0))
    (row,) = measured(red, green)
    assert row["mse"] == pytest.approx(2 * 0.25 / 3, rel=1e-6)
    assert row["psnr"] == pytest.approx(7.7815, abs=1e-3)  # -10 log10(1 / 6)
    assert row["feature_error"] == pytest.approx(2.0, rel=1e-6)  # (0.5² + 0.5²) / 0.5²
    assert row["feature_cosine"] == pytest.approx(0.0, abs=1e-6)
    assert row["top1_agreement"] == 0


def test_half_the_features_length_is_a_quarter_of_error_and_no_angle():
    (row,) = measured(flat((0.6, 0.2, 0.4)), flat((0.3, 0.1, 0.2)))
    assert row["feature_error"] == pytest.approx(0.25, rel=1e-5)
    assert row["feature_cosine"] == pytest.approx(1.0, rel=1e-5)
    assert row["top1_agreement"] == 1


def test_a_picture_for_all_counts_as_the_same_picture_for_each():
    images, same = noise(4), noise(1, seed=1)
    assert measured(images, same) == measured(images, same.repeat(4, 1, 1, 1))


def test_each_picture_gets_its_stratum():
    logits = torch.tensor([[2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, -2.0]])
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    places = strata(logits, labels, ClassifierConfig())
    assert [STRATA[place] for place in places] == ["model_right", "model_wrong", "other", "other"]


def test_the_summary_averages_over_all_and_over_each_stratum_that_there_is():
    rows = torch.zeros(3, len(MEASURES))
    rows[:, MEASURES.index("ssim")] = torch.tensor([0.2, 0.4, 0.9])
    wrong, other = STRATA.index("model_wrong"), STRATA.index("other")
    found = summary(rows, torch.tensor([wrong, wrong, other]))
    assert (found["pictures"], found["ssim"]) == (3, pytest.approx(0.5))
    assert set(found["strata"]) == {"model_wrong", "other"}
    assert found["strata"]["model_wrong"]["pictures"] == 2
    assert found["strata"]["model_wrong"]["ssim"] == pytest.approx(0.3)
