"""What CUDA runs in bfloat16, run in bfloat16 on the CPU."""

from typing import Any

import pytest
import torch

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.training.batch import Batch
from pv_engine.training.features import kept
from pv_engine.training.losses import decoder_loss
from pv_engine.training.losses.ssim import ssim_per_channel
from pv_engine.training.objectives import decoder

BFLOAT16 = "decoder.precision=bfloat16"


def bfloat16(_device):
    return torch.autocast("cpu", dtype=torch.bfloat16)


@pytest.fixture
def kept_in_bfloat16(monkeypatch):
    monkeypatch.setattr(kept, "mixed_precision", bfloat16)


def objective_of(recipe, folder):
    build = DecoderBuild(recipe, folder)
    while not build.phases[1].is_done:
        next(build.run(60.0))
    phase: Any = build.phases[2]
    phase.advance(0.0)
    return phase.trainer.objective


def test_networks_run_in_bfloat16_and_losses_in_float32(
    tiny_recipe, tmp_path, kept_in_bfloat16, monkeypatch
):
    objective = objective_of(tiny_recipe("decoder.epochs=4", BFLOAT16), tmp_path)
    compared = []

    def noted(images, reconstructions, *others):
        compared.append((reconstructions.dtype, others[0].dtype, others[1].dtype))
        return decoder_loss.decoder_loss(images, reconstructions, *others)

    monkeypatch.setattr(decoder, "decoder_loss", noted)
    batch = Batch(torch.arange(8), torch.Generator().manual_seed(0), 0, 8)
    terms = objective.losses(batch)
    assert objective.kept is not None
    assert compared == [(torch.bfloat16,) * 3]
    assert all(term.dtype == torch.float32 for term in terms.values())
    terms["total"].backward()
    assert all(weight.grad.dtype == torch.float32 for weight in objective.module.parameters())


def test_ssim_stays_in_float32_within_mixed_precision():
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.rand(2, 3, 24, 24, generator=generator) for _ in range(2))
    with bfloat16(None):
        within = ssim_per_channel(first, second)
    assert torch.equal(within, ssim_per_channel(first, second))


def test_a_decoder_trained_in_bfloat16_learns(tiny_recipe, tmp_path, kept_in_bfloat16):
    recipe = tiny_recipe("decoder.epochs=6", "decoder.learning_rate=0.01", BFLOAT16)
    build = DecoderBuild(recipe, tmp_path)
    for _ in build.run(60.0):
        pass
    phase: Any = build.phases[2]
    totals = [row["total"] for row in phase.trainer.state.history]
    assert totals[-1] < totals[0] - 0.02
