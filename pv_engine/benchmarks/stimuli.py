"""Stimuli per second: the engine against a plain use of the libraries.

- `per_image`: pytorch-grad-cam on the whole network for each image, with a backward pass, then a
  second pass for the reconstruction;
- `one_pass`: the engine, one pass of each batch through the encoder.
"""

import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from pv_engine.benchmarks.networks import SIZE
from pv_engine.explain.perception import explain, masked
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import RenderingConfig
from pv_engine.runtime.device import mixed_precision


def per_image(classifier: Classifier, decoder: nn.Module, pictures: Tensor) -> list[Tensor]:
    """Return Grad-CAM and PV of each image, with the libraries alone."""
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


def one_pass(
    classifier: Classifier, decoder: nn.Module, pictures: Tensor, batch: int
) -> list[Tensor]:
    """Return the same stimuli, from the engine."""
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
