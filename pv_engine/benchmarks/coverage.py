"""python -m pv_engine.benchmarks.coverage: which architectures can be explained, as JSON lines.

Creates each network with random weights, cuts it, and compares head(encoder(x)) with the network on
pictures of its own size; a small decoder draws its features at that size, and Grad-CAM is compared
with pytorch-grad-cam on the network itself. With --builds, a tiny stimulus set is built of each.
With --rows FILE, each line is also appended there when it is known, and a later run leaves out the
networks that the file has: a run that was stopped goes on. Downloads nothing.
"""

import argparse
import json
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from pv_engine.benchmarks.architectures import ARCHITECTURES
from pv_engine.benchmarks.direct_maps import map_difference
from pv_engine.benchmarks.tiny_build import tiny_build
from pv_engine.errors import EngineError
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.cutting.maps import trial_pictures
from pv_engine.networks.cutting.prefix import parted
from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.families.known import create_network
from pv_engine.networks.heads import PooledLinear, layers_of
from pv_engine.recipe import ClassifierConfig

CLASSES = 1000
# Of the decoder that draws each network's features.
WIDTH = 0.05


def main() -> None:
    """Print a line for each architecture, then how many are accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="architectures (default: the whole list)")
    parser.add_argument("--builds", action="store_true", help="build a tiny stimulus set of each")
    parser.add_argument("--rows", type=Path, help="keep the lines in this file, and go on from it")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = []
    for row in rows_of(given.names or ARCHITECTURES, given.builds, given.rows):
        rows.append(row)
        print(json.dumps(row), flush=True)  # noqa: T201 - this is a command
    print(json.dumps(summary(rows)))  # noqa: T201


def rows_of(names: Sequence[str], builds: bool, kept: Path | None) -> Iterator[dict[str, Any]]:
    """Yield each architecture's row: from the file of kept rows if it is there, else a new one."""
    earlier = {row["architecture"]: row for row in _read_rows(kept)}
    for name in names:
        if name in earlier:
            yield earlier[name]
            continue
        row = tried(name, builds)
        if kept:
            with kept.open("a") as file:
                file.write(json.dumps(row) + "\n")
        yield row


def _read_rows(kept: Path | None) -> list[dict[str, Any]]:
    if kept is None or not kept.is_file():
        return []
    return [json.loads(line) for line in kept.read_text().splitlines()]


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many of the architectures are accepted, and the largest error of these."""
    accepted = [row for row in rows if row["accepted"]]
    return {
        "tried": len(rows),
        "accepted": len(accepted),
        "share": round(len(accepted) / max(1, len(rows)), 3),
        "largest_error": max((row["identity_error"] for row in accepted), default=None),
        "largest_map_difference": max((row["map_difference"] for row in accepted), default=None),
        "built": sum("items" in row for row in rows),
        "refused": [row["architecture"] for row in rows if not row["accepted"]],
    }


@torch.no_grad()
def tried(name: str, builds: bool = False) -> dict[str, Any]:
    """Return one architecture's row: accepted or the refusal, features, errors, seconds."""
    begun = time.monotonic()
    row: dict[str, Any] = {"architecture": name, "accepted": False}
    try:
        row |= _measured(name)
        if builds:
            with torch.enable_grad():
                row |= tiny_build(name, row["size"])
    except EngineError as error:
        row["refusal"] = str(error)
    return row | {"seconds": round(time.monotonic() - begun, 1)}


def _measured(name: str) -> dict[str, Any]:
    torch.manual_seed(0)
    network = create_network(ClassifierConfig(architecture=name), CLASSES).eval()
    wake(network)
    encoder, head = cut(network, name)
    pictures = torch.rand(trial_pictures(network).shape, generator=torch.Generator().manual_seed(1))
    error = identity_error(network, encoder, head, pictures)
    features, bound = parted(encoder(pictures), head)
    size = pictures.shape[-1]
    decoder = build_decoder((features.shape[1], *features.shape[2:]), size, WIDTH, 0)
    drawn = decoder(features)
    difference, layer = map_difference(network, encoder, head, pictures)
    return {
        "accepted": error <= 1e-5 and drawn.shape == pictures.shape,
        "identity_error": error,
        "map_difference": difference,
        "layer": layer,
        "size": size,
        "features": list(features.shape[1:]),
        "prefix": bound is not head,
        "closed_form": isinstance(head, PooledLinear),
    }


def wake(network: nn.Module) -> None:
    """Let a network with random weights answer differently to different pictures.

    Batch norms take their statistics from noise: with those of a new network, signals shrink from
    layer to layer, down to 1e-13, and only the last layer's bias would be compared. A last layer
    that a library starts at zero gets random weights.
    """
    norms = [each for each in network.modules() if isinstance(each, _BatchNorm)]
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    if norms:
        network(trial_pictures(network))
    network.eval()
    layers = layers_of(network)
    if layers and not layers[-1][1].weight.any():
        nn.init.normal_(layers[-1][1].weight)


if __name__ == "__main__":
    main()
