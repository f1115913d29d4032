"""python -m pv_engine.train, and the engine's torch code where there is no Django."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from pv_engine import train
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.reading import read_recipe
from tests.pv_engine.conftest import TINY_RECIPE

# What a GPU machine does not have; pytorch-grad-cam is needed for saliency alone.
ABSENT = ("django", "celery", "study", "surveys", "analysis", "pytorch_grad_cam", "tqdm", "timm")
WITHOUT = f"""
import sys

for name in {ABSENT!r}:
    sys.modules[name] = None
"""


def run_without_django(program, *arguments):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + program, *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def recipe_file(photos):
    file = photos.parent / "tiny.toml"
    file.write_text(TINY_RECIPE)
    return file


def test_it_trains_where_there_is_no_django_and_a_build_goes_on_from_there(recipe_file, tmp_path):
    work = tmp_path / "work"
    done = run_without_django(
        "from pv_engine.train import main; sys.exit(main(sys.argv[1:]))",
        recipe_file, "--work", work,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(work)]
    assert "images/s" in done.stderr
    weights = (work / "decoder" / "decoder.safetensors").read_bytes()
    build = StimulusBuild(read_recipe(recipe_file), work, tmp_path / "out")
    assert build.advance(60.0).phase == "select"
    assert (work / "decoder" / "decoder.safetensors").read_bytes() == weights


def test_the_benchmark_and_all_of_training_can_be_imported_without_django():
    done = run_without_django(
        "import pv_engine.benchmarks.engine, pv_engine.pipeline.training.trainers\n"
        "import pv_engine.train,  pv_engine.quality.baselines, pv_engine.training.loop\n"
        "print(sorted(name for name, module in sys.modules.items() "
        "if module and name.startswith('django')))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_what_is_wrong_with_a_recipe_is_one_sentence_and_status_1(recipe_file, capsys):
    assert train.main([str(recipe_file), "--set", "decoder.colour=3"]) == 1
    assert "unknown key decoder.colour" in capsys.readouterr().err


def test_the_reference_autoencoder_is_trained_where_the_recipe_shows_it(
    recipe_file, tmp_path, capsys
):
    changes = ["--set", 'rendering.conditions=["reference_autoencoder"]']
    assert train.main([str(recipe_file), "--work", str(tmp_path / "work"), *changes]) == 0
    assert (tmp_path / "work" / "autoencoder" / "autoencoder.safetensors").is_file()


def test_a_reader_needs_no_decoder(recipe_file, tmp_path, capsys):
    work = tmp_path / "work"
    assert train.main([str(recipe_file), "--work", str(work), "--classifier-only"]) == 0
    assert (work / "classifier" / "classifier.safetensors").is_file()
    assert not (work / "decoder").exists()
