"""Decoder training with all three losses, step by step as the engine takes them.

- `recomputed`: the encoder computes each picture's features anew;
- `kept`: they were computed before and are read from memory;
- `compiled`: as `kept`, through torch.compile, where that is asked for.

The share of the matrix rate is the operations of a step's convolutions and matrix products, forward
and backward, counted by torch's FlopCounterMode while a step runs (a multiplication and an addition
are two), divided by the step's time and by the rate of one large matrix product that is measured on
the same device in the same run: bfloat16 on CUDA, float32 elsewhere. What is not a convolution or a
product, such as batch norm and SSIM's arithmetic, takes time but does not count.
"""

import copy
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from pv_engine.benchmarks.matrix_rate import matrix_rate, precision
from pv_engine.benchmarks.networks import SIZE
from pv_engine.benchmarks.timing import by_turns, summary
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import DecoderConfig
from pv_engine.runtime.device import mixed_precision
from pv_engine.training.batch import Batch
from pv_engine.training.compiling import Compiled
from pv_engine.training.features.kept import KeptFeatures, Layout
from pv_engine.training.features.stores import DeviceStore
from pv_engine.training.images import Pictures
from pv_engine.training.objectives.decoder import DecoderObjective

# A round of so many steps lets a GPU work ahead of the program, as it does in training.
STEPS = {"cuda": 20, "cpu": 1}


def training(
    classifier: Classifier,
    decoder: nn.Module,
    batch: int,
    rounds: int,
    device: torch.device,
    compiled: bool,
) -> dict[str, Any]:
    """Images a second of each way, and the share of the matrix rate that is."""
    pictures = _pictures(2 * batch, device)
    kept = _kept(classifier, pictures, batch)
    objectives = {
        "recomputed": _objective(classifier, decoder, pictures, None),
        "kept": _objective(classifier, decoder, pictures, kept),
    }
    if compiled:
        fast = objectives["compiled"] = _objective(classifier, decoder, pictures, kept)
        fast.encode = Compiled(fast.encode, "encoder")
        fast.learner = Compiled(fast.module, "decoder")
    steps = {name: _step(objective, batch) for name, objective in objectives.items()}
    counted = {
        name: _operations(step) / batch for name, step in steps.items() if name != "compiled"
    }
    counted["compiled"] = counted["kept"]
    many = STEPS[device.type]
    ways = {name: _repeated(step, many) for name, step in steps.items()}
    rates = by_turns(ways, batch * many, rounds, device)
    peak = matrix_rate(device)
    return {
        "matrix_product": {"type": precision(device), "tflops": round(peak / 1e12, 3)},
        **{
            name: {
                "images_per_second": summary(values),
                "gflop_per_image": round(counted[name] / 1e9, 2),
                "share_of_matrix_rate": round(statistics.median(values) * counted[name] / peak, 3),
            }
            for name, values in rates.items()
        },
    }


def _pictures(count: int, device: torch.device) -> Pictures:
    noise = np.random.default_rng(0).integers(0, 256, (count, 3, SIZE, SIZE), dtype=np.uint8)
    pictures = Pictures(noise, np.arange(count), device)
    pictures.hold_if_it_fits()
    return pictures


def _kept(classifier: Classifier, pictures: Pictures, batch: int) -> KeptFeatures:
    """All features, as they are and mirrored, in the device's memory."""
    with torch.no_grad(), mixed_precision(pictures.device):
        layout = Layout.of(classifier.encode(pictures.batch(torch.arange(2))))
    store = DeviceStore(layout.stored_shape(2 * len(pictures)), layout.dtype, pictures.device)
    kept = KeptFeatures(classifier.encode, pictures, batch, layout, store, mirrored=True)
    kept.fill(lambda: True)
    return kept


def _objective(
    classifier: Classifier, decoder: nn.Module, pictures: Pictures, kept: KeptFeatures | None
) -> DecoderObjective:
    """Each way trains a decoder of its own, so that none finds the other's statistics."""
    return DecoderObjective(
        copy.deepcopy(decoder), classifier, DecoderConfig(), pictures, pictures, kept
    )


def _step(objective: DecoderObjective, batch: int) -> Callable[[], None]:
    """One training step as the engine's loop takes it."""
    device = objective.training.device
    fused = True if device.type == "cuda" else None
    optimizer = torch.optim.Adam(objective.module.parameters(), lr=1e-4, fused=fused)
    generator = torch.Generator().manual_seed(0)

    def step() -> None:
        rows = torch.randperm(len(objective.training), generator=generator)[:batch]
        losses = objective.losses(Batch(rows, generator, 0, batch))
        optimizer.zero_grad(set_to_none=True)
        losses["total"].backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        optimizer.step()

    return step


def _operations(step: Callable[[], None]) -> int:
    with FlopCounterMode(display=False) as counter:
        step()
    return int(counter.get_total_flops())


def _repeated(step: Callable[[], None], times: int) -> Callable[[], None]:
    def steps() -> None:
        for _ in range(times):
            step()

    return steps
