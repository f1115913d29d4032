import torch

from pv_engine.benchmarks.exemplars import _discs, measure_search, measure_stimuli


def test_a_search_reports_time_size_and_memory():
    figures = measure_search(pictures=300, shape=(4, 5, 5), shift=1, items=3, rounds=2)
    assert figures["bank_mb"] == 0.1
    assert figures["seconds_an_item"]["clock"] >= 0
    assert figures["peak_memory_mib"] > figures["more_peak_memory_mib"] >= 0


def test_maps_are_spots_that_leave_most_of_the_map_empty():
    maps = _discs(50, 8, torch.Generator().manual_seed(1))
    assert maps.amax(dim=(1, 2)).min() > 0.5
    assert 0.2 < float((maps > 0).float().mean()) < 0.5


def test_stimuli_are_timed_with_exemplars_and_without(read_build):
    workspace = read_build.publish.workspace
    before = sorted(path for path in workspace.folder.rglob("*"))
    figures = measure_stimuli(workspace.recipe, workspace.folder, rounds=1)
    assert set(figures["conditions"]["with"]) - set(figures["conditions"]["without"]) == {
        "pv_exemplar"
    }
    assert set(figures["seconds"]) == {"bank", "without", "with"}
    assert figures["times_without"] > 0
    assert sorted(path for path in workspace.folder.rglob("*")) == before
