"""Maps of networks as their libraries made them, against pytorch-grad-cam on the uncut network."""

import pytest
import pytorch_grad_cam
import torch
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget, FinerWeightedTarget
from torch import nn

from pv_engine.explain.head_gradients import COMPARED
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.families.known import create_network
from pv_engine.networks.heads import PooledLinear, layers_of
from pv_engine.recipe import SALIENCY, ClassifierConfig
from pv_engine.registry import imported

SIZE = 96


def tokens_to_map(tokens):
    """As the library asks for it: without the one register token, in rows."""
    side = int(tokens[:, 1:].shape[1] ** 0.5)
    return tokens[:, 1:].reshape(len(tokens), side, side, -1).permute(0, 3, 1, 2)


# The layer that a user of the library would name, the reshaping it needs, and the picture's side.
NETWORKS = {
    "torchvision:squeezenet1_1": (lambda network: network.features, None, SIZE),
    "torchvision:mobilenet_v3_small": (lambda network: network.features, None, SIZE),
    "torchvision:shufflenet_v2_x0_5": (lambda network: network.conv5, None, SIZE),
    "timm:test_convnext": (lambda network: network.stages, None, SIZE),
    "timm:mambaout_femto": (
        lambda network: network.stages[-1],
        lambda maps: maps.permute(0, 3, 1, 2),
        SIZE,
    ),
    "timm:vit_little_patch16_reg1_gap_256": (lambda network: network.norm, tokens_to_map, 256),
}


@pytest.fixture(scope="module", params=NETWORKS)
def case(request):
    """A network, its layer and reshaping, pictures, and the two parts that it is cut into."""
    layer, reshape, size = NETWORKS[request.param]
    torch.manual_seed(0)
    network = create_network(ClassifierConfig(architecture=request.param), 1000).eval()
    # Most libraries start the last layer so small that every class says the same.
    nn.init.normal_(layers_of(network)[-1][1].weight)
    images = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(1))
    return network, layer(network), reshape, images, cut(network, request.param)


def ours(case, method, targets):
    images, (encoder, head) = case[3:]
    with torch.no_grad():
        features = encoder(images)
    return saliency_maps(method, head, features, targets, images.shape[-1], "library")


def assert_same(found, library, images, wanted):
    theirs = torch.from_numpy(library(input_tensor=images, targets=wanted))
    assert torch.allclose(found, theirs, atol=1e-4)
    return float(theirs.std())


@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "layercam", "eigengradcam", "kpcacam"])
def test_they_equal_the_librarys(case, method):
    network, layer, reshape, images, _ = case
    targets = torch.tensor([7, 300])
    cam = imported(SALIENCY[method].formula)(network, [layer], reshape)
    wanted = [ClassifierOutputTarget(int(each)) for each in targets]
    spread = assert_same(ours(case, method, targets), cam, images, wanted)
    # With random weights, some of the others' maps are empty.
    assert spread > 0.01 or method in ("gradcam++", "kpcacam")


def finer_targets(network, images, targets):
    with torch.no_grad():
        logits = network(images)
    wanted = []
    for row, target in zip(logits, targets.tolist(), strict=True):
        nearest = (row - row[target]).abs().argsort().tolist()[1 : 1 + COMPARED]
        wanted.append(FinerWeightedTarget(target, nearest, 1))
    return wanted


def test_finer_cam_equals_the_librarys(case):
    network, layer, reshape, images, _ = case
    targets = torch.tensor([7, 300])
    cam = pytorch_grad_cam.FinerCAM(network, [layer], reshape)
    assert_same(
        ours(case, "finercam", targets), cam, images, finer_targets(network, images, targets)
    )


@pytest.fixture
def bent():
    """A small encoder with a head that is not linear in its features, and both as one network."""
    torch.manual_seed(2)
    encoder = nn.Sequential(nn.Conv2d(3, 8, 8, stride=8), nn.ReLU())
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    head = nn.Sequential(pool, nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
    for parameter in head.parameters():
        nn.init.normal_(parameter)
    return nn.Sequential(encoder, head).eval()


@pytest.fixture
def images():
    return torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def test_shapley_and_finer_cam_equal_the_librarys_where_the_head_is_not_linear(bent, images):
    targets = torch.tensor([0, 1, 3])
    with torch.no_grad():
        features = bent[0](images)
    maps = saliency_maps("shapleycam", bent[1], features, targets, 64, "library")
    wanted = [ClassifierOutputTarget(int(each)) for each in targets]
    assert assert_same(maps, pytorch_grad_cam.ShapleyCAM(bent, [bent[0]]), images, wanted) > 0.01
    finer = saliency_maps("finercam", bent[1], features, targets, 64, "library")
    wanted = finer_targets(bent, images, targets)
    assert assert_same(finer, pytorch_grad_cam.FinerCAM(bent, [bent[0]]), images, wanted) > 0.01
    plain = saliency_maps("gradcam", bent[1], features, targets, 64, "library")
    assert not torch.allclose(maps, plain, atol=1e-2)
    assert not torch.allclose(finer, plain, atol=1e-2)


@pytest.mark.parametrize("method", ["finercam", "shapleycam"])
def test_a_pooled_linear_head_and_the_same_behind_a_wrapper_give_the_same_map(images, method):
    torch.manual_seed(0)
    encoder, head = nn.Conv2d(3, 8, 8, stride=8), PooledLinear(nn.Linear(8, 5))
    with torch.no_grad():
        features = encoder(images)
    targets = torch.tensor([0, 4, 2])
    plain, wrapped = (
        saliency_maps(method, each, features, targets, 64) for each in (head, nn.Sequential(head))
    )
    assert torch.allclose(plain, wrapped, atol=1e-5)


def test_finer_cam_works_with_fewer_classes_than_it_compares(images):
    torch.manual_seed(0)
    head = PooledLinear(nn.Linear(3, 2))
    maps = saliency_maps("finercam", head, images, torch.tensor([0, 1, 0]), 64)
    assert torch.isfinite(maps).all()
