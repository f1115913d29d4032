"""Attention rollout of vision transformers, against the formula on weights taken by hand."""

from typing import Any

import pytest
import timm
import torch
from torch import nn
from torchvision.models import VisionTransformer, resnet18

from pv_engine.errors import SaliencyError
from pv_engine.explain.attention_rollout import attention_rollout, rollout
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import Classifier
from pv_engine.networks.cutting.backbones import cut
from tests.pv_engine.explain.test_saliency import snapshot

SIZE = 64
SMALL: dict[str, Any] = {
    "img_size": SIZE,
    "num_classes": 5,
    "embed_dim": 48,
    "depth": 3,
    "num_heads": 3,
}
TARGETS = torch.tensor([0, 1])


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def sharpened(network):
    """Of random weights, attention is the same everywhere: larger ones let it differ."""
    with torch.no_grad():
        for name, each in network.named_parameters():
            if "qkv.weight" in name or "in_proj_weight" in name:
                each.normal_(std=0.5, generator=torch.Generator().manual_seed(2))
    return network.eval()


def found_by_engine(network, images):
    encoder, head = cut(network, "own:network", SIZE)
    classifier = Classifier(encoder, head, 0.0, 1.0).eval()
    with torch.no_grad():
        features, bound = classifier.seen(images)
    return attention_rollout(WholePass(classifier, images), bound, features, TARGETS)


def by_hand(layers, images, network, weights_of):
    """The product of (A + I) / 2, each A from what went into the block's attention."""
    given = []
    hooks = [
        each.register_forward_pre_hook(lambda _, args: given.append(args[0])) for each in layers
    ]
    with torch.no_grad():
        network(images)
        for hook in hooks:
            hook.remove()
        product = None
        for layer, tokens in zip(layers, given, strict=True):
            mixed = 0.5 * weights_of(layer, tokens).mean(dim=1) + 0.5 * torch.eye(tokens.shape[1])
            product = mixed if product is None else mixed @ product
    return product


def timm_weights(layer, tokens):
    count, length, width = tokens.shape
    each = width // layer.num_heads
    qkv = layer.qkv(tokens).reshape(count, length, 3, layer.num_heads, each)
    query, key, _ = qkv.permute(2, 0, 3, 1, 4)
    return (query @ key.transpose(-2, -1) / each**0.5).softmax(dim=-1)


def torch_weights(layer, tokens):
    return layer(tokens, tokens, tokens, need_weights=True, average_attn_weights=False)[1]


@pytest.mark.parametrize("is_fused", [True, False])
@pytest.mark.parametrize(
    ("name", "more", "prefix"),
    [
        ("vit_tiny_patch16_224", {}, 1),
        ("vit_small_patch14_reg4_dinov2", {"patch_size": 16}, 5),
    ],
)
def test_the_map_is_the_class_tokens_row_over_the_patches(images, name, more, prefix, is_fused):
    torch.manual_seed(0)
    network = sharpened(timm.create_model(name, **SMALL, **more))
    layers = [block.attn for block in network.blocks]
    for layer in layers:
        layer.fused_attn = is_fused
    expected = by_hand(layers, images, network, timm_weights)[:, 0, prefix:].reshape(2, 4, 4)
    found = found_by_engine(network, images)
    assert torch.allclose(found, expected, atol=1e-6)
    assert float(found.std() / found.mean()) > 0.1


def test_torchvisions_attention_gives_its_weights_too(images):
    torch.manual_seed(0)
    network = sharpened(
        VisionTransformer(
            image_size=SIZE, patch_size=16, num_layers=3, num_heads=3, hidden_dim=48, mlp_dim=96
        )
    )
    layers = [block.self_attention for block in network.encoder.layers]
    was_fast = torch.backends.mha.get_fastpath_enabled()
    expected = by_hand(layers, images, network, torch_weights)[:, 0, 1:].reshape(2, 4, 4)
    assert torch.allclose(found_by_engine(network, images), expected, atol=1e-6)
    assert torch.backends.mha.get_fastpath_enabled() == was_fast


def test_averaged_patches_are_the_mean_of_their_rows(images):
    torch.manual_seed(0)
    settings: dict[str, Any] = {**SMALL, "class_token": False, "global_pool": "avg"}
    network = sharpened(timm.create_model("vit_tiny_patch16_224", **settings))
    rows = by_hand([block.attn for block in network.blocks], images, network, timm_weights)
    expected = rows.mean(dim=1).reshape(2, 4, 4)
    assert torch.allclose(found_by_engine(network, images), expected, atol=1e-6)


def test_a_product_of_even_attention_spreads_evenly():
    even = [torch.full((1, 4, 4), 0.25)] * 2
    # ((1/4 + I) / 2)^2 has 1/16 + 2/16 beside the diagonal, and 1/4 more on it.
    assert torch.allclose(rollout(even)[0, 0], torch.tensor([0.4375, 0.1875, 0.1875, 0.1875]))


def test_every_class_has_the_same_map_and_the_network_is_left_as_it_was(images):
    torch.manual_seed(0)
    network = sharpened(timm.create_model("vit_tiny_patch16_224", **SMALL))
    encoder, head = cut(network, "own:network", SIZE)
    classifier = Classifier(encoder, head, 0.0, 1.0).train()
    with torch.no_grad():
        features, bound = classifier.eval().seen(images)
    classifier.train()
    before = snapshot(classifier)
    whole = WholePass(classifier, images)
    maps = [
        saliency_maps("rollout", bound, features, torch.tensor(each), SIZE, whole=whole)
        for each in ([0, 1], [4, 2])
    ]
    assert torch.equal(*maps)
    assert float(maps[0].max()) <= 1
    assert snapshot(classifier) == before


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (lambda: resnet18(num_classes=5), "has no attention"),
        (
            lambda: timm.create_model(
                "swin_tiny_patch4_window7_224", img_size=SIZE, window_size=2, num_classes=5
            ),
            "within parts of the picture only",
        ),
    ],
)
def test_other_networks_are_refused_with_the_remedy(images, network, words):
    torch.manual_seed(0)
    with pytest.raises(SaliencyError, match=rf"{words}; choose another rendering\.saliency"):
        found_by_engine(network().eval(), images)
    with pytest.raises(SaliencyError, match="runs the whole network"):
        attention_rollout(None, nn.Identity(), torch.zeros(1, 2, 2, 2), TARGETS[:1])
