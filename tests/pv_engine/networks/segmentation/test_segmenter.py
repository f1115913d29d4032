"""Segmentation networks as the explained model, against torchvision and pytorch-grad-cam."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import SemanticSegmentationTarget
from torch import nn
from torchvision.models.segmentation import fcn_resnet50

from pv_engine.errors import RecipeError
from pv_engine.explain.saliency import saliency_maps
from pv_engine.items.overlaps import overlap
from pv_engine.items.selection import strata_of
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.families.known import create_network
from pv_engine.networks.heads import last_layer
from pv_engine.networks.segmentation.masks import mask_scores, predicted_masks, present_classes
from pv_engine.networks.segmentation.segmenter import has_background, segmenter_of
from pv_engine.recipe import ClassifierConfig, SelectionConfig

SIZE = 64
NAMES = ["torchvision:deeplabv3_mobilenet_v3_large", "torchvision:fcn_resnet50"]


def config(architecture):
    return ClassifierConfig(architecture=architecture, task="segmentation", train="none")


def made(architecture, classes=4):
    """A network of random weights whose answer differs from place to place."""
    torch.manual_seed(0)
    network = create_network(config(architecture), classes).eval()
    with torch.no_grad():
        last = [
            each for each in network.network.classifier.modules() if isinstance(each, nn.Conv2d)
        ]
        last[-1].weight.normal_()
    return network


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("architecture", NAMES)
def test_the_parts_are_the_network_and_maps_are_pytorch_grad_cams(images, architecture):
    network = made(architecture)
    encoder, head = cut(network, architecture)
    assert identity_error(network, encoder, head, images) <= 1e-5
    with torch.no_grad():
        features, dense = encoder(images), network.network(images)["out"]
        targets = network(images).argmax(dim=1)
    # A wrapper and a layer, as the library's own tutorial on segmentation has them.
    inner = nn.Module()
    inner.forward = lambda pictures: network.network(pictures)["out"]
    inner.backbone, inner.classifier = network.network.backbone, network.network.classifier
    masks = predicted_masks(dense)
    wanted = [
        SemanticSegmentationTarget(int(each) + 1, (mask == each + 1).float().numpy())
        for each, mask in zip(targets, masks, strict=True)
    ]
    layer = list(network.network.backbone.children())[-1]
    theirs = torch.from_numpy(GradCAM(inner, [layer])(input_tensor=images, targets=wanted))
    ours = saliency_maps("gradcam", head, features, targets, SIZE, "library")
    assert torch.allclose(ours, theirs, atol=1e-4)
    assert float(theirs.std()) > 0.01


def test_a_score_is_the_sum_of_the_classs_logits_over_its_pixels():
    logits = torch.tensor([[[[9.0, 0.0]], [[1.0, 5.0]], [[2.0, 3.0]]]])
    # The background has the first pixel, the first class the second one.
    assert mask_scores(logits, has_background=True).tolist() == [[5.0, -1.0]]
    assert mask_scores(logits, has_background=False).tolist() == [[9.0, 5.0, -5.0]]


@pytest.mark.parametrize("shift", [0.0, -30.0])
def test_classes_with_a_pixel_are_separate_from_those_without(shift):
    logits = torch.randn(6, 5, 3, 3, generator=torch.Generator().manual_seed(0)) + shift
    logits[0, 0] += 100  # nothing but background
    logits[1, 1:3] -= 100
    scores = mask_scores(logits, has_background=True)
    for row, masks in zip(present_classes(scores), predicted_masks(logits), strict=True):
        assert row.tolist() == [bool((masks == number).any()) for number in range(1, 5)]
    # The top class has a pixel, however negative the logits are.
    present = present_classes(scores)[1:]
    assert present.gather(1, scores[1:].argmax(dim=1, keepdim=True)).all()


def test_an_output_more_than_classes_is_the_background_also_in_a_files_own_head(images):
    network = made("torchvision:deeplabv3_mobilenet_v3_large")
    assert network.pixels(torch.rand(1, 3, SIZE, SIZE)).shape[1] == 5
    assert network(torch.rand(1, 3, SIZE, SIZE)).shape == (1, 4)
    # A file with an output for each class alone.
    name, last = last_layer(network)
    assert isinstance(last, nn.Conv2d)
    network.set_submodule(name, nn.Conv2d(last.in_channels, 4, 1))
    encoder, head = network.parts()
    for pixels in (network.pixels(images), head.pixels(encoder(images))):
        assert not has_background(pixels, 4)
    assert network(images).shape == (2, 4)


@pytest.mark.parametrize(
    ("architecture", "task", "words"),
    [
        ("torchvision:resnet18", "segmentation", "no segmentation network"),
        ("torchvision:fcn_resnet50", "multi_label", 'set classifier.task = "segmentation"'),
        ("timm:resnet18", "segmentation", "choose torchvision:<name> or hf:<name>"),
    ],
)
def test_other_networks_are_refused_with_the_remedy(architecture, task, words):
    with pytest.raises(RecipeError, match=words):
        create_network(ClassifierConfig(architecture=architecture, task=task, train="none"), 4)


def test_a_side_that_the_features_do_not_fill_is_refused():
    with pytest.raises(RecipeError, match="multiple of 16, such as 96 or 112"):
        made("torchvision:deeplabv3_mobilenet_v3_large").refuse_size(100, "it")


def test_torchvisions_own_network_is_the_one_that_is_wrapped(images):
    torch.manual_seed(3)
    plain = fcn_resnet50(weights=None, weights_backbone=None, num_classes=5).eval()
    wrapped = made("torchvision:fcn_resnet50")
    wrapped.network.load_state_dict(plain.state_dict())
    with torch.no_grad():
        expected = mask_scores(plain(images)["out"], has_background=True)
        assert torch.equal(wrapped(images), expected)


def test_strata_follow_the_overlap_of_the_top_class():
    predicted = torch.tensor([[True, False]] * 5)
    actual = torch.tensor([[True, False]] * 4 + [[False, False]])
    overlaps = np.array([0.0, 0.09, 0.3, 0.5, 0.9])
    found = strata_of(predicted, actual, SelectionConfig(), overlaps)
    assert found["model_wrong"].tolist() == [True, True, False, False, False]
    assert found["model_right"].tolist() == [False, False, False, True, False]


def test_pixels_that_do_not_count_are_left_out_of_the_overlap():
    predicted = np.array([[1, 1, 1], [0, 0, 2]])
    actual = np.array([[1, 255, 0], [1, 0, 2]])
    assert overlap(predicted, actual, 1) == pytest.approx(1 / 3)
    assert overlap(predicted, actual, 2) == 1.0
    assert overlap(predicted, actual, 3) == 0.0
    # Where no class did not count in training, either.
    assert overlap(predicted, actual, 1, skips=(0,)) == pytest.approx(1 / 2)


def test_another_head_is_noticed_even_where_no_class_has_a_pixel(images):
    network = made("torchvision:deeplabv3_mobilenet_v3_large")
    last = last_layer(network.network.classifier)[1]
    with torch.no_grad():
        last.bias[0] = 1e4
    encoder, head = network.parts()
    assert identity_error(network, encoder, head, images) == 0.0
    assert not network(images).any()
    head.trial = replace(head.trial, stride=8)
    assert identity_error(network, encoder, head, images) > 1e-5


def test_a_network_of_ones_own_needs_a_last_part_that_reads_a_map(images):
    torch.manual_seed(0)
    plain = fcn_resnet50(weights=None, weights_backbone=None, num_classes=4).eval()
    wrapped = segmenter_of(plain, 4, "own:network")
    with torch.no_grad():
        assert wrapped(images).shape == (2, 4)
    with pytest.raises(RecipeError, match=r"cannot be cut before its last part .* choose another"):
        segmenter_of(nn.Conv2d(3, 4, 1), 4, "own:network")
