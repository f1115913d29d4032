"""A tiny build whose reader is the classifier of an earlier one."""

import shutil
from pathlib import Path

import pytest

from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import Recipe, parse_recipe
from tests.pv_engine.conftest import TINY_RECIPE, write_photos

READER = """
conditions = ["gradcam", "none", "pv", "random_map", "reference_autoencoder"]

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
    """The finished build, opened anew for each segment."""
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
