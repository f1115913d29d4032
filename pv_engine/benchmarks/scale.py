"""python -m pv_engine.benchmarks.scale: whole builds of more and more pictures, as JSON.

Each build draws scenes, trains small networks for one epoch, and renders the same number of items.
Of each phase: the processor's seconds a thousand pictures, which stay the same where nothing grows
faster than the pictures do, and the process's peak memory, with and without pages of mapped files,
which the system takes back when it needs them.

Then processes render the items of the largest build together, each with one thread and one chunk
after another, with more and more of them: seconds, and a digest of all that they drew.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeVar

import torch

from pv_engine.pipeline.render import RenderPhase
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import Recipe, parse_recipe

# One picture of five is one that items are chosen from.
PARTS = 5
SEGMENT = 1.0
RECIPE = """
name = "scale"
seed = 1
[data]
kind = "factory"
factory = "fixtures.scenes.source:SceneSource"
image_size = 32
train = {train}
held_out = {held_out}
[classifier]
architecture = "small_cnn"
width = 8
downsampling = 4
epochs = 1
batch_size = 4
learning_rate = 2e-3
threshold = 0.2
[decoder]
width = 0.05
epochs = 1
batch_size = 32
[selection]
model_wrong = {items}
model_right = {items}
examples = 0
on_shortage = "fewer"
[rendering]
conditions = ["gradcam", "pv", "pv_exemplar"]
image_size = 256
[exemplar]
components = 16
neighbours = 8
bank = 100000
[quality]
pictures = 64
linear_pictures = 256
"""
Result = TypeVar("Result")

# What a process of the pool has opened.
_phase: RenderPhase


def main() -> None:
    """Print all figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, nargs="+", default=[2000, 10_000, 50_000])
    parser.add_argument("--items", type=int, default=160, help="of each stratum (160)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="is kept")
    options = parser.parse_args()
    # Inherited by every process below.
    os.environ["OMP_NUM_THREADS"] = "1"
    builds = {}
    for pictures in options.pictures:
        folder = options.work / str(pictures)
        builds[pictures] = apart(measure_build, pictures, options.items, folder)
    largest = max(options.pictures)
    rendering = measure_rendering(
        largest, options.items, options.work / str(largest), options.workers
    )
    print(json.dumps({"builds": builds, "rendering": rendering}, indent=1))  # noqa: T201 - a command


def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """Return what the work returns, done in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def open_build(pictures: int, items: int, folder: Path) -> StimulusBuild:
    """Open the build of that many pictures, `items` of each stratum, or go on with it."""
    recipe = recipe_of(pictures, items, folder)
    return StimulusBuild(recipe, folder / "work", folder / "sets")


def recipe_of(pictures: int, items: int, folder: Path) -> Recipe:
    """Write the recipe of that many pictures with up to `items` of each stratum."""
    held_out = pictures // PARTS
    text = RECIPE.format(train=pictures - held_out, held_out=held_out, items=items)
    return parse_recipe(text, "scale.toml", folder)


def measure_build(pictures: int, items: int, folder: Path) -> dict[str, Any]:
    """Build to the end; return each phase's figures, in the order in which they ran."""
    torch.set_num_threads(1)
    build = open_build(pictures, items, folder)
    phases: dict[str, dict[str, float]] = {}
    is_finished = False
    while not is_finished:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        progress = build.advance(SEGMENT)
        phase = phases.setdefault(progress.phase, {"seconds": 0.0, "cpu_seconds": 0.0})
        phase["seconds"] += time.perf_counter() - begun
        phase["cpu_seconds"] += time.process_time() - begun_cpu
        phase |= memory()
        is_finished = progress.stimulus_folder is not None
    for phase in phases.values():
        phase["cpu_seconds_a_thousand"] = phase["cpu_seconds"] / pictures * 1000
    return {"device": build.device, "phases": _rounded(phases)}


def memory() -> dict[str, float]:
    """Return the process's peak memory so far, and what of it now is no mapped file, in MiB."""
    status = Path("/proc/self/status").read_text()
    found = {key: int(each) / 1024 for key, each in re.findall(r"^(\w+):\s+(\d+) kB", status, re.M)}
    return {"peak_mib": found["VmHWM"], "anonymous_mib": found["RssAnon"]}


def measure_rendering(
    pictures: int, items: int, folder: Path, workers: Sequence[int]
) -> dict[str, Any]:
    """Render a finished build's items again, with more and more processes."""
    figures = {n: _render_together(n, pictures, items, folder) for n in workers}
    return {"cores": os.cpu_count(), "workers": figures}


def _render_together(n: int, pictures: int, items: int, folder: Path) -> dict[str, Any]:
    phase = open_build(pictures, items, folder).render
    shutil.rmtree(phase.workspace.render_folder)
    context = multiprocessing.get_context("spawn")
    all_loaded = context.Barrier(n + 1)
    with context.Pool(n, _open_here, (all_loaded, pictures, items, folder)) as pool:
        all_loaded.wait()
        begun = time.perf_counter()
        costs = pool.map(_draw, phase.missing(), chunksize=1)
        seconds = time.perf_counter() - begun
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(sum(each["cpu_seconds"] for each in costs), 2),
        "chunks": len(costs),
        "processes": len({each["process"] for each in costs}),
        "own_memory_of_a_process_mib": round(max(each["anonymous_mib"] for each in costs), 1),
        "sha256": digest(phase),
    }


def _open_here(all_loaded: Barrier, *build: Any) -> None:
    """Load a process's networks, before the clock starts for any."""
    global _phase
    torch.set_num_threads(1)
    _phase = open_build(*build).render
    _ = _phase.workspace.classifier, _phase.workspace.decoder, _phase.workspace.exemplars
    all_loaded.wait()


def _draw(chunk: int) -> dict[str, float]:
    begun = time.process_time()
    _phase.work(chunk)
    return {
        "process": os.getpid(),
        "cpu_seconds": time.process_time() - begun,
        **memory(),
    }


def digest(phase: RenderPhase) -> str:
    """Return one digest of all that was drawn so far."""
    found = hashlib.sha256()
    for folder in (phase.workspace.render_folder / "chunks", phase.workspace.pictures_path):
        for path in sorted(folder.iterdir()):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _rounded(phases: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        name: {key: round(value, 2) for key, value in each.items()} for name, each in phases.items()
    }


if __name__ == "__main__":
    main()
