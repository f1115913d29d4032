"""kill -9 at any moment costs time, never the result."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import torch

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.reading import read_recipe
from tests.pv_engine.conftest import TINY_RECIPE

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@contextmanager
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def test_a_training_that_is_killed_again_and_again_gives_the_same_weights(photos, tmp_path):
    # Early stopping, a head on kept features, and a decoder on kept features and a linear start.
    recipe_file = photos.parent / "tiny.toml"
    recipe_file.write_text(
        TINY_RECIPE.replace(
            "epochs = 2\nbatch_size = 8\n\n[decoder]",
            'train = "head"\nshift = false\nepochs = 4\nbatch_size = 8\n\n[decoder]\n'
            'profile = "residual"\nlearning_rate = 0.02\npatience = 2',
        ).replace("epochs = 2", "epochs = 6")
    )
    whole = DecoderBuild(read_recipe(recipe_file), tmp_path / "whole")
    # The bits depend on the number of threads, and forked processes can have one only.
    with one_thread():
        *_, last = whole.run()
    assert "as it no longer got better" in last

    done = subprocess.run(
        [sys.executable, HERE / "train_and_die.py", recipe_file, tmp_path / "killed"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(re.search(r"killed (\d+) times", done.stdout)[1]) > 5
    for name in ("classifier", "decoder"):
        path = f"{name}/{name}.safetensors"
        killed = (tmp_path / "killed" / path).read_bytes()
        assert killed == (tmp_path / "whole" / path).read_bytes()
