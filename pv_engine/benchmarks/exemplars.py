"""python -m pv_engine.benchmarks.exemplars: what exemplars cost on this machine, as JSON.

Searches a bank of made-up features: seconds an item, size of the bank, and memory. With a recipe
and the work folder of its build, it also draws the items with the recipe's conditions and without
those that show exemplars, in turns; an unfinished build's decoder is untrained, which takes as long
to draw. Seconds are the processor's, which other programs on the machine do not lengthen as they do
the clock's, and the clock's.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pv_engine.benchmarks.timing import wait_for
from pv_engine.data.arrays import GrowingArray
from pv_engine.exemplars.bank import Bank
from pv_engine.exemplars.likeness import BITS
from pv_engine.exemplars.search import compare
from pv_engine.pipeline.exemplars import ExemplarPhase
from pv_engine.pipeline.render import RenderPhase
from pv_engine.pipeline.work_folder import BEFORE_STIMULI, lend
from pv_engine.pipeline.workspace import Phase, PhaseProgress, Segment, Workspace
from pv_engine.recipe import CONDITIONS, ExemplarConfig
from pv_engine.recipe.reading import Recipe, read_recipe
from pv_engine.runtime.device import choose_device, describe_device

FOREVER = float("inf")
WRITTEN = 1000


def main() -> None:
    """Print all figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, nargs="?", metavar="RECIPE.toml")
    parser.add_argument("--work", type=Path, metavar="DIR", help="the recipe's work folder")
    parser.add_argument("--pictures", type=int, default=20_000, help="in the bank (20,000)")
    parser.add_argument("--components", type=int, default=96, help="of each cell (96)")
    parser.add_argument("--cells", type=int, default=8, help="along a side (8)")
    parser.add_argument("--shift", type=int, default=2, help="in cells (2)")
    parser.add_argument("--items", type=int, default=32, help="searched at a time (32)")
    parser.add_argument("--rounds", type=int, default=3, help="that take turns (3)")
    parser.add_argument("--threads", type=int, default=1, help="of the processor (1)")
    options = parser.parse_args()
    if options.recipe and not options.work:
        parser.error("a recipe needs --work, the folder of its build")
    torch.set_num_threads(options.threads)
    figures: dict[str, Any] = {"device": describe_device(choose_device())}
    shape = (options.components, options.cells, options.cells)
    figures["search"] = measure_search(
        options.pictures, shape, options.shift, options.items, options.rounds
    )
    if options.recipe:
        recipe = read_recipe(options.recipe)
        figures["stimuli"] = measure_stimuli(recipe, options.work, options.rounds)
    print(json.dumps(figures, indent=1))  # noqa: T201 - this is a command


def measure_search(
    pictures: int, shape: tuple[int, int, int], shift: int, items: int, rounds: int
) -> dict[str, Any]:
    """Return seconds an item, bytes of the bank and peak memory of searching random features.

    Maps are a disc over a third of the side, as Grad-CAM's often are.
    """
    device = choose_device()
    with tempfile.TemporaryDirectory() as folder:
        _write_bank(Path(folder), pictures, shape)
        bank = Bank(Path(folder), pictures, shape, device)
        generator = torch.Generator().manual_seed(0)
        features = torch.randn(items, *shape, generator=generator).to(device)
        maps = _discs(items, shape[1], generator).to(device)
        before = _peak_mib()
        taken = []
        for _ in range(rounds):
            cpu, wall = time.process_time(), time.perf_counter()
            compare(bank, features, maps, shift)
            wait_for(device)
            taken.append((time.process_time() - cpu, time.perf_counter() - wall))
        return {
            "pictures": pictures,
            "items": items,
            "seconds_an_item": _summary([(cpu / items, wall / items) for cpu, wall in taken]),
            "bank_mb": round(2 * pictures * int(np.prod(shape)) / 1e6, 1),
            "more_peak_memory_mib": round(_peak_mib() - before, 1),
            "peak_memory_mib": round(_peak_mib(), 1),
        }


