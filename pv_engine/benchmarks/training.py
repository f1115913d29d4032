"""Speed of decoder training with all three losses, with the engine's own steps.

- `recomputed`: the encoder recomputes each picture's features in every step;
- `kept`: the features were computed once and are read from memory;
- `compiled`: as `kept`, with torch.compile, if requested.

The share of the matrix rate is the number of operations in a step's convolutions and matrix
products, forward and backward, divided by the step's time and by the rate of one large matrix
product. torch's FlopCounterMode counts the operations (a multiplication and an addition are two);
the rate is measured on the same device in the same run, in bfloat16 on CUDA and float32 elsewhere.
Other operations, such as batch norm and SSIM's arithmetic, take time but do not count.
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
from pv_engine.training.features.kept import FeatureFormat, KeptFeatures
from pv_engine.training.features.stores import DeviceStore
from pv_engine.training.images import Pictures
from pv_engine.training.objectives.decoder import DecoderObjective

# Steps per round: enough for a GPU to work ahead of the program, as it does in training.
STEPS = {"cuda": 20, "cpu": 1}


def training(
    classifier: Classifier,
    decoder: nn.Module,
    batch: int,
    rounds: int,
    device: torch.device,
    compiled: bool,
) -> dict[str, Any]:
    """Return images per second of each way, and its share of the matrix rate."""
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
    """Return the features of all pictures and their mirror images, in the device's memory."""
    with torch.no_grad(), mixed_precision(pictures.device):
        layout = FeatureFormat.of(classifier.encode(pictures.batch(torch.arange(2))))
    store = DeviceStore(layout.stored_shape(2 * len(pictures)), layout.dtype, pictures.device)
    kept = KeptFeatures(classifier.encode, pictures, batch, layout, store, mirrored=True)
    kept.fill(lambda: True)
    return kept


def _objective(
    classifier: Classifier, decoder: nn.Module, pictures: Pictures, kept: KeptFeatures | None
) -> DecoderObjective:
    """Return an objective with its own copy of the decoder, so that the ways share no state."""
    return DecoderObjective(
        copy.deepcopy(decoder), classifier, DecoderConfig(), pictures, pictures, kept
    )


def _step(objective: DecoderObjective, batch: int) -> Callable[[], None]:
    """Return a function that does one training step like the engine's loop."""
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
