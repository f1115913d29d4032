"""A tiny folder of pictures and a recipe that a build finishes within seconds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import Recipe, parse_recipe
from pv_engine.runtime import torchvision_ops  # noqa: F401 - before a test imports pytorch_grad_cam

CLASSES = ("amber", "blue", "green", "red")
TINY_RECIPE = """
name = "tiny"
seed = 3

[data]
kind = "image_folder"
root = "photos"
image_size = 32

[classifier]
task = "single_label"
width = 4
epochs = 2
batch_size = 8

[decoder]
width = 0.05
epochs = 2
batch_size = 8

[selection]
model_wrong = 2
model_right = 3

[rendering]
image_size = 48
"""
COLOURS = {
    "amber": (200, 150, 30),
    "blue": (40, 60, 200),
    "green": (40, 160, 60),
    "red": (200, 40, 40),
}


def write_photos(root: Path, train: int = 12, held_out: int = 16) -> None:
    """Noisy squares, a third of them in another class's colour, so that a network errs."""
    generator = np.random.default_rng(0)
    for split, count in (("train", train), ("val", held_out)):
        for name in CLASSES:
            folder = root / split / name
            folder.mkdir(parents=True)
            for index in range(count):
                kind = name if index % 3 else CLASSES[generator.integers(4)]
                noise = generator.integers(-40, 40, (40, 36, 3))
                pixels = np.clip(noise + np.array(COLOURS[kind]), 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{index:02d}.png")


@pytest.fixture(scope="session")
def shared_recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    """The tiny recipe on pictures that no test changes."""
    folder = tmp_path_factory.mktemp("shared")
    write_photos(folder / "photos")
    return parse_recipe(TINY_RECIPE, "tiny.toml", folder)


@pytest.fixture
def photos(shared_recipe: Recipe, tmp_path: Path) -> Path:
    """A folder `photos` of train and val pictures in four classes."""
    # A copy takes a fifth of the time.
    return Path(shutil.copytree(shared_recipe.folder / "photos", tmp_path / "photos"))


@pytest.fixture
def tiny_recipe(photos: Path) -> Callable[..., Recipe]:
    """Makes the tiny recipe, with some of its values replaced."""

    def make(*changes: str) -> Recipe:
        return parse_recipe(TINY_RECIPE, "tiny.toml", photos.parent, changes)

    return make


READER = """
conditions = ["gradcam", "none", "pv", "pv_exemplar", "random_map", "reference_autoencoder"]

[exemplar]
shift = 1

[quality]
pictures = 40
linear_pictures = 30
linear_lambda = 0.05
reader = "small_cnn"
reader_width = 4
reader_weights = "reader.safetensors"
reader_pictures = 34
reader_held_out = 5
"""


def advanced(recipe: Recipe, work: Path, seconds: float = 60.0) -> StimulusBuild:
    """The finished build, opened again for each segment."""
    while True:
        build = StimulusBuild(recipe, work, work / "out")
        if build.advance(seconds).stimulus_folder:
            return build


@pytest.fixture(scope="session")
def first_build(shared_recipe: Recipe) -> StimulusBuild:
    """A finished build of the tiny recipe; tests only read it."""
    return advanced(shared_recipe, shared_recipe.folder / "first")


@pytest.fixture(scope="session")
def read_build(first_build: StimulusBuild, tmp_path_factory: pytest.TempPathFactory):
    """A finished build with more conditions and a reader; tests only read it."""
    folder = tmp_path_factory.mktemp("read")
    write_photos(folder / "photos")
    shutil.copy(first_build.publish.workspace.classifier_path, folder / "reader.safetensors")
    recipe = parse_recipe(TINY_RECIPE.replace("seed = 3", "seed = 4") + READER, "r.toml", folder)
    return advanced(recipe, folder / "work")