def _write_bank(folder: Path, pictures: int, shape: tuple[int, int, int]) -> None:
    generator = np.random.default_rng(0)
    shape = (*shape[1:], shape[0])
    features = GrowingArray(folder / "features-cells.npy", (pictures, *shape), "float16")
    hashes = GrowingArray(folder / "features-hashes.npy", (pictures, BITS), "int8")
    for first in range(0, pictures, WRITTEN):
        count = min(WRITTEN, pictures - first)
        features.append(generator.standard_normal((count, *shape), np.float32).astype(np.float16))
        hashes.append(np.ones((count, BITS), np.int8))


def _discs(count: int, side: int, generator: torch.Generator) -> torch.Tensor:
    """Soft discs at random places, (count, side, side)."""
    centres = side * (0.2 + 0.6 * torch.rand(count, 2, 1, 1, generator=generator))
    places = torch.arange(side) + 0.5
    squares = (places[:, None] - centres[:, 0]) ** 2 + (places - centres[:, 1]) ** 2
    return (1 - squares / (side / 3) ** 2).clamp_min(0)


def measure_stimuli(recipe: Recipe, work: Path, rounds: int) -> dict[str, Any]:
    """Return seconds for the bank, and for a build's items with exemplars and without."""
    shown = recipe.rendering.conditions
    plain = tuple(name for name in shown if CONDITIONS[name].needs != "exemplars")
    without = replace(recipe, exemplar=None, rendering=replace(recipe.rendering, conditions=plain))
    taken: dict[str, list[tuple[float, float]]] = {"bank": [], "without": [], "with": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            taken["without"].append(_seconds(RenderPhase(_copied(without, work, folder))))
        with tempfile.TemporaryDirectory() as folder:
            workspace = _copied(recipe, work, folder)
            phase = ExemplarPhase(workspace, recipe.exemplar or ExemplarConfig())
            taken["bank"].append(_seconds(_BankPhase(phase)))
            taken["with"].append(_seconds(phase, RenderPhase(workspace)))
    cpu = {name: statistics.median(each for each, _ in values) for name, values in taken.items()}
    return {
        "conditions": {"with": list(shown), "without": list(plain)},
        "seconds": {name: _summary(values) for name, values in taken.items()},
        "times_without": round(cpu["with"] / cpu["without"], 2),
    }


class _Untrained(Workspace):
    @cached_property
    def decoder(self) -> nn.Module:
        if self.decoder_path.is_file():
            return super().decoder
        return self.new_decoder(self.classifier).eval()


def _copied(recipe: Recipe, work: Path, folder: str) -> Workspace:
    """Return a workspace that has what a build leaves for its stimuli, with networks loaded."""
    lend(work, BEFORE_STIMULI, Path(folder))
    workspace = _Untrained(recipe, Path(folder), choose_device())
    for network in (workspace.classifier, workspace.decoder):
        network.requires_grad_(False)
    return workspace


class _BankPhase:
    """The first part of the exemplar phase: the projection and the bank."""

    name = "bank"

    def __init__(self, phase: ExemplarPhase) -> None:
        self._stock = phase.stock

    @property
    def is_done(self) -> bool:
        return self._stock.bank.is_complete

    def advance(self, seconds: float) -> PhaseProgress:
        self._stock.run(Segment(seconds))
        return PhaseProgress(self._stock.bank.done, len(self._stock.bank), "")


def _seconds(*phases: Phase) -> tuple[float, float]:
    """Return the processor's and the clock's seconds until the phases are done."""
    cpu, wall = time.process_time(), time.perf_counter()
    for phase in phases:
        while not phase.is_done:
            phase.advance(FOREVER)
    wait_for(choose_device())
    return time.process_time() - cpu, time.perf_counter() - wall


def _summary(taken: list[tuple[float, float]]) -> dict[str, float]:
    cpu, wall = zip(*taken, strict=True)
    return {
        "processor": round(statistics.median(cpu), 3),
        "clock": round(statistics.median(wall), 3),
    }


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


if __name__ == "__main__":
    main()
