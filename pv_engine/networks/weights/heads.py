"""Builds a network's head to fit a weights file: other classes, or other layers."""

from pathlib import Path

from torch import Tensor, nn

from pv_engine.errors import WeightsError
from pv_engine.networks.heads import Layer, last_layer

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "none": nn.Identity,
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "leaky_relu": nn.LeakyReLU,
    "hardswish": nn.Hardswish,
}
UNSAID = (
    "has a head of {count} linear layers, and no file says what stands between them; set "
    "classifier.head_activation to one of {names}."
)


def fit_head(network: nn.Module, state: dict[str, Tensor], path: Path, activation: str) -> None:
    """Replace, in place, the last layers of a network by those of a state dict.

    A last layer for other classes is widened or narrowed. Where the file has several layers in the
    place of one, or one in the place of several, they are built from its shapes: linear layers,
    batch and layer norms, with `activation` (a key of ACTIVATIONS) in the first gap between two of
    them. Dropout has no weights and no effect in what is explained. A network that differs in
    anything else is left as it is.

    Raises
    ------
    WeightsError
        For several linear layers without an `activation`, which no weights file says.
    """
    if not differing(network, state):
        return
    for name, layer in _same_but_for_classes(network, state):
        network.set_submodule(name, _like(layer, state[f"{name}.weight"], f"{name}.bias" in state))
    rest = differing(network, state)
    if not rest:
        return
    place = _place_of(rest, last_layer(network)[0])
    if place is not None:
        inner = {key.removeprefix(f"{place}."): state[key] for key in state if _below(key, place)}
        built = _built(inner, path, activation)
        if built is not None:
            network.set_submodule(place, built)


def with_head(
    network: nn.Module, state: dict[str, Tensor], path: Path, is_trained: bool
) -> dict[str, Tensor]:
    """Return a state dict with the network's own head if it has none and one is to be trained.

    Raises WeightsError where none is trained: the answers would be random.
    """
    lacking = differing(network, state)
    place = _place_of(lacking, last_layer(network)[0]) if lacking else None
    if place is None or any(_below(key, place) for key in state):
        return state
    if not is_trained:
        raise WeightsError(
            f"The weights file {path} has no head: it lacks {lacking[0]} and has all the rest; "
            'train a head (classifier.train = "head"), or store the network with its head.'
        )
    own = network.state_dict()
    return state | {key: own[key] for key in own if _below(key, place)}


def differing(network: nn.Module, state: dict[str, Tensor]) -> list[str]:
    """Return the keys that one of the two lacks, or that have another shape, in order."""
    expected = network.state_dict()
    keys = dict.fromkeys([*expected, *state])
    return [
        key
        for key in keys
        if not key.endswith("num_batches_tracked")
        and (key not in state or key not in expected or state[key].shape != expected[key].shape)
    ]


def _same_but_for_classes(network: nn.Module, state: dict[str, Tensor]) -> list[tuple[str, Layer]]:
    """Layers whose weights differ in the number of outputs alone."""
    found = []
    for name, layer in network.named_modules():
        weight = state.get(f"{name}.weight")
        if isinstance(layer, Layer) and weight is not None and weight.dim() == layer.weight.dim():
            same = weight.shape[1:] == layer.weight.shape[1:]
            if same and len(weight) != len(layer.weight):
                found.append((name, layer))
    return found


def _like(layer: Layer, weight: Tensor, with_bias: bool) -> Layer:
    if isinstance(layer, nn.Linear):
        return nn.Linear(layer.in_features, len(weight), bias=with_bias)
    height, width = layer.kernel_size
    return nn.Conv2d(
        layer.in_channels,
        len(weight),
        (height, width),
        layer.stride,  # type: ignore[arg-type] # a pair
        layer.padding,  # type: ignore[arg-type] # a pair or a name
        layer.dilation,  # type: ignore[arg-type] # a pair
        bias=with_bias,
    )


def _place_of(rest: list[str], last: str) -> str | None:
    """The module, the last layer or one around it, that has all differing keys."""
    parts = last.split(".")
    places = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((place for place in places if all(_below(key, place) for key in rest)), None)


def _below(key: str, place: str) -> bool:
    return key.startswith(f"{place}.")


def _built(state: dict[str, Tensor], path: Path, activation: str) -> nn.Module | None:
    """A module with these weights; None if its layers are of an unknown kind."""
    if "weight" in state:
        return _layer(state) if len(state) <= 5 else None
    children = dict.fromkeys(key.partition(".")[0] for key in state)
    inner = {
        name: {key.partition(".")[2]: state[key] for key in state if _below(key, name)}
        for name in children
    }
    if len(inner) == 1:
        (name,) = inner
        only = _built(inner[name], path, activation)
        return None if only is None else _with_gaps({name: only}, activation)
    layers = {name: _layer(each) for name, each in inner.items()}
    if not all(name.isdigit() for name in inner) or None in layers.values():
        return None
    count = sum(isinstance(layer, nn.Linear) for layer in layers.values())
    if count > 1 and activation not in ACTIVATIONS:
        raise WeightsError(
            f"The weights file {path} {UNSAID.format(count=count, names=', '.join(ACTIVATIONS))}"
        )
    kept = {name: layer for name, layer in layers.items() if layer is not None}
    return _with_gaps(kept, activation)


def _with_gaps(layers: dict[str, nn.Module], activation: str) -> nn.Sequential:
    """A Sequential with the layers at their own numbers; what has no weights is between them."""
    whole = nn.Sequential()
    if not all(name.isdigit() for name in layers):
        for name, layer in layers.items():
            whole.add_module(name, layer)
        return whole
    by_number = {int(name): layer for name, layer in layers.items()}
    for number in range(max(by_number) + 1):
        is_first_gap = number and number - 1 in by_number
        filler = ACTIVATIONS.get(activation, nn.Identity) if is_first_gap else nn.Identity
        whole.append(by_number.get(number) or filler())
    return whole


def _layer(state: dict[str, Tensor]) -> nn.Module | None:
    """The layer with these weights: linear, batch norm or layer norm."""
    weight = state.get("weight")
    if weight is None:
        return None
    if weight.dim() == 2:
        return nn.Linear(weight.shape[1], len(weight), bias="bias" in state)
    if weight.dim() != 1:
        return None
    if "running_mean" in state:
        return nn.BatchNorm1d(len(weight))
    return nn.LayerNorm(len(weight))
