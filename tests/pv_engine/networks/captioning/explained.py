"""What every captioning network is held to: exact parts, and pytorch-grad-cam's maps."""

import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.cutting.prefix import parted
from tests.pv_engine.networks.small_captioners import SIZE


def assert_explained(network, layer, images):
    """Compare the cut network with the whole one, and maps with those of the layer."""
    encoder, head = cut(network.eval(), "a network")
    assert identity_error(network, encoder, head, images) <= 1e-5
    features, bound = parted(encoder(images), head)
    assert features.shape == (2, 48, 4, 4)
    targets = torch.tensor([1, 3])
    theirs = GradCAM(
        network,
        [layer],
        reshape_transform=lambda row: row[:, 1:].mT.reshape(len(row), -1, 4, 4),
    )(images, [ClassifierOutputTarget(int(each)) for each in targets])
    ours = saliency_maps("gradcam", bound, features, targets, SIZE, "library")
    assert torch.allclose(ours, torch.from_numpy(theirs), atol=1e-4)
    assert float(ours.std()) > 0.01
