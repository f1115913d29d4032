import pytest
import torch
from torch import nn

from pv_engine.networks.decoders.autoencoder import build_autoencoder
from pv_engine.networks.decoders.paper import build_authors_decoder, build_decoder, resized


def test_the_papers_decoder_turns_7_by_7_features_into_224_pixels():
    with torch.device("meta"):
        decoder = build_decoder((2048, 7, 7), 224, 1.0, seed=0)
        assert decoder(torch.zeros(2, 2048, 7, 7)).shape == (2, 3, 224, 224)
    widths = [
        layer.out_channels for layer in decoder.modules() if isinstance(layer, nn.ConvTranspose2d)
    ]
    assert widths == [512, 512, 256, 128, 64]


def test_its_layers_are_in_the_papers_order():
    decoder = build_decoder((8, 4, 4), 8, 0.2, seed=0)
    kinds = [type(layer).__name__ for layer in decoder.blocks]
    assert kinds == ["ConvTranspose2d", "BatchNorm2d", "Conv2d", "LeakyReLU"]
    assert decoder.blocks[3].negative_slope == 0.2


def test_pictures_lie_between_0_and_1():
    decoder = build_decoder((4, 2, 2), 16, 0.1, seed=0)
    pictures = decoder(1000 * torch.randn(3, 4, 2, 2, generator=torch.Generator().manual_seed(0)))
    assert pictures.min() >= 0
    assert pictures.max() <= 1


def test_the_same_seed_gives_the_same_weights():
    first, second, other = (build_decoder((4, 2, 2), 8, 0.1, seed) for seed in (1, 1, 2))
    assert torch.equal(first.to_picture.weight, second.to_picture.weight)
    assert not torch.equal(first.to_picture.weight, other.to_picture.weight)


# The feature maps of Inception v3, EfficientNet-B3, Lite2, NASNet, DINOv2, AlexNet, SqueezeNet.
SIDES = [(8, 299), (10, 300), (9, 260), (11, 331), (37, 518), (6, 224), (13, 224), (5, 32)]


@pytest.mark.parametrize(("side", "size"), SIDES)
def test_any_feature_map_is_drawn_at_the_networks_own_size(side, size):
    with torch.device("meta"):
        decoder = build_decoder((8, side, side), size, 0.1, seed=0)
        assert decoder(torch.zeros(2, 8, side, side)).shape == (2, 3, size, size)
        autoencoder = build_autoencoder((8, side, side), size, 0.1, seed=0)
        assert autoencoder.encoder(torch.zeros(2, 3, size, size)).shape == (2, 8, side, side)
        assert autoencoder(torch.zeros(2, 3, size, size)).shape == (2, 3, size, size)


def test_a_map_that_is_no_square_is_drawn_as_a_square():
    decoder = build_decoder((4, 2, 3), 16, 0.1, seed=0)
    assert decoder(torch.zeros(2, 4, 2, 3)).shape == (2, 3, 16, 16)


def test_nothing_is_resized_where_doubling_gives_the_size():
    picture = torch.rand(1, 3, 8, 8)
    assert resized(picture, 8) is picture


def keras_weights(channels, layers):
    """How many numbers Keras's `summary` counts for a list of layers (kind, filters, kernel)."""
    total = 0
    for kind, filters, kernel in layers:
        if kind == "norm":
            total += 4 * filters  # scale, shift, moving mean, moving variance
            continue
        total += kernel * kernel * channels * filters + filters
        channels = filters
    return total


def test_the_authors_network_has_as_many_weights_as_their_code_makes():
    """Counted from the layers that `make_decoder_model` of their repository lists, by hand."""
    layers = []
    for filters, convolutions in ((512, 2), (512, 2), (256, 2), (128, 1), (64, 1)):
        layers += [("transposed", filters, 2), ("norm", filters, 0)]
        layers += [("convolution", filters, 3)] * convolutions
    layers.append(("convolution", 3, 3))
    assert keras_weights(2048, layers) == 16_744_003
    decoder = build_authors_decoder((2048, 7, 7), 224, 1.0, seed=1)
    ours = [value for name, value in decoder.state_dict().items() if "num_batches" not in name]
    assert sum(value.numel() for value in ours) == 16_744_003
    # The paper's text alone, one convolution and kernels of three, is another network.
    paper = build_decoder((2048, 7, 7), 224, 1.0, seed=1)
    assert sum(each.numel() for each in paper.parameters()) == 18_845_123


def test_the_authors_network_draws_224_pixels_and_begins_as_in_keras():
    decoder = build_authors_decoder((2048, 7, 7), 224, 1.0, seed=1).eval()
    kinds = [type(layer).__name__ for layer in decoder.blocks]
    long = ["ConvTranspose2d", "BatchNorm2d", "Conv2d", "LeakyReLU", "Conv2d", "LeakyReLU"]
    assert kinds == 3 * long + 2 * long[:4]
    first, norm = decoder.blocks[0], decoder.blocks[1]
    assert isinstance(first, nn.ConvTranspose2d)
    assert isinstance(norm, nn.BatchNorm2d)
    assert first.bias is not None
    assert (first.kernel_size, first.stride) == ((2, 2), (2, 2))
    bound = (6 / ((2048 + 512) * 4)) ** 0.5
    assert float(first.weight.detach().abs().max()) == pytest.approx(bound, rel=1e-3)
    assert not first.bias.any()
    assert norm.eps == 1e-3
    with torch.no_grad():
        assert decoder(torch.zeros(1, 2048, 7, 7)).shape == (1, 3, 224, 224)


def test_the_authors_network_fits_other_feature_maps():
    decoder = build_authors_decoder((16, 4, 4), 32, 0.1, seed=1)
    kinds = [type(layer).__name__ for layer in decoder.blocks]
    # The last three of their five doublings.
    assert kinds.count("ConvTranspose2d") == 3
    assert kinds.count("Conv2d") == 4
    with torch.no_grad():
        assert decoder(torch.zeros(2, 16, 4, 4)).shape == (2, 3, 32, 32)
