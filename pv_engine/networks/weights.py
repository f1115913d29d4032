"""Reads and writes weights files, without unpickling code."""

import hashlib
import pickle
import warnings
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from pv_engine.data.arrays import write_atomically
from pv_engine.errors import WeightsError, reason_of


def load_weights(network: nn.Module, path: Path) -> None:
    """Load a network's weights from a .safetensors file or a state dict saved by torch.

    Raises
    ------
    WeightsError
        With the file and the first key that is missing, unknown or has another shape.
    """
    fill(network, read_state(path), path)


def fill(network: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    """Load a network's weights from a state dict that was read from `path`; see load_weights."""
    expected = network.state_dict()
    for key in expected.keys() - state.keys():
        raise WeightsError(f"The weights file {path} lacks {key}; it belongs to another network.")
    for key, value in state.items():
        if key not in expected:
            raise WeightsError(
                f"The weights file {path} contains {key}, which the network does not have; "
                "it belongs to another network."
            )
        if value.shape != expected[key].shape:
            raise WeightsError(
                f"The weights file {path} contains {key} of shape {tuple(value.shape)}, "
                f"but the network needs {tuple(expected[key].shape)}."
            )
    network.load_state_dict(state)


def read_state(path: Path) -> dict[str, Tensor]:
    """Read a state dict from a file; WeightsError if it is missing or cannot be read."""
    if not path.is_file():
        raise WeightsError(
            f"The weights file {path} does not exist; name a .safetensors or .pt file."
        )
    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        with warnings.catch_warnings():
            # torch warns about old pickles, which are refused anyway.
            warnings.simplefilter("ignore")
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise WeightsError(
            f"The weights file {path} cannot be read ({reason_of(error)}); it must hold a state "
            "dict, tensors by name and nothing else, as .safetensors or saved by torch.save."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(each, Tensor) for each in state.values()):
        raise WeightsError(
            f"The weights file {path} contains a {type(state).__name__} instead of a state dict; "
            "save network.state_dict()."
        )
    return state


def save_weights(network: nn.Module, path: Path) -> None:
    """Write a network's state dict as .safetensors, completely or not at all."""
    state = {key: value.detach().cpu().contiguous() for key, value in network.state_dict().items()}
    write_atomically(path, save(state))


def weights_sha256(network: nn.Module) -> str:
    """Return the SHA-256 of names, shapes and values of all weights and buffers."""
    digest = hashlib.sha256()
    for key, value in sorted(network.state_dict().items()):
        digest.update(f"{key}{tuple(value.shape)}{value.dtype}".encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
