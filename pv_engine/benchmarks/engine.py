"""python -m pv_engine.benchmarks.engine: speed of the engine on this machine, as JSON.

Needs torch, torchvision, pydantic and tree-sitter-toml, but no Django, so that it runs on a bare
GPU machine. Without pytorch-grad-cam it skips the stimuli. Alternatives take turns within one run,
since machines are noisy; the first round of each is a warm-up.
"""

import argparse
import json
import platform
import resource
import statistics
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.benchmarks.networks import ARCHITECTURE, SIZE, networks
from pv_engine.benchmarks.timing import by_turns, summary
from pv_engine.benchmarks.training import training
from pv_engine.networks.classifier import Classifier
from pv_engine.runtime.device import MEMORY_FORMAT, choose_device, describe_device

# The paper's decoder and a batch for it.
PAPER = {"width": 1.0, "batch": 64}


def main() -> None:
    """Print the hardware and all figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=32, help="images a round (default 32)")
    parser.add_argument("--batch", type=int, default=16, help="batch size of the engine (16)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that take turns (3)")
    parser.add_argument("--width", type=float, default=0.25, help="decoder width (0.25)")
    parser.add_argument("--paper", action="store_true", help="width 1 and batches of 64")
    parser.add_argument("--compile", action="store_true", help="train with torch.compile, too")
    options = vars(parser.parse_args())
    if options.pop("paper"):
        options |= PAPER
    print(json.dumps(measure(**options), indent=1))  # noqa: T201 - this is a command


def measure(
    images: int, batch: int, rounds: int, width: float, compile: bool = False
) -> dict[str, Any]:
    """Return all figures: hardware, stimuli per second, training images per second, memory."""
    device = choose_device()
    classifier, decoder = networks(device, width)
    pictures = torch.rand(images, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    pictures = pictures.to(device, memory_format=MEMORY_FORMAT)
    return {
        "hardware": describe_device(device),
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "network": ARCHITECTURE,
        "decoder_width": width,
        "batch": batch,
        "rounds": rounds,
        **_stimuli(classifier, decoder, pictures, batch, rounds),
        "training": training(classifier, decoder, batch, rounds, device, compile),
        "peak_memory_mib": _peak_memory(device),
    }


def _stimuli(
    classifier: Classifier, decoder: nn.Module, pictures: Tensor, batch: int, rounds: int
) -> dict[str, Any]:
    try:
        from pv_engine.benchmarks.relative_cost import relative_cost
        from pv_engine.benchmarks.stimuli import one_pass, per_image
    except ImportError as error:
        return {"stimuli_per_second": None, "left_out": f"Stimuli need {error.name}."}
    ways = {
        "per_image": lambda: per_image(classifier, decoder, pictures),
        "one_pass": lambda: one_pass(classifier, decoder, pictures, batch),
    }
    rates = by_turns(ways, len(pictures), rounds, pictures.device)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "stimuli_per_second": {name: summary(values) for name, values in rates.items()},
        "speed_up": round(medians["one_pass"] / medians["per_image"], 2),
        "relative_cost": relative_cost(classifier, decoder, pictures, batch, rounds),
    }


def _peak_memory(device: torch.device) -> float:
    """Return the peak memory in MiB: of the device, or of the process on the CPU."""
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated(device) / 2**20, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, 1)


if __name__ == "__main__":
    main()
