import contextlib

import numpy as np
import pytest
import torch
from pytorch_grad_cam import ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from pv_engine.errors import SaliencyError
from pv_engine.explain.gradient_free import WholePass, ablation_cam
from pv_engine.explain.saliency import is_empty, normalised, saliency_maps
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import SALIENCY
from pv_engine.registry import SaliencyMethod, imported

SIZE = 32
# Those with a class of pytorch-grad-cam, and of them those with Grad-CAM's own gradient.
METHODS = {
    name: imported(method.formula)
    for name, method in SALIENCY.items()
    if method.reads in ("features", "gradient")
}
# Those that need no attention, which the networks here do not have.
ANY_NETWORK = [name for name, method in SALIENCY.items() if method.reads != "attention"]
GRADIENTS = {
    name
    for name, method in SALIENCY.items()
    if method.gradient != SaliencyMethod("", "gradient", "", "").gradient
}


@pytest.fixture
def whole():
    """Convolution, batch norm and ReLU, then a pooled linear head, with random weights."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Conv2d(3, 12, 5, stride=4, padding=2), nn.BatchNorm2d(12), nn.ReLU())
    network = nn.Sequential(encoder, PooledLinear(nn.Linear(12, 4)))
    # Pictures of these colours leave every class something positive to point at.
    return network.eval()


@pytest.fixture
def images():
    return torch.rand(5, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("method", sorted(METHODS.keys() - GRADIENTS))
def test_it_equals_pytorch_grad_cam_under_its_normalisation(whole, images, method):
    targets = torch.tensor([0, 1, 2, 3, 1])
    cam = METHODS[method](model=whole, target_layers=[whole[0]])
    theirs = cam(input_tensor=images, targets=[ClassifierOutputTarget(int(t)) for t in targets])
    with torch.no_grad():
        features = whole[0](images)
    ours = saliency_maps(method, whole[1], features, targets, SIZE, "library")
    assert torch.allclose(ours, torch.from_numpy(theirs), atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_the_closed_form_equals_the_backward_pass(whole, images, method):
    targets = torch.tensor([3, 2, 1, 0, 2])
    general_head = nn.Sequential(whole[1])
    with torch.no_grad():
        features = whole[0](images)
    closed = saliency_maps(method, whole[1], features, targets, SIZE)
    backward = saliency_maps(method, general_head, features, targets, SIZE)
    assert torch.allclose(closed, backward, atol=1e-6)


@pytest.mark.parametrize("method", ANY_NETWORK)
@pytest.mark.parametrize("normalisation", ["paper", "library"])
def test_maps_lie_between_0_and_1_and_have_a_peak(whole, images, normalisation, method):
    with torch.no_grad():
        features = whole[0](images)
        targets = whole[1](features).argmax(dim=1)
    passed = WholePass(whole, images)
    maps = saliency_maps(method, whole[1], features, targets, SIZE, normalisation, passed)
    assert maps.shape == (5, SIZE, SIZE)
    assert maps.min() >= 0
    assert maps.max() <= 1
    assert (maps.amax(dim=(1, 2)) > 0.8).all()


def test_the_papers_normalisation_divides_by_the_maximum():
    maps = torch.tensor([[[1.0, 2.0], [4.0, 3.0]]])
    assert torch.equal(normalised(maps, 2, "paper"), maps / 4)
    assert torch.allclose(normalised(maps, 2, "library"), (maps - 1) / 3, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-30, 1e-13, 1, 1e30])
def test_the_scale_of_a_networks_features_does_not_decide_what_a_map_highlights(whole, scale):
    features = torch.rand(2, 12, 4, 4, generator=torch.Generator().manual_seed(2))
    targets = whole[1](features).argmax(dim=1)
    expected = saliency_maps("gradcam", whole[1], features, targets, SIZE)
    found = saliency_maps("gradcam", whole[1], scale * features, targets, SIZE)
    assert not is_empty(expected).any()
    assert torch.allclose(found, expected, atol=1e-6)


def test_an_empty_map_stays_empty_and_is_flagged():
    maps = normalised(torch.zeros(2, 3, 3), 6, "paper")
    assert is_empty(maps).all()
    assert not torch.isnan(maps).any()


def snapshot(network):
    """All that a caller could notice of a network, and of the random state."""
    return [
        [module.training for module in network.modules()],
        [len(module._forward_hooks) + len(module._backward_hooks) for module in network.modules()],
        [(each.requires_grad, each.grad is None) for each in network.parameters()],
        [each.tolist() for each in network.state_dict().values()],
        torch.random.get_rng_state().tolist(),
        [np.asarray(each).tolist() for each in list(np.random.get_state())[1:]],  # noqa: NPY002
    ]


@pytest.mark.parametrize("target", [1, 99])
@pytest.mark.parametrize("method", ANY_NETWORK)
def test_the_networks_are_left_as_they_were_also_after_an_exception(images, method, target):
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Conv2d(3, 12, 5, stride=4, padding=2), nn.BatchNorm2d(12), nn.ReLU())
    head = nn.Sequential(nn.Dropout(0.5), PooledLinear(nn.Linear(12, 4)), nn.BatchNorm1d(4))
    network = nn.Sequential(encoder, head).train()
    # Someone froze a part on purpose.
    encoder[1].eval()
    head[1].linear.weight.requires_grad_(False)
    with torch.no_grad():
        features = encoder(images)
    before = snapshot(network)
    expected = pytest.raises(SaliencyError) if target == 99 else contextlib.nullcontext()
    with expected:
        saliency_maps(
            method, head, features, torch.full((5,), target), SIZE, whole=WholePass(network, images)
        )
    assert snapshot(network) == before


@pytest.mark.parametrize("target", [4, -1])
@pytest.mark.parametrize("wrap", [nn.Identity(), nn.Sequential()])
def test_a_class_that_does_not_exist_is_an_error(whole, images, target, wrap):
    head = whole[1] if isinstance(wrap, nn.Identity) else nn.Sequential(whole[1])
    with torch.no_grad():
        features = whole[0](images)
    with pytest.raises(SaliencyError, match=f"Class {target} does not exist; .* 0 to 3"):
        saliency_maps("gradcam", head, features, torch.full((5,), target), SIZE)


def test_fewer_targets_than_images_are_an_error(whole, images):
    with torch.no_grad():
        features = whole[0](images)
    for targets, count in ((torch.tensor([0, 1]), 2), (torch.zeros(5, 2).long(), 10)):
        with pytest.raises(SaliencyError, match=f"5 images but {count} target classes"):
            saliency_maps("gradcam", whole[1], features, targets, SIZE)


@pytest.mark.parametrize("method", ANY_NETWORK)
def test_features_that_are_not_finite_are_an_error(whole, images, method):
    with torch.no_grad():
        features = whole[0](images)
    # The library's Eigen-CAM would take NaN for zero.
    features[0, 0, 0, 0] = float("nan")
    with pytest.raises(SaliencyError, match="features are not finite"):
        saliency_maps(method, whole[1], features, torch.zeros(5).long(), SIZE)


def test_a_map_that_overflows_is_an_error(whole, images):
    with torch.no_grad():
        whole[1].linear.weight.fill_(3e38)
        features = whole[0](images) * 1e3
    with pytest.raises(SaliencyError, match="gradcam map is not finite"):
        saliency_maps("gradcam", whole[1], features, torch.zeros(5).long(), SIZE)


def test_a_confident_class_still_has_a_map(images):
    """After a sigmoid its gradient would be zero in float32; on logits it is not."""
    head = PooledLinear(nn.Linear(3, 2))
    with torch.no_grad():
        head.linear.weight.fill_(500.0)
        head.linear.bias.zero_()
    maps = saliency_maps("gradcam", nn.Sequential(head), images, torch.zeros(5).long(), SIZE)
    assert not is_empty(maps).any()


@pytest.mark.parametrize(
    "name", [key for key, each in SALIENCY.items() if each.reads == "features"]
)
def test_a_method_that_needs_no_gradient_says_the_same_of_every_class(whole, images, name):
    with torch.no_grad():
        features = whole[0](images)
    first, second = (
        saliency_maps(name, whole[1], features, torch.full((5,), target), SIZE) for target in (0, 2)
    )
    assert torch.equal(first, second)


def test_score_cam_equals_pytorch_grad_cam(whole, images):
    targets = torch.tensor([0, 1, 2, 3, 1])
    cam = ScoreCAM(model=whole, target_layers=[whole[0]])
    theirs = cam(input_tensor=images, targets=[ClassifierOutputTarget(int(t)) for t in targets])
    with torch.no_grad():
        features = whole[0](images)
    ours = saliency_maps(
        "scorecam", whole[1], features, targets, SIZE, "library", WholePass(whole, images)
    )
    assert torch.allclose(ours, torch.from_numpy(theirs), atol=1e-4)


def test_score_cam_without_images_says_what_it_needs(whole, images):
    with torch.no_grad():
        features = whole[0](images)
    with pytest.raises(SaliencyError, match="give it the network and the images"):
        saliency_maps("scorecam", whole[1], features, torch.zeros(5).long(), SIZE)


def test_ablation_cam_weighs_channels_by_what_the_logit_loses():
    head = PooledLinear(nn.Linear(2, 1, bias=False))
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[3.0, 1.0]]))
    features = torch.tensor([[[[0.0, 2.0]], [[4.0, 0.0]]]])
    # The logit is 3 * 1 + 1 * 2 = 5, so the channels weigh 3/5 and 2/5.
    for each in (head, nn.Sequential(head)):  # in closed form, and channel by channel
        raw = ablation_cam(each, features, torch.tensor([0]))
        assert torch.allclose(raw, torch.tensor([[[0.4 * 4, 0.6 * 2]]]))
