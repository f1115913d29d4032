"""What can only be seen on a GPU."""

from typing import Any

import pytest
import torch

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.resources import Resources
from pv_engine.training.batch import Batch
from pv_engine.training.features.stores import DeviceStore

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


def trainer_of(recipe, folder, cache_mib=100):
    """The decoder's trainer after its first step."""
    build = DecoderBuild(recipe, folder, Resources(feature_cache_mib=cache_mib))
    while not build.phases[1].is_done:
        next(build.run(60.0))
    phase: Any = build.phases[2]
    phase.advance(0.0)
    return phase.trainer


def test_pictures_and_features_stay_on_the_device(tiny_recipe, tmp_path):
    objective = trainer_of(tiny_recipe("decoder.epochs=4"), tmp_path).objective
    assert isinstance(objective.kept.store, DeviceStore)
    kept = objective.kept.batch(torch.arange(8), None)
    assert kept.is_cuda
    assert kept.dtype == torch.bfloat16


@pytest.mark.parametrize("cache_mib", [0, 100], ids=["recomputed", "kept"])
def test_no_step_waits_for_the_device(tiny_recipe, tmp_path, cache_mib):
    trainer = trainer_of(tiny_recipe("decoder.epochs=4"), tmp_path, cache_mib)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for step in range(3):
            batch = Batch(torch.arange(8) + step, torch.Generator().manual_seed(step), 0, 8)
            losses = trainer.objective.losses(batch)
            trainer.optimizer.zero_grad(set_to_none=True)
            losses["total"].backward()
            trainer.optimizer.step()
            trainer.running.add(losses)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert all(weight.dtype == torch.float32 for weight in trainer.objective.module.parameters())


def test_a_training_on_cuda_goes_on_after_every_segment(tiny_recipe, tmp_path):
    while True:
        build = DecoderBuild(tiny_recipe("decoder.epochs=3"), tmp_path)
        if next(build.run(0.0), None) is None:
            break
    assert build.workspace.decoder_path.is_file()
