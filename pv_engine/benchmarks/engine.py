"""python -m pv_engine.benchmarks.engine: speed of the engine on this machine, as JSON.

Needs torch, torchvision, timm and pytorch-grad-cam, but no Django, so that it runs on a bare GPU
machine. Two ways to make the same stimuli take turns in one run, because machines are noisy:

- `per_image`: what one would write with the libraries alone. For each image pytorch-grad-cam on
  the whole network, with a backward pass, and then a second pass for the reconstruction.
- `one_pass`: the engine, a batch through the encoder once.
"""

import argparse
import json
import platform
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from pv_engine.benchmarks.matrix_rate import forward_flops, matrix_rate
from pv_engine.configs import DecoderConfig, RenderingConfig
from pv_engine.device import MEMORY_FORMAT, choose_device, describe_device, mixed_precision
from pv_engine.explain.perception import explain, masked
from pv_engine.networks.backbones import create_network, cut
from pv_engine.networks.classifier import Classifier
from pv_engine.networks.decoder import build_decoder
from pv_engine.training.losses import decoder_loss

SIZE = 224
CLASSES = 20


def main() -> None:
    """Print one JSON object with the hardware and all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=32, help="images a round (default 32)")
    parser.add_argument("--batch", type=int, default=16, help="batch size of the engine (16)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that take turns (3)")
    parser.add_argument("--width", type=float, default=0.25, help="decoder width (0.25)")
    options = parser.parse_args()
    print(json.dumps(measure(**vars(options)), indent=1))  # noqa: T201 - this is a command


def measure(images: int, batch: int, rounds: int, width: float) -> dict[str, Any]:
    """All figures: hardware, stimuli a second both ways, training images a second, memory."""
    device = choose_device()
    classifier, decoder = _networks(device, width)
    pictures = torch.rand(images, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    pictures = pictures.to(device, memory_format=MEMORY_FORMAT)
    ways: dict[str, Callable[[], Any]] = {
        "per_image": lambda: _per_image(classifier, decoder, pictures),
        "one_pass": lambda: _one_pass(classifier, decoder, pictures, batch),
    }
    rates = _by_turns(ways, images, rounds, device)
    return {
        "hardware": describe_device(device),
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "network": "torchvision:resnet50",
        "decoder_width": width,
        "batch": batch,
        "stimuli_per_second": rates,
        "speed_up": round(rates["one_pass"]["median"] / rates["per_image"]["median"], 2),
        "training": _training(classifier, decoder, pictures[:batch], rounds, device),
        "peak_memory_mib": _peak_memory(device),
    }


def _networks(device: torch.device, width: float) -> tuple[Classifier, nn.Module]:
    from pv_engine.configs import ClassifierConfig

    torch.manual_seed(0)
    config = ClassifierConfig(architecture="torchvision:resnet50")
    encoder, head = cut(create_network(config, CLASSES), config.architecture)
    classifier = Classifier(encoder, head, 0.5, 0.5).eval().requires_grad_(False)
    decoder = build_decoder((2048, 7, 7), SIZE, width, seed=0).eval()
    for network in (classifier, decoder):
        network.to(device=device, memory_format=MEMORY_FORMAT)  # type: ignore[call-overload] # torch types no such pair
    return classifier, decoder


def _per_image(classifier: Classifier, decoder: nn.Module, pictures: Tensor) -> list[Tensor]:
    """Grad-CAM and PV of each image with the libraries alone."""
    shown = []
    # pytorch-grad-cam fails on frozen encoders.
    classifier.requires_grad_(True)
    with GradCAM(model=classifier, target_layers=[classifier.encoder]) as cam:
        for picture in torch.split(pictures, 1):
            with torch.no_grad():
                target = int(classifier(picture).argmax())
            saliency = cam(input_tensor=picture, targets=[ClassifierOutputTarget(target)])
            maps = torch.from_numpy(saliency).to(picture.device)
            with torch.no_grad():
                reconstruction = decoder(classifier.encode(picture))
            shown += [masked(picture, maps), masked(reconstruction, maps)]
    classifier.requires_grad_(False).zero_grad(set_to_none=True)
    return shown


def _one_pass(
    classifier: Classifier, decoder: nn.Module, pictures: Tensor, batch: int
) -> list[Tensor]:
    """The same stimuli through the engine."""
    rendering = RenderingConfig(image_size=SIZE)
    shown = []
    for part in torch.split(pictures, batch):
        with mixed_precision(part.device):
            explanation = explain(classifier, decoder, part, rendering)
        shown += [
            masked(part, explanation.maps),
            masked(explanation.reconstructions, explanation.maps),
        ]
    return shown


def _by_turns(
    ways: dict[str, Callable[[], Any]], images: int, rounds: int, device: torch.device
) -> dict[str, dict[str, float]]:
    """Images a second of each way: a round of each in turn after one that does not count."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            seconds = _seconds(way, device)
            if turn:
                rates[name].append(images / seconds)
    return {name: _summary(values) for name, values in rates.items()}


def _training(
    classifier: Classifier,
    decoder: nn.Module,
    pictures: Tensor,
    rounds: int,
    device: torch.device,
) -> dict[str, Any]:
    """Decoder training with all three losses: images a second, and on CUDA the share of the bf16
    matrix rate measured in the same run."""
    decoder.train()
    optimizer = torch.optim.Adam(decoder.parameters(), lr=1e-4)
    config = DecoderConfig()

    def step() -> None:
        with mixed_precision(device):
            with torch.no_grad():
                features = classifier.encode(pictures)
            reconstructions = decoder(features)
            again = classifier.encode(reconstructions)
        loss = decoder_loss(pictures, reconstructions, features, again, config)
        optimizer.zero_grad(set_to_none=True)
        loss.total.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        optimizer.step()

    step()
    rates = [len(pictures) / _seconds(step, device) for _ in range(max(3, rounds))]
    result: dict[str, Any] = {"images_per_second": _summary(rates)}
    if device.type == "cuda":
        encoder, decoding = forward_flops(classifier, decoder, pictures[:1])
        # Encoder forward twice and backward once (to its input); decoder forward and backward.
        needed = encoder * 3 + decoding * 3
        peak = matrix_rate(device)
        result["bf16_matrix_tflops"] = round(peak / 1e12, 1)
        result["share_of_matrix_rate"] = round(statistics.median(rates) * needed / peak, 3)
    return result


def _seconds(work: Callable[[], Any], device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


def _summary(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "max": round(max(values), 2),
    }


def _peak_memory(device: torch.device) -> float:
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated(device) / 2**20, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, 1)


if __name__ == "__main__":
    main()
