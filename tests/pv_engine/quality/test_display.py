import pytest
import torch

from pv_engine.items.pictures import read_picture, to_picture
from pv_engine.quality.display import (
    displayed_again,
    displayed_summary,
    measure_displayed,
    recompressed,
)
from pv_engine.recipe import RenderingConfig
from pv_engine.recipe.sections.quality import DISPLAYED_MEASURES
from pv_engine.stimulus_sets.writing import write_picture
from tests.pv_engine.quality.networks import colour_classifier, noise


def smooth(count: int) -> torch.Tensor:
    """Pictures (count, 3, 32, 32) without detail."""
    return torch.nn.functional.interpolate(noise(count, 2), (32, 32), mode="bilinear")


def test_a_recompressed_picture_is_the_one_that_the_written_file_holds(tmp_path):
    picture = smooth(1)[0]
    name = write_picture(to_picture(picture), tmp_path, 60)
    assert torch.equal(recompressed(picture, 60), read_picture(tmp_path / name))


def test_what_has_no_detail_survives_display_and_grain_does_not():
    rendering = RenderingConfig(image_size=100, quality=60)
    for pictures, most in ((smooth(2), 0.02), (noise(2), 1.0)):
        error = (displayed_again(pictures, rendering, 32) - pictures).abs().mean()
        assert error < most
    assert error > 0.08


def test_a_reconstruction_that_is_displayed_unchanged_is_perfect():
    classifier, images = colour_classifier(), smooth(3)
    (first, *_) = measure_displayed(classifier, classifier.seen(images), images).tolist()
    assert dict(zip(DISPLAYED_MEASURES, first, strict=True)) == pytest.approx(
        {
            "displayed_feature_error": 0,
            "displayed_feature_cosine": 1,
            "displayed_top1_agreement": 1,
        },
        abs=1e-6,
    )


def test_another_top_class_after_display_is_no_agreement():
    classifier = colour_classifier()
    red, blue = (torch.zeros(1, 3, 32, 32) for _ in range(2))
    red[:, 0], blue[:, 2] = 0.5, 0.5
    assert measure_displayed(classifier, classifier.seen(red), blue)[0, 2] == 0


def test_the_whole_is_weighted_by_how_often_each_stratum_occurs():
    rows = torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    places, shares = torch.tensor([0, 1, 1]), torch.tensor([0.1, 0.9, 0.0])
    summary = displayed_summary(rows, places, shares)
    assert summary["displayed_top1_agreement"] == pytest.approx(0.1 + 0.9 * 0.5)
    assert summary["displayed_pictures"] == 3
    assert summary["strata"]["model_right"]["displayed_top1_agreement"] == 0.5
    assert set(summary["strata"]) == {"model_wrong", "model_right"}
