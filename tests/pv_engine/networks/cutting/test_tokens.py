"""Vision transformers, cut where their patches decide for the last time."""

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from pv_engine.errors import RecipeError
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.cutting.prefix import CLASS_TOKEN, PrefixedHead, packed, parted
from pv_engine.networks.cutting.recording import record
from pv_engine.recipe import SALIENCY, ClassifierConfig
from pv_engine.registry import imported

timm = pytest.importorskip("timm")
SIZE = 64
# Small networks of each kind: how they are made, the layer that a user of pytorch-grad-cam would
# name, and their prefix tokens.
SMALL = {"img_size": SIZE, "num_classes": 5}
VIT = {**SMALL, "embed_dim": 48, "depth": 3, "num_heads": 3}
KINDS: dict[str, Any] = {
    "vit": ("vit_tiny_patch16_224", VIT, lambda net: net.blocks[-2], 1),
    # Position embeddings of 14 x 14 cells, resized to the picture's.
    "dynamic": (
        "vit_tiny_patch16_224",
        {**VIT, "img_size": 224, "dynamic_img_size": True},
        lambda net: net.blocks[-2],
        1,
    ),
    "deit distilled": ("deit_tiny_distilled_patch16_224", VIT, lambda net: net.blocks[-2], 2),
    "deit3": ("deit3_small_patch16_224", VIT, lambda net: net.blocks[-2], 1),
    "registers": (
        "vit_small_patch14_reg4_dinov2",
        {**VIT, "patch_size": 16},
        lambda net: net.blocks[-2],
        5,
    ),
    "clip": ("vit_base_patch32_clip_224", {**VIT, "patch_size": 16}, lambda net: net.blocks[-2], 1),
    "eva": (
        "eva02_tiny_patch14_224",
        {**SMALL, "patch_size": 16, "embed_dim": 48, "depth": 3, "num_heads": 3,
         "global_pool": "token"},
        lambda net: net.blocks[-2],
        1,
    ),
    "class attention": (
        "cait_xxs24_224",
        {**SMALL, "embed_dim": 48, "depth": 2, "num_heads": 3},
        lambda net: net.blocks[-1],
        0,
    ),
}  # fmt: skip


def made(kind):
    name, settings, layer, prefix = KINDS[kind]
    torch.manual_seed(0)
    network = timm.create_model(name, **settings).eval()
    with torch.no_grad():  # untrained, all classes would say the same
        for each in network.modules():
            if isinstance(each, nn.Linear) and each.out_features == 5:
                each.weight.normal_()
            if type(each).__name__ == "LayerScale":
                each.gamma.fill_(0.5)
        for name, each in network.named_parameters():
            if "gamma" in name:
                each.fill_(0.5)
    return network, layer(network), prefix


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_are_the_network_and_maps_are_pytorch_grad_cams(images, kind):
    network, layer, prefix = made(kind)
    encoder, head = cut(network, "own:vit", SIZE)
    with torch.no_grad():
        encoded = encoder(images)
    features, bound = parted(encoded, head)
    assert features.shape[2:] == (4, 4)
    assert identity_error(network, encoder, head, images) <= 1e-5
    assert (0 if isinstance(encoded, torch.Tensor) else encoded[1].shape[1]) == prefix

    def as_map(tokens):
        return tokens[:, prefix:].reshape(len(tokens), 4, 4, -1).permute(0, 3, 1, 2)

    targets = torch.tensor([1, 3])
    for method in ("gradcam", "hirescam", "layercam"):
        cam = imported(SALIENCY[method].formula)(network, [layer], as_map)
        wanted = [ClassifierOutputTarget(int(each)) for each in targets]
        theirs = torch.from_numpy(cam(input_tensor=images, targets=wanted))
        ours = saliency_maps(method, bound, features, targets, SIZE, "library")
        assert torch.allclose(ours, theirs, atol=1e-4)
        assert float(theirs.std()) > 0.01


def test_after_the_cut_the_patches_decide_and_the_prefix_stays(images):
    network, _, _ = made("vit")
    encoder, head = cut(network, "own:vit", SIZE)
    classifier = Classifier(encoder, head, 0.0, 1.0).eval()
    with torch.no_grad():
        features, bound = classifier.seen(images)
        assert isinstance(bound, PrefixedHead)
        assert classifier.beside == CLASS_TOKEN
        assert torch.equal(bound(features), classifier(images))
        assert not torch.allclose(bound(features.flip(0)), classifier(images))
        # The prefix of other pictures gives another answer: it has a part of it.
        other = PrefixedHead(head, bound.prefix.flip(0))
        assert not torch.allclose(other(features), classifier(images))
        assert torch.equal(head(classifier.head_input(images)), classifier(images))


def test_prefix_tokens_and_cells_are_packed_in_their_order():
    features = torch.arange(8.0).reshape(1, 2, 2, 2)
    prefix = torch.tensor([[[10.0, 20.0]]])
    row = packed(features, prefix)
    assert row.shape == (1, 2, 1, 5)
    assert row[0, :, 0].tolist() == [[10, 0, 1, 2, 3], [20, 4, 5, 6, 7]]


