"""Segmentation networks as the explained model: a class's logits, summed over its predicted mask.

So a network that answers for every pixel has one number for each class, as a classifier has, and
everything that explains a classifier explains it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.networks.heads import last_layer, outputs
from pv_engine.networks.modes import evaluating

# Side of the picture with which the size of the features is tried, in pixels.
TRIED = 64


def mask_scores(logits: Tensor, has_background: bool) -> Tensor:
    """Return each class's logits summed over the pixels where it is the predicted one.

    This is pytorch-grad-cam's SemanticSegmentationTarget with the predicted masks, whose pixels do
    not change with the gradient. A class without a pixel is set below all others, at the lowest
    score minus the largest absolute one minus 1; `present_classes` tells them apart.

    Parameters
    ----------
    logits : (B, K, H, W)
    has_background : bool
        Whether the first of the K is no class; it keeps its pixels.

    Returns
    -------
    (B, classes)
    """
    masks = predicted_masks(logits)
    own = functional.one_hot(masks, logits.shape[1]).permute(0, 3, 1, 2).to(logits.dtype)
    first = 1 if has_background else 0
    scores = (logits * own).sum(dim=(2, 3))[:, first:]
    is_there = own.sum(dim=(2, 3))[:, first:] > 0
    return torch.where(is_there, scores, _absent(scores.detach(), is_there))


def predicted_masks(logits: Tensor) -> Tensor:
    """Return the number of each pixel's class, (B, H, W), from logits (B, K, H, W)."""
    return logits.argmax(dim=1)


def _absent(scores: Tensor, is_there: Tensor) -> Tensor:
    """Return the score of classes without a pixel, (B, 1); 0 where no class has any."""
    lowest = scores.masked_fill(~is_there, torch.inf).amin(dim=1, keepdim=True)
    largest = scores.abs().masked_fill(~is_there, 0).amax(dim=1, keepdim=True)
    return torch.where(is_there.any(dim=1, keepdim=True), lowest - largest - 1, 0.0)


def present_classes(scores: Tensor) -> Tensor:
    """Return which classes have a pixel, (N, classes) booleans, from `mask_scores`."""
    above = scores > scores.amin(dim=1, keepdim=True)
    is_absent = torch.isclose(scores, _absent(scores, above))
    return torch.where(above.any(dim=1, keepdim=True), ~is_absent, torch.zeros_like(above))


class Segmenter(nn.Module):
    """A network that answers for every pixel, (B, 3, H, W) to scores (B, classes).

    `network` gives logits (B, K, H, W) as `out`, computed from its `backbone`'s last features by
    its `classifier` and enlarged bilinearly, as torchvision's do.
    """

    def __init__(self, network: nn.Module, num_outputs: int, num_classes: int) -> None:
        super().__init__()
        self.network = network
        self.has_background = num_outputs == num_classes + 1

    def pixels(self, images: Tensor) -> Tensor:
        """Return the network's logits of every pixel, (B, K, H, W)."""
        logits: Tensor = self.network(images)["out"]
        return logits

    def forward(self, images: Tensor) -> Tensor:
        return mask_scores(self.pixels(images), self.has_background)

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """Return the part up to the backbone's last features, the smallest map, and the rest."""
        encoder = Backbone(self.network.get_submodule("backbone"))
        classifier = self.network.get_submodule("classifier")
        return encoder, SegmentationHead(classifier, self.stride, self.has_background)

    @property
    def stride(self) -> int:
        """How many pixels of the picture a cell of the features has along a side."""
        encoder = Backbone(self.network.get_submodule("backbone"))
        with evaluating(encoder), torch.no_grad():
            return TRIED // int(encoder(torch.zeros(1, 3, TRIED, TRIED)).shape[-1])

    def refuse_size(self, size: int, architecture: str) -> None:
        """Raise RecipeError for pictures whose side is no multiple of the stride."""
        if size % self.stride:
            lower = size - size % self.stride
            raise RecipeError(
                f"data.image_size is {size}, but {architecture} needs a multiple of {self.stride}, "
                f"such as {lower} or {lower + self.stride}."
            )


def segmenter_of(network: nn.Module, num_classes: int, architecture: str) -> Segmenter:
    """Return a segmentation network with one number for each class.

    RecipeError for one that is not made of the parts that torchvision's have.
    """
    backbone, classifier = (getattr(network, name, None) for name in ("backbone", "classifier"))
    if not (isinstance(backbone, nn.Module) and isinstance(classifier, nn.Module)):
        raise RecipeError(
            f"classifier.task is 'segmentation', but {architecture} has no parts `backbone` and "
            "`classifier` as torchvision's segmentation networks do; choose one of these, such as "
            "torchvision:fcn_resnet50, or give your network these parts."
        )
    return Segmenter(network, outputs(last_layer(classifier)[1]), num_classes)


class Backbone(nn.Module):
    """Pictures (B, 3, H, W) to the last features, (B, C, h, w)."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.training = backbone.training

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.backbone(images)["out"]
        return features


class SegmentationHead(nn.Module):
    """Features (B, C, h, w) to scores (B, classes)."""

    def __init__(self, classifier: nn.Module, stride: int, has_background: bool) -> None:
        super().__init__()
        self.classifier = classifier
        self.stride = stride
        self.has_background = has_background
        self.training = classifier.training

    def pixels(self, features: Tensor) -> Tensor:
        """Return the logits of every pixel of the picture, (B, K, H, W)."""
        small = self.classifier(features)
        height, width = (self.stride * side for side in features.shape[2:])
        return functional.interpolate(small, (height, width), mode="bilinear", align_corners=False)

    def masks(self, features: Tensor) -> Tensor:
        """Return the class of every pixel, (B, H, W): its number from 1, or 0 for none."""
        found = predicted_masks(self.pixels(features))
        return found if self.has_background else found + 1

    def forward(self, features: Tensor) -> Tensor:
        return mask_scores(self.pixels(features), self.has_background)
