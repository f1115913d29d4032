import pytest
import torch

from pv_engine.benchmarks.engine import _networks, _one_pass, _per_image, measure


@pytest.fixture(scope="module")
def networks():
    return _networks(torch.device("cpu"), width=0.05)


def test_both_ways_draw_the_same_stimuli(networks):
    pictures = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    theirs = torch.cat(_per_image(*networks, pictures)[::2])
    ours = _one_pass(*networks, pictures, batch=2)[0]
    # pytorch-grad-cam enlarges its map to the picture in one step, min-max-normalised; ours is the
    # paper's. The masked originals agree but for that.
    assert torch.corrcoef(torch.stack([theirs.flatten(), ours.flatten()]))[0, 1] > 0.9


def test_the_network_is_as_before_afterwards(networks):
    classifier, decoder = networks
    _per_image(classifier, decoder, torch.rand(1, 3, 224, 224))
    assert all(parameter.grad is None for parameter in classifier.parameters())
    assert not any(parameter.requires_grad for parameter in classifier.parameters())


def test_it_reports_hardware_both_rates_and_memory():
    figures = measure(images=1, batch=1, rounds=1, width=0.05)
    assert set(figures["stimuli_per_second"]) == {"per_image", "one_pass"}
    assert figures["speed_up"] > 0
    assert figures["training"]["images_per_second"]["median"] > 0
    assert figures["peak_memory_mib"] > 0