class Shuffled(nn.Module):
    """Patches whose places are mixed up, and averaged."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 16, stride=16)
        self.head = nn.Linear(8, 5)
        self.order = torch.randperm(16, generator=torch.Generator().manual_seed(0))

    def forward(self, images):
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        tokens = tokens[:, self.order].relu()
        return self.head(tokens.mean(dim=1))


def test_tokens_in_another_order_are_no_map(images):
    encoder: Any = cut(Shuffled().eval(), "own:shuffled", SIZE)[0]
    with torch.no_grad():
        found = encoder(images)
    torch.testing.assert_close(found, encoder.network.patches(images))


class Merged(nn.Module):
    """Decides by a number for each picture from the first step on."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 5)

    def forward(self, images):
        return self.head(images.mean(dim=(2, 3)))


def test_a_network_without_a_map_is_refused():
    with pytest.raises(RecipeError, match="has no feature map on which all its answers depend"):
        cut(Merged().eval(), "own:merged", SIZE)


class Wrapper(nn.Module):
    """Normalises its input and calls the network within, as many training scripts have it."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6])[:, None, None])

    def forward(self, pixel_values, labels=None):
        if pixel_values.dtype != torch.float32:
            pixel_values = pixel_values.float()
        _, channels, height, width = pixel_values.shape
        if channels != 3 or height != width:
            raise ValueError("square pictures of three channels")
        return self.model((pixel_values - self.mean) / 0.25)


class Asking(nn.Module):
    """Asks for flags, sizes and lengths, as the vision transformers of DINO do."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 32, 16, stride=16)
        self.token = nn.Parameter(torch.randn(1, 1, 32))
        self.position = nn.Parameter(torch.randn(1, 17, 32))
        block = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.blocks = nn.ModuleList(copy.deepcopy(block) for _ in range(3))
        self.head = nn.Linear(32, 5)

    def forward(self, images, masks=None, flag=True):
        count, _, width, height = images.shape
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat((self.token.expand(count, -1, -1), tokens), 1)
        if tokens.shape[1] != self.position.shape[1] or width != height or not flag:
            raise ValueError("another size")
        if masks is None and len(tokens.shape) == 3:
            tokens = tokens + self.position
        for block in self.blocks:
            tokens = block(tokens)
        scale = self.position[0, :5, 0].to(device=images.device, dtype=images.dtype)
        return self.head(tokens[:, 0]) * scale


def test_a_forward_may_ask_for_flags_sizes_and_lengths(images):
    torch.manual_seed(0)
    network = Asking().eval()
    encoder, head = cut(network, "own:asking", SIZE)
    for count in (1, 2):
        assert identity_error(network, encoder, head, images[:count]) <= 1e-5
    features, bound = parted(encoder(images), head)
    assert features.shape == (2, 32, 4, 4)
    assert isinstance(bound, PrefixedHead)


class Deciding(nn.Module):
    """Computes something else for dark pictures, which no recording could know."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 16, stride=16)
        self.head = nn.Linear(8, 5)

    def forward(self, images):
        cells = self.patches(images).relu()
        return self.head(cells.mean((2, 3)) if images.mean() > 0.1 else cells.amax((2, 3)))


def test_a_forward_that_decides_by_the_pictures_is_refused(images):
    with pytest.raises(RecipeError, match=r"decides by the values of a tensor what to compute"):
        cut(Deciding().eval(), "own:deciding", SIZE)


def test_a_wrapper_is_recorded_through(images):
    network, _, _ = made("vit")
    wrapped = Wrapper(network).eval()
    encoder, head = cut(wrapped, "own:wrapper", SIZE)
    assert identity_error(wrapped, encoder, head, images) <= 1e-5
    assert parted(encoder(images), head)[0].shape[2:] == (4, 4)


def test_a_wrapped_convolutional_network_is_cut_at_its_last_map(images):
    from torchvision.models import mobilenet_v3_small

    torch.manual_seed(0)
    wrapped = Wrapper(mobilenet_v3_small(weights=None)).eval()
    encoder, head = cut(wrapped, "own:wrapper", SIZE)
    assert identity_error(wrapped, encoder, head, images) <= 1e-5
    assert tuple(encoder(images).shape) == (2, 576, 2, 2)


def test_a_recorded_step_has_its_value():
    pictures = torch.rand(2, 3, 8, 8)
    graph = record(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), pictures, lambda module: False)
    shapes = [tuple(node.meta["trial"].shape) for node in graph.nodes]
    assert shapes == [(2, 3, 8, 8), (2, 4, 6, 6), (2, 4, 6, 6), (2, 4, 6, 6)]


def test_a_head_is_trained_on_packed_tokens(tiny_recipe):
    recipe = tiny_recipe("data.image_size=160")
    config = ClassifierConfig(architecture="timm:test_vit", train="head", task="single_label")
    classifier = build_classifier(replace(recipe, classifier=config), 4)
    with torch.no_grad():
        logits = classifier(torch.rand(3, 3, 160, 160))
        assert logits.shape == (3, 4)
        assert classifier.head_input(torch.rand(3, 3, 160, 160)).shape == (3, 64, 1, 101)
    assert classifier.feature_shape(160) == (64, 10, 10)
