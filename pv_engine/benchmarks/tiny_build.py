"""A build to the end, as small as one can be, of a network with random weights."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import read_manifest

COLOURS = {
    "blue": (40, 60, 200),
    "green": (40, 160, 60),
    "red": (200, 40, 40),
    "sand": (190, 160, 90),
}
PICTURES = {"train": 3, "val": 5}
RECIPE = """
seed = 1
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
pictures = 4
linear_pictures = 8
"""


def tiny_build(architecture: str, size: int) -> dict[str, float]:
    """Build a stimulus set with a new head and a narrow decoder, an epoch each, and return figures.

    `items` of the finished set, `identity_error` in its manifest, and `build_seconds`.
    """
    begun = time.monotonic()
    with _photographs(size) as folder:
        text = RECIPE.format(architecture=architecture, size=size)
        recipe = parse_recipe(text, "tiny.toml", folder)
        build = StimulusBuild(recipe, folder / "work", folder / "sets")
        while (finished := build.advance(600.0).stimulus_folder) is None:
            pass
        manifest = read_manifest(finished)
    return {
        "items": len(manifest["items"]),
        "built_identity_error": manifest["classifier"]["identity_error"],
        "build_seconds": round(time.monotonic() - begun, 1),
    }


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
