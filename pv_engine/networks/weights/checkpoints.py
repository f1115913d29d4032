"""Finds a network's weights in files as people have them.

Training scripts store a state dict among other things, and name its keys after the object that held
the network: a wrapper for several GPUs, a Lightning module, a compiled one.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor

from pv_engine.errors import WeightsError

# Where checkpoints keep the state dict, the most telling first.
WRAPPERS = (
    "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights",
    "state_dict_ema", "model_ema",
)  # fmt: skip
# How deep the network may stand in the object that was stored.
DEPTH = 4
# torchvision's DenseNets before 2018: norm.1.weight for norm1.weight.
OLD_DENSENET = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\."
    r"([12]\.(?:weight|bias|running_mean|running_var|num_batches_tracked))$"
)


def state_in(content: Any) -> dict[str, Tensor] | None:
    """Return the state dict in what a file holds: the content itself, or one of WRAPPERS in it.

    Under another name, such as `ema`, it is found where no other state dict stands beside it.
    """
    if not isinstance(content, dict):
        return None
    if _is_state(content):
        return {str(key): value for key, value in content.items()}
    for name in WRAPPERS:
        found = state_in(content.get(name))
        if found is not None:
            return found
    others = [value for value in content.values() if _is_state(value)]
    return state_in(others[0]) if len(others) == 1 else None


def _is_state(content: Any) -> bool:
    is_named = isinstance(content, dict) and bool(content)
    return is_named and all(isinstance(value, Tensor) for value in content.values())


def for_network(
    state: dict[str, Tensor], expected: dict[str, Tensor], path: Path
) -> dict[str, Tensor]:
    """Return the part of a state dict that is the network's, under the network's own keys.

    What stands before each key is the same for all: the prefix with which most of the `expected`
    keys are found. Keys outside it, such as a loss's weights, are left out.

    Raises
    ------
    WeightsError
        If the file holds the network twice, such as a student and a teacher.
    """
    state = {OLD_DENSENET.sub(r"\1\2", key): value for key, value in state.items()}
    found = {prefix: _found(prefix, state, expected) for prefix in _prefixes(state)}
    most = max(found.values(), default=0)
    best = [prefix for prefix, count in found.items() if count == most]
    if not most or "" in best:
        return _with_prefix_of_all(state, expected) if not most else state
    if len(best) > 1:
        raise WeightsError(
            f"The weights file {path} holds the network more than once, under {best[0]} and "
            f"{best[1]}; store the one that is to be explained alone."
        )
    prefix = best[0]
    return {key.removeprefix(prefix): state[key] for key in state if key.startswith(prefix)}


def _found(prefix: str, state: dict[str, Tensor], expected: dict[str, Tensor]) -> int:
    return sum(prefix + key in state for key in expected)


def _prefixes(state: dict[str, Tensor]) -> Iterator[str]:
    """Each beginning of a key, the shortest first, in the order of the file."""
    yield from dict.fromkeys(
        "".join(f"{part}." for part in key.split(".")[:depth])
        for depth in range(DEPTH + 1)
        for key in state
        if key.count(".") >= depth
    )


def _with_prefix_of_all(state: dict[str, Tensor], expected: dict[str, Tensor]) -> dict[str, Tensor]:
    """The inner network's state dict for a wrapper, all whose keys begin with the same name."""
    firsts = {key.partition(".")[0] for key in expected}
    if len(firsts) != 1:
        return state
    longer = {f"{next(iter(firsts))}.{key}": value for key, value in state.items()}
    return longer if longer.keys() & expected.keys() else state
