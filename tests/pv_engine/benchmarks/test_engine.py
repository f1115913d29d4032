import pytest
import torch

from pv_engine.benchmarks.engine import measure
from pv_engine.benchmarks.matrix_rate import SIDES
from pv_engine.benchmarks.networks import networks as made
from pv_engine.benchmarks.stimuli import one_pass, per_image
from pv_engine.benchmarks.training import _operations


@pytest.fixture(scope="module")
def networks():
    return made(torch.device("cpu"), width=0.05)


def test_both_ways_draw_the_same_stimuli(networks):
    classifier, decoder = networks
    pictures = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    theirs = torch.cat(per_image(classifier, decoder, pictures)[::2])
    ours = one_pass(classifier, decoder, pictures, batch=2)[0]
    # pytorch-grad-cam enlarges its map to the picture in one step, min-max-normalised; ours is the
    # paper's. The masked originals agree but for that.
    assert torch.corrcoef(torch.stack([theirs.flatten(), ours.flatten()]))[0, 1] > 0.9


def test_the_network_is_as_before_afterwards(networks):
    classifier, decoder = networks
    per_image(classifier, decoder, torch.rand(1, 3, 224, 224))
    assert all(parameter.grad is None for parameter in classifier.parameters())
    assert not any(parameter.requires_grad for parameter in classifier.parameters())


def test_it_reports_hardware_all_rates_and_memory(monkeypatch):
    # The product of the benchmark takes more operations than all the rest.
    monkeypatch.setitem(SIDES, "cpu", 256)
    figures = measure(images=1, batch=2, rounds=1, width=0.05)
    assert set(figures["stimuli_per_second"]) == {"per_image", "one_pass"}
    assert figures["speed_up"] > 0
    cost = figures["relative_cost"]
    assert cost["without_decoder"] > 0
    assert cost["with_decoder"] > 0
    for way in ("recomputed", "kept"):
        rate = figures["training"][way]
        assert rate["images_per_second"]["median"] > 0
        assert rate["share_of_matrix_rate"] > 0
    saved = [figures["training"][way]["gflop_per_image"] for way in ("recomputed", "kept")]
    # A pass of ResNet-50 is 4.1 billion multiplications and as many additions.
    assert saved[0] - saved[1] == pytest.approx(8.2, abs=0.1)
    assert figures["training"]["matrix_product"]["type"] == "float32"
    assert figures["peak_memory_mib"] > 0


def test_operations_are_counted_forward_and_backward():
    layer = torch.nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
    pictures = torch.rand(2, 8, 5, 5, requires_grad=True)
    forward = 2 * 2 * 5 * 5 * 8 * 6 * 9  # each input cell meets each weight
    assert _operations(lambda: layer(pictures).sum().backward()) == 3 * forward
