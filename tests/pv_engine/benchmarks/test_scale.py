import shutil
from multiprocessing import Barrier

import pytest

from pv_engine.benchmarks import scale

BUILD = 300, 2


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    return folder, scale.measure_build(*BUILD, folder)


def test_every_phase_of_a_build_has_its_cost_and_memory(built):
    _, figures = built
    assert list(figures["phases"]) == [
        "data", "classifier", "select", "exemplars", "decoder", "render", "quality", "publish",
    ]  # fmt: skip
    for phase in figures["phases"].values():
        a_thousand = phase["cpu_seconds"] / 0.3
        assert phase["cpu_seconds_a_thousand"] == pytest.approx(a_thousand, abs=0.1)
        assert phase["peak_mib"] >= phase["anonymous_mib"] > 0


def test_what_a_process_draws_again_has_the_same_digest(built):
    folder, _ = built
    phase = scale.open_build(*BUILD, folder).render
    before = scale.digest(phase)
    shutil.rmtree(phase.workspace.render_folder)
    scale._open_here(Barrier(1), *BUILD, folder)
    costs = [scale._draw(chunk) for chunk in phase.missing()]
    assert len(costs) == phase.chunks
    assert scale.digest(phase) == before
