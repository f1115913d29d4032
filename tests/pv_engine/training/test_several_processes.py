"""Two processes under torchrun train what one would train; gloo on the CPU, as NCCL on GPUs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.reading import parse_recipe
from tests.pv_engine.conftest import TINY_RECIPE
from tests.pv_engine.training.line_in_processes import trained

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CHANGES = ("decoder.epochs=4", "decoder.patience=3")


def torchrun(script, *arguments):
    """Run a script of this folder in two processes; the finished call."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return subprocess.run(
        [*launcher, "--nproc-per-node", "2", HERE / script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """What each process left of the line, by reduction and rank."""
    out = tmp_path_factory.mktemp("lines")
    done = torchrun("line_in_processes.py", out)
    assert done.returncode == 0, done.stderr
    return {
        (reduction, rank): torch.load(out / f"{reduction}-{rank}.pt", weights_only=True)
        for reduction in ("mean", "sum")
        for rank in (0, 1)
    }


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_both_processes_end_with_the_same_weights(lines, reduction):
    first, second = (lines[reduction, rank]["module"] for rank in (0, 1))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert lines[reduction, 0]["history"] == lines[reduction, 1]["history"]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_they_are_those_of_one_process_with_the_whole_batch(lines, reduction, tmp_path):
    alone = trained(reduction, tmp_path).state
    together = lines[reduction, 0]
    for key, value in alone.module.items():
        assert torch.allclose(together["module"][key], value, rtol=0, atol=1e-9), key
    for mine, ours in zip(alone.history, together["history"], strict=True):
        assert ours == pytest.approx(mine, rel=1e-5)


def train(folder, work, syncs=0):
    changes = [part for change in CHANGES for part in ("--set", change)]
    return torchrun("train_in_processes.py", syncs, folder / "tiny.toml", "--work", work, *changes)


@pytest.fixture(scope="module")
def whole(shared_recipe):
    """The work folder of a recipe whose networks two processes have trained."""
    folder = shared_recipe.folder
    (folder / "tiny.toml").write_text(TINY_RECIPE)
    done = train(folder, folder / "together")
    assert done.returncode == 0, done.stderr
    return folder / "together"


def test_a_real_decoder_draws_the_same_pictures(whole, shared_recipe):
    recipe = parse_recipe(TINY_RECIPE, "tiny.toml", shared_recipe.folder, CHANGES)
    alone = DecoderBuild(recipe, shared_recipe.folder / "alone")
    for _ in alone.run():
        pass
    together = DecoderBuild(recipe, whole)
    assert [phase.is_done for phase in together.phases] == [True] * 3
    pictures, _ = alone.workspace.held_out()
    with torch.no_grad():
        one, other = (
            build.workspace.decoder(
                build.workspace.classifier.encode(pictures.batch(torch.arange(16)))
            )
            for build in (alone, together)
        )
    # Float32, and Adam moves weights without a gradient by rounding alone.
    assert torch.allclose(one, other, rtol=0, atol=1e-3)


def test_a_killed_training_on_two_processes_goes_on_to_the_same_bits(whole, shared_recipe):
    folder, work = shared_recipe.folder, shared_recipe.folder / "killed"
    killed = train(folder, work, syncs=60)
    assert killed.returncode != 0
    assert "SIGKILL" in killed.stderr
    assert list((work / "classifier").glob("step-*.pt"))
    assert not (work / "decoder" / "decoder.safetensors").exists()
    done = train(folder, work)
    assert done.returncode == 0, done.stderr
    for name in ("classifier", "decoder"):
        path = f"{name}/{name}.safetensors"
        assert (work / path).read_bytes() == (whole / path).read_bytes()
