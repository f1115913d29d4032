import pytest
import torch

from pv_engine.reports.invariance import (
    Decoders,
    compare,
    comparison_sheet,
    comparison_table,
    summary,
)
from pv_engine.training.images import Pictures
from tests.pv_engine.quality.networks import Enlarge, colour_classifier, noise


class Grey(torch.nn.Module):
    """Draws a flat grey whatever the features are."""

    def forward(self, features):
        return torch.full((len(features), 3, 32, 32), 0.5)


def pictures(images):
    array = (images * 255).round().to(torch.uint8).numpy()
    return Pictures(array, torch.arange(len(array)).numpy(), torch.device("cpu"))


def found(first, second, images):
    decoders = Decoders(colour_classifier(), first, second)
    return summary(compare(decoders, pictures(images), batch_size=3))


def test_two_decoders_that_draw_the_same_agree_fully():
    measures = found(Enlarge(8), Enlarge(8), noise(7))
    assert measures["pictures"] == 7
    assert measures["between"] == pytest.approx({"mse": 0, "ssim": 1, "feature_distance": 0})
    assert measures["closer_to_each_other"]["ssim"] == 1.0
    assert measures["first"] == measures["second"]


def test_a_perfect_and_a_grey_decoder_differ_as_the_grey_one_does_from_the_original():
    squares = torch.nn.functional.interpolate(noise(4, size=4), scale_factor=8)
    measures = found(Enlarge(8), Grey(), squares)
    assert measures["first"]["mse"] == pytest.approx(0, abs=1e-10)
    assert measures["between"] == pytest.approx(measures["second"], rel=1e-5)
    assert measures["closer_to_each_other"]["ssim"] == 0.0


def test_the_feature_distance_is_measured_on_the_originals_scale():
    squares = torch.nn.functional.interpolate(noise(4, size=4), scale_factor=8)
    # As the pictures are stored: bytes.
    stored = (squares * 255).round() / 255
    features = colour_classifier().encode(stored).flatten(1)
    expected = (((features - 0.5) ** 2).sum(dim=1) / (features**2).sum(dim=1)).mean()
    measures = found(Grey(), Enlarge(8), squares)
    assert measures["first"]["feature_distance"] == pytest.approx(float(expected), rel=1e-4)


def test_the_sheet_shows_the_original_beside_both_and_the_table_of_all():
    decoders, images = Decoders(colour_classifier(), Enlarge(8), Grey()), noise(2)
    measures = found(Enlarge(8), Grey(), noise(5))
    sheet = comparison_sheet(decoders, images, ["one", "two"], ("a", "b"), measures)
    (section,) = sheet.sections
    assert [card.name for card in section.cards] == ["one", "two"]
    assert [shown.label for shown in section.cards[0].pictures] == ["original", "a", "b"]
    assert section.cards[0].pictures[2].picture.getpixel((5, 5)) == (128, 128, 128)
    assert sheet.tables == (comparison_table(measures, ("a", "b")),)
