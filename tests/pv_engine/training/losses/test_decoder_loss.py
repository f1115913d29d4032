import pytest
import torch

from pv_engine.recipe import DecoderConfig
from pv_engine.training.losses.decoder_loss import decoder_loss
from pv_engine.training.losses.ssim import ssim_per_channel

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(4, 3, 16, 16, generator=generator)
    reconstructions = torch.rand(4, 3, 16, 16, generator=generator)
    features = torch.rand(4, 5, 2, 2, generator=generator)
    again = torch.rand(4, 5, 2, 2, generator=generator)
    return images, reconstructions, features, again


def test_sum_is_equations_7_to_9_as_printed(batch: Batch):
    images, reconstructions, features, again = batch
    loss = decoder_loss(*batch, DecoderConfig(reduction="sum"))
    assert loss.mse.item() == pytest.approx(((images - reconstructions) ** 2).sum().item())
    assert loss.ssim.item() == pytest.approx(
        -ssim_per_channel(images, reconstructions).sum().item()
    )
    assert loss.dsim.item() == pytest.approx(((features - again) ** 2).sum().item())


def test_mean_averages_pixels_pictures_and_features(batch: Batch):
    summed = decoder_loss(*batch, DecoderConfig(reduction="sum"))
    mean = decoder_loss(*batch, DecoderConfig(reduction="mean"))
    assert mean.mse.item() == pytest.approx(summed.mse.item() / (4 * 3 * 16 * 16))
    assert mean.ssim.item() == pytest.approx(summed.ssim.item() / 4)
    assert mean.dsim.item() == pytest.approx(summed.dsim.item() / (4 * 5 * 2 * 2))


def test_the_total_is_equation_6(batch: Batch):
    loss = decoder_loss(*batch, DecoderConfig())
    expected = 0.2 * loss.mse + 0.4 * loss.ssim + 0.4 * loss.dsim
    assert loss.total.item() == pytest.approx(expected.item())


def test_a_perfect_reconstruction_has_the_lowest_loss_there_is(batch: Batch):
    images, _, features, _ = batch
    loss = decoder_loss(images, images, features, features, DecoderConfig())
    assert loss.total.item() == pytest.approx(-0.4 * 3, abs=1e-4)
