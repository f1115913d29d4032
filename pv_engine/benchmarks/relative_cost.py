"""What all conditions of an item cost, relative to the bare encoder."""

import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.benchmarks.timing import measure_seconds
from pv_engine.explain.material import Material, drawn, exemplars_in
from pv_engine.explain.perception import explain
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import CONDITIONS, RenderingConfig
from pv_engine.runtime.device import mixed_precision

KINDS = tuple(kind for kind, each in CONDITIONS.items() if each.draws)


class Given(nn.Module):
    """Draws at no cost: gives a picture that is there already."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        self.register_buffer("picture", picture)

    def forward(self, features: Tensor) -> Tensor:
        picture: Tensor = self.get_buffer("picture")
        return picture.expand(len(features), -1, -1, -1)


@torch.no_grad()
def relative_cost(
    classifier: Classifier, decoder: nn.Module, pictures: Tensor, batch: int, rounds: int
) -> dict[str, float]:
    """Return the cost of all conditions divided by the bare encoder's, a median over the rounds.

    `without_decoder` draws every condition with reconstructions, reference pictures and exemplars
    that are there already; `with_decoder` has the decoder's pass as well. The ways take turns. On
    the CPU, this process's time is counted, which other work on the machine hardly changes.
    """
    shown = Given(pictures[:1])
    ways: dict[str, Callable[[], None]] = {
        "encoder": lambda: _encode(classifier, pictures, batch),
        "without_decoder": lambda: _draw_all(classifier, shown, pictures, batch),
        "with_decoder": lambda: _draw_all(classifier, decoder, pictures, batch),
    }
    measure = _process_seconds
    if pictures.device.type != "cpu":
        measure = functools.partial(measure_seconds, device=pictures.device)
    turns = [{name: measure(way) for name, way in ways.items()} for _ in range(rounds + 1)][1:]
    return {
        name: round(statistics.median(turn[name] / turn["encoder"] for turn in turns), 3)
        for name in ways
        if name != "encoder"
    }


def _process_seconds(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _encode(classifier: Classifier, pictures: Tensor, batch: int) -> None:
    for part in torch.split(pictures, batch):
        with mixed_precision(part.device):
            classifier.encode(part)


def _draw_all(classifier: Classifier, decoder: nn.Module, pictures: Tensor, batch: int) -> None:
    rendering = RenderingConfig(image_size=pictures.shape[-1], conditions=KINDS)
    for part in torch.split(pictures, batch):
        with mixed_precision(part.device):
            found = explain(classifier, decoder, part, rendering)
        exemplars = part[:, None].expand(-1, exemplars_in(rendering), -1, -1, -1)
        material = Material(
            originals=part,
            reconstructions=found.reconstructions,
            maps=found.maps,
            other_maps=found.maps.roll(1, 0),
            autoencoded=part,
            exemplars=exemplars,
            other_exemplars=exemplars[:, :1],
        )
        for kind in KINDS:
            drawn(kind, material)
