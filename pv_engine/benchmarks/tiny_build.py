"""A build to the end, as small as one can be, of a network with random weights.

With random weights, the map of every held-out picture can be empty, so that no item can be drawn.
The build is then tried again with the next seed, which gives the new head other weights; the row
says which seed was used.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from pv_engine.errors import SelectionError
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import read_manifest

COLOURS = {
    "blue": (40, 60, 200),
    "green": (40, 160, 60),
    "red": (200, 40, 40),
    "sand": (190, 160, 90),
}
PICTURES = {"train": 2, "val": 2}
SEEDS = (1, 2, 3, 4, 5)
# As few passes as go through every phase: a ridge is given, where the default tries four, and one
# picture of each kind is measured.
RECIPE = """
seed = {seed}
[data]
kind = "image_folder"
root = "."
image_size = {size}
[classifier]
architecture = "{architecture}"
task = "single_label"
train = "head"
epochs = 1
batch_size = 6
[decoder]
width = 0.02
epochs = 1
batch_size = 4
[selection]
model_wrong = 1
model_right = 1
examples = 0
on_shortage = "fewer"
[rendering]
conditions = ["gradcam", "pv"]
image_size = 64
[quality]
pictures = 1
displayed_pictures = 1
linear_pictures = 4
linear_lambda = 0.01
"""


def tiny_build(architecture: str, size: int) -> dict[str, float]:
    """Build a stimulus set with a new head and a narrow decoder, an epoch each, and return figures.

    `items` of the finished set, `identity_error` in its manifest, the `seed` and `build_seconds`.

    Raises
    ------
    SelectionError
        If no seed gives an item.
    """
    begun = time.monotonic()
    with _photographs(size) as folder:
        seed, manifest = _first_with_items(architecture, size, folder)
    return {
        "items": len(manifest["items"]),
        "built_identity_error": manifest["classifier"]["identity_error"],
        "seed": seed,
        "build_seconds": round(time.monotonic() - begun, 1),
    }


def _first_with_items(architecture: str, size: int, folder: Path) -> tuple[int, dict[str, Any]]:
    """Return the first seed whose random head gives an item, and the manifest of its build."""
    for seed in SEEDS:
        text = RECIPE.format(architecture=architecture, size=size, seed=seed)
        try:
            return seed, _built(text, folder, f"{seed}")
        except SelectionError:
            if seed == SEEDS[-1]:
                raise
    raise AssertionError("SEEDS is empty")


def _built(text: str, folder: Path, name: str) -> dict[str, Any]:
    recipe = parse_recipe(text, "tiny.toml", folder)
    build = StimulusBuild(recipe, folder / name / "work", folder / name / "sets")
    while (finished := build.advance(600.0).stimulus_folder) is None:
        pass
    return read_manifest(finished)


@contextlib.contextmanager
def _photographs(size: int) -> Iterator[Path]:
    """A folder of noisy pictures, a colour a class."""
    generator = np.random.default_rng(0)
    with TemporaryDirectory() as name:
        for split, count in PICTURES.items():
            for kind, colour in COLOURS.items():
                folder = Path(name) / split / kind
                folder.mkdir(parents=True)
                for number in range(count):
                    noise = generator.integers(-60, 60, (size, size, 3))
                    pixels = np.clip(noise + np.array(colour), 0, 255).astype(np.uint8)
                    Image.fromarray(pixels).save(folder / f"{number}.png")
        yield Path(name)
