import torch

from pv_engine.explain.perception import explain, masked
from pv_engine.quality.stimuli import draw_stimuli, kinds_to_read
from pv_engine.recipe import RenderingConfig
from tests.pv_engine.quality.networks import Enlarge, colour_classifier, noise


def drawn(images, *conditions):
    rendering = RenderingConfig(conditions=conditions, image_size=64)
    return draw_stimuli(images, colour_classifier(), Enlarge(8), None, rendering)


def test_it_draws_the_original_and_every_condition_at_the_images_size():
    images = noise(3)
    stimuli = drawn(images, "gradcam", "gradcam_overlay", "none", "pv", "reconstruction")
    assert list(stimuli) == ["original", "gradcam", "gradcam_overlay", "pv", "reconstruction"]
    assert {each.shape for each in stimuli.values()} == {images.shape}
    assert torch.equal(stimuli["original"], images)


def test_a_stimulus_is_drawn_as_an_items_is():
    images = noise(3)
    rendering = RenderingConfig(conditions=("pv",), image_size=32)
    explanation = explain(colour_classifier(), Enlarge(8), images, rendering)
    expected = masked(explanation.reconstructions, explanation.maps)
    assert torch.equal(drawn(images, "pv")["pv"], expected)


def test_each_picture_borrows_the_next_ones_map_for_the_control():
    images = noise(3)
    once, rolled = drawn(images, "random_map", "pv"), drawn(images.roll(-1, 0), "pv")
    whiteness = (once["random_map"] == 1).all(dim=1)
    assert torch.equal(whiteness, (rolled["pv"] == 1).all(dim=1))
    assert not torch.equal(once["random_map"], once["pv"])


def test_nothing_is_drawn_for_the_condition_without_a_picture():
    assert kinds_to_read(RenderingConfig(conditions=("none", "pv"))) == ("original", "pv")
