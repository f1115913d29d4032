"""Reads and writes weights files, without unpickling code."""

import argparse
import hashlib
import json
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import WeightsError, reason_of
from pv_engine.networks.weights.checkpoints import state_in

# What safetensors, pickle and torch raise for a file that they cannot read.
UNREADABLE = (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError)
# What training scripts store beside the weights and which runs no code: arguments (as timm's do),
# and numbers of NumPy, whose types have a class each.
HARMLESS: tuple[Any, ...] = (
    argparse.Namespace,
    np.dtype,
    np.float64(0).__reduce__()[0],  # the function that reads one
    *(type(np.dtype(kind)) for kind in ("float32", "float64", "int32", "int64", "bool")),
)
# How torch names what it does not read.
UNREAD = re.compile(r"(?:GLOBAL|Unsupported class|Unsupported global:?) (?:GLOBAL )?([\w.]+)")
# Counts batches for a momentum that networks hardly use; older files lack it.
COUNTER = "num_batches_tracked"
CLASSES = "classes"


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
    counters = {key: expected[key] for key in expected if key.endswith(COUNTER)}
    # Frozen batch norms have no counter, and the files that they are filled from have one.
    state = {
        key: value
        for key, value in (counters | state).items()
        if key in expected or not key.endswith(COUNTER)
    }
    for key in expected:
        if key not in state:
            raise WeightsError(
                f"The weights file {path} lacks {key}; it belongs to another network."
            )
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
    """Read a state dict from a file; WeightsError if it is missing or cannot be read.

    It may be a checkpoint with a state dict among other things; see `state_in`.
    """
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
            with torch.serialization.safe_globals([*HARMLESS]):
                content = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        unread = UNREAD.search(str(error))
        reason = f"it holds objects of {unread[1]}" if unread else reason_of(error)
        raise WeightsError(
            f"The weights file {path} cannot be read ({reason}); it must hold a state "
            "dict, tensors by name and nothing else, as .safetensors or saved by torch.save."
        ) from error
    state = state_in(content)
    if state is None:
        keys = ", ".join(map(str, content)) if isinstance(content, dict) else ""
        raise WeightsError(
            f"The weights file {path} contains a {type(content).__name__}"
            f"{f' with {keys}' if keys else ''} instead of a state dict; save network.state_dict()."
        )
    return state


def save_weights(network: nn.Module, path: Path, classes: tuple[str, ...] = ()) -> None:
    """Write a network's state dict as .safetensors, completely or not at all.

    `classes` are the names of its outputs, which the file holds as well.
    """
    _write(_apart(network.state_dict()), path, classes)


def _apart(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copy tensors that several names share, as tied layers do: a file has each by itself."""
    found: dict[str, Tensor] = {}
    places: set[int] = set()
    for key, value in state.items():
        stored = value.detach().cpu().contiguous()
        place = stored.untyped_storage().data_ptr()
        found[key] = stored.clone() if place in places else stored
        places.add(place)
    return found


def copy_weights(source: Path, target: Path, classes: tuple[str, ...] = ()) -> None:
    """Copy a .safetensors file, completely or not at all, with the names of its outputs."""
    _write(load_file(source), target, classes)


def _write(state: dict[str, Tensor], path: Path, classes: tuple[str, ...]) -> None:
    about = {CLASSES: json.dumps(classes)} if classes else None
    write_atomically(path, save(state, metadata=about))


def stored_classes(path: Path) -> tuple[str, ...] | None:
    """Return the names of the outputs that a weights file holds; None if it holds none."""
    if path.suffix != ".safetensors":
        return None
    try:
        with safe_open(path, "pt") as opened:
            about = opened.metadata() or {}
        names = json.loads(about.get(CLASSES, "null"))
    except (*UNREADABLE, OSError):
        return None
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return tuple(names) if is_list else None


def weights_sha256(network: nn.Module) -> str:
    """Return the SHA-256 of names, shapes and values of all weights and buffers."""
    digest = hashlib.sha256()
    for key, value in sorted(network.state_dict().items()):
        digest.update(f"{key}{tuple(value.shape)}{value.dtype}".encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
