"""The classifier being explained, cut into encoder and head.

M(x) = head(encoder(x)); x is an RGB picture in [0, 1], normalisation belongs to the encoder.
"""

import torch
from torch import Tensor, nn

from pv_engine.configs import ClassifierConfig
from pv_engine.errors import WeightsError
from pv_engine.networks.backbones import create_network, cut
from pv_engine.networks.small_cnn import PooledLinear
from pv_engine.networks.weights import load_weights
from pv_engine.recipe import Recipe


class Classifier(nn.Module):
    """An encoder up to the last convolutional features, and the head that reads them.

    `encoder`: (B, 3, H, W) normalised to (B, C, h, w); `head`: features to (B, classes) logits.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, encoder: nn.Module, head: nn.Module, mean: float, std: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def encode(self, images: Tensor) -> Tensor:
        """Pictures in [0, 1], (B, 3, H, W), to the last features, (B, C, h, w)."""
        features: Tensor = self.encoder((images - self.mean) / self.std)
        return features

    def forward(self, images: Tensor) -> Tensor:
        """Pictures in [0, 1] to logits, (B, classes)."""
        logits: Tensor = self.head(self.encode(images))
        return logits

    def feature_shape(self, image_size: int) -> tuple[int, int, int]:
        """(C, h, w) of the features of a square picture."""
        was_training = self.training
        self.eval()
        with torch.no_grad():
            blank = torch.zeros(1, 3, image_size, image_size, device=self.mean.device)
            shape = self.encode(blank).shape
        self.train(was_training)
        return int(shape[1]), int(shape[2]), int(shape[3])


def build_classifier(recipe: Recipe, num_classes: int) -> Classifier:
    """The recipe's network, with its weights loaded and a head for `num_classes`.

    The network's own head is kept when nothing is to be trained. Raises RecipeError for an
    architecture that cannot be used, WeightsError for weights that are missing or do not fit.
    """
    config = recipe.classifier
    torch.manual_seed(recipe.seed)
    network = create_network(config, num_classes)
    if config.weights not in ("", "default"):
        load_weights(network, recipe.path(config.weights))
    encoder, head = cut(network, config.architecture)
    if config.train != "none" and config.architecture != "small_cnn":
        head = PooledLinear(nn.Linear(head.linear.in_features, num_classes))
    _refuse_other_classes(config, head, num_classes)
    return Classifier(encoder, head, config.mean, config.std)


def _refuse_other_classes(config: ClassifierConfig, head: PooledLinear, num_classes: int) -> None:
    if head.linear.out_features != num_classes:
        raise WeightsError(
            f"The head of {config.architecture} has {head.linear.out_features} outputs, but the "
            f'data has {num_classes} classes; set classifier.train = "head".'
        )
