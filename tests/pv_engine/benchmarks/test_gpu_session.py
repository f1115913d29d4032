"""The run of everything that only a GPU can show: its clock, its figures, what is sent along."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load, save_file

from pv_engine.benchmarks.gpu_session import packing, photographs
from pv_engine.benchmarks.gpu_session.session import FIGURES, Session, Stage, run_stages


@pytest.fixture
def session(tmp_path):
    for name in ("work", "out"):
        (tmp_path / name).mkdir()
    return Session(tmp_path, tmp_path / "work", tmp_path / "out", 100.0)


def figures_of(session):
    return json.loads((session.out / FIGURES).read_text())


def test_a_stage_that_fails_is_noted_and_the_next_one_runs(session, capsys):
    def fail(session, seconds):
        raise ValueError("no kernel")

    stages = [Stage("first", 0.5, fail), Stage("second", 0.5, lambda *_: {"rate": 3})]
    assert not run_stages(session, stages)
    found = figures_of(session)
    assert found["first"]["error"] == "ValueError: no kernel"
    assert found["second"]["rate"] == 3


def test_a_second_run_tries_what_failed_and_repeats_nothing_else(session):
    runs: list[str] = []

    def stage(name, figures):
        return Stage(name, 0.5, lambda *_: runs.append(name) or figures)

    stages = [stage("done", {}), stage("half", {"is_done": False})]
    assert not run_stages(session, stages)
    assert not run_stages(session, stages)
    assert runs == ["done", "half", "half"]


def test_a_stage_gets_its_share_of_the_seconds_that_are_left(session):
    given = []
    stages = [Stage(name, 0.25, lambda _, seconds: given.append(seconds) or {}) for name in "ab"]
    assert run_stages(session, stages)
    assert given[0] == pytest.approx(25, abs=1)
    assert given[1] == pytest.approx(25, abs=1)


def test_without_seconds_nothing_begins(session, capsys):
    session.budget = 0.0
    session.__post_init__()
    assert not run_stages(session, [Stage("late", 1.0, lambda *_: pytest.fail("it ran"))])
    assert capsys.readouterr().out == "late: no time left\n"


def test_weights_are_packed_in_half_precision_into_files_of_bounded_size(
    session, tmp_path, monkeypatch
):
    weight = torch.randn(2_000, generator=torch.Generator().manual_seed(1))
    save_file({"weight": weight}, tmp_path / "decoder.safetensors")
    save_file({"weight": torch.zeros(90_000)}, tmp_path / "classifier.safetensors")

    class Finished:
        decoder_path = tmp_path / "decoder.safetensors"
        classifier_path = tmp_path / "classifier.safetensors"

    monkeypatch.setattr(packing, "workspace_of", lambda session: Finished)
    monkeypatch.setattr(packing, "MOST_BYTES", 3_000)
    found = packing.pack_weights(session, 1.0)
    parts = sorted(session.out.glob("decoder.*.part"))
    assert [part.stat().st_size <= 3_000 for part in parts] == [True, True]
    joined = load(b"".join(part.read_bytes() for part in parts))
    assert torch.equal(joined["weight"], weight.half())
    assert found["classifier"].startswith("left out: ")
    assert not list(session.out.glob("classifier.*"))


def test_photographs_are_copied_as_good_as_the_limit_allows(tmp_path):
    drawer = np.random.default_rng(2)
    for split in photographs.SPLITS:
        (tmp_path / "raw" / split / "cat").mkdir(parents=True)
        for number in range(4):
            pixels = drawer.integers(0, 256, (64, 48, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "raw" / split / "cat" / f"{number}.JPEG")
    sizes = {}
    for limit in (100_000, 500_000):
        out = tmp_path / str(limit)
        sizes[limit] = photographs.copy_photographs(tmp_path / "raw", out, limit)
        assert sizes[limit] <= limit
        assert len(list(out.glob("*/cat/*.webp"))) == 8
    assert sizes[100_000] < sizes[500_000]
    with pytest.raises(SystemExit, match="do not fit"):
        photographs.copy_photographs(tmp_path / "raw", tmp_path / "none", 1_000)
