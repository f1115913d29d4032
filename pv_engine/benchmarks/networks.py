"""The networks of the benchmarks: ResNet-50 at 224 pixels with random weights, and a decoder."""

import torch
from torch import nn

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.families.known import create_network
from pv_engine.recipe import ClassifierConfig
from pv_engine.runtime.device import MEMORY_FORMAT

SIZE = 224
CLASSES = 20
ARCHITECTURE = "torchvision:resnet50"


def networks(device: torch.device, width: float) -> tuple[Classifier, nn.Module]:
    """Return a frozen classifier and a decoder of this width, both in eval mode."""
    torch.manual_seed(0)
    config = ClassifierConfig(architecture=ARCHITECTURE)
    encoder, head = cut(create_network(config, CLASSES), config.architecture)
    classifier = Classifier(encoder, head, 0.5, 0.5).eval().requires_grad_(False)
    decoder = build_decoder((2048, 7, 7), SIZE, width, seed=0).eval()
    for network in (classifier, decoder):
        network.to(device=device, memory_format=MEMORY_FORMAT)  # type: ignore[call-overload] # torch types no such pair
    return classifier, decoder
