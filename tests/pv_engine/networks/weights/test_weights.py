import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from pv_engine.errors import WeightsError
from pv_engine.networks.weights.files import fill, load_weights, save_weights, weights_sha256


def network(outputs: int = 3) -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, outputs))


def test_saved_weights_come_back_to_the_bit(tmp_path):
    saved, loaded = network(), network()
    with torch.no_grad():
        saved[0].weight.add_(1)
    save_weights(saved, tmp_path / "w.safetensors")
    load_weights(loaded, tmp_path / "w.safetensors")
    assert weights_sha256(saved) == weights_sha256(loaded) != weights_sha256(network())


def test_a_state_dict_of_torch_can_be_read(tmp_path):
    torch.save(network().state_dict(), tmp_path / "w.pt")
    load_weights(network(), tmp_path / "w.pt")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"none\.safetensors does not exist"):
        load_weights(network(), tmp_path / "none.safetensors")


def test_a_file_of_another_shape_names_the_key_and_both_shapes(tmp_path):
    save_weights(network(5), tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"2\.(bias|weight) of shape \(5.*needs \(3"):
        load_weights(network(3), tmp_path / "w.safetensors")


def test_a_file_of_another_network_names_a_key_that_it_lacks(tmp_path):
    save_weights(nn.Linear(2, 2), tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"w\.safetensors lacks .*another network"):
        load_weights(network(), tmp_path / "w.safetensors")


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt"])
def test_a_truncated_file_is_named(tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".pt":
        torch.save(network().state_dict(), path)
    else:
        save_weights(network(), path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(WeightsError, match=rf"{name} cannot be read"):
        load_weights(network(), path)


class Payload:
    """Writes a file as soon as somebody unpickles it."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (type(self.target).write_text, (self.target, "run"))


@pytest.mark.parametrize("name", ["w.pt", "w.pth", "w.pkl", "w.safetensors"])
@pytest.mark.parametrize("save", [torch.save, lambda it, path: path.write_bytes(pickle.dumps(it))])
def test_a_pickle_with_code_in_it_is_refused_in_a_sentence_and_not_run(tmp_path, name, save):
    target, path = tmp_path / "run", tmp_path / name
    save({"0.weight": Payload(target)}, path)
    with pytest.raises(
        WeightsError, match=rf"{name} cannot be read \(.*\); it must hold"
    ) as refused:
        load_weights(network(), path)
    assert "\n" not in str(refused.value)
    assert not target.exists()


def test_what_a_file_holds_beside_tensors_is_named(tmp_path):
    torch.save(network(), tmp_path / "whole.pt")
    with pytest.raises(WeightsError, match=r"\(it holds objects of torch\.nn\.modules\."):
        load_weights(network(), tmp_path / "whole.pt")
    two = {"student": network().state_dict(), "teacher": network().state_dict()}
    torch.save(two, tmp_path / "two.pt")
    with pytest.raises(WeightsError, match="contains a dict with student, teacher instead of a"):
        load_weights(network(), tmp_path / "two.pt")


@pytest.mark.parametrize("content", [network, lambda: {"epoch": 3, "loss": 0.5}, lambda: {}])
def test_what_is_no_state_dict_is_refused(tmp_path, content):
    torch.save(content(), tmp_path / "w.pt")
    with pytest.raises(
        WeightsError, match=r"w\.pt (cannot be read|contains a .* instead of a state dict)"
    ):
        load_weights(network(), tmp_path / "w.pt")


def test_frozen_batch_norms_read_the_weights_of_others():
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).eval()
    variances = plain.get_buffer("1.running_var")
    variances.uniform_(0.5, 2.0, generator=torch.Generator().manual_seed(0))
    frozen = nn.Sequential(nn.Conv2d(3, 4, 3), FrozenBatchNorm2d(4)).eval()
    fill(frozen, plain.state_dict(), Path("plain.pt"))
    images = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(frozen(images), plain(images), atol=1e-6)
