"""The classifier being explained, cut into encoder and head.

M(x) = head(encoder(x)); x is an RGB picture in [0, 1], normalisation belongs to the encoder.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from pv_engine.configs import ClassifierConfig, PerChannel
from pv_engine.errors import WeightsError
from pv_engine.networks.backbones import create_network, cut, new_head
from pv_engine.networks.normalisation import own_normalisation
from pv_engine.networks.small_cnn import PooledLinear
from pv_engine.networks.weights import fill, read_state
from pv_engine.recipe import Recipe

# A key that only cut networks and small_cnn have.
HEAD_WEIGHT = "head.linear.weight"


class Classifier(nn.Module):
    """An encoder up to the last convolutional features, and the head that reads them.

    `encoder`: (B, 3, H, W) normalised to (B, C, h, w); `head`: features to (B, classes) logits.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, encoder: nn.Module, head: nn.Module, mean: PerChannel, std: PerChannel
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.register_buffer("mean", _for_channels(mean), persistent=False)
        self.register_buffer("std", _for_channels(std), persistent=False)

    @property
    def normalisation(self) -> dict[str, list[float]]:
        """The numbers that pictures are normalised with, one for each channel or one for all."""
        return {"mean": self.mean.flatten().tolist(), "std": self.std.flatten().tolist()}

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


def _for_channels(value: PerChannel) -> Tensor:
    """A number as it is, three as (3, 1, 1)."""
    return torch.tensor(value)[:, None, None] if isinstance(value, tuple) else torch.tensor(value)


def build_classifier(recipe: Recipe, num_classes: int | None) -> Classifier:
    """The recipe's network, with its weights loaded and a head for `num_classes`.

    The weights file holds either the network's own state dict or a classifier that another build
    wrote. The head that it brings is kept when nothing is to be trained; `num_classes` None takes
    that head whatever its classes are. Raises RecipeError for an architecture that cannot be used,
    WeightsError for weights that are missing or do not fit.
    """
    config = recipe.classifier
    path = recipe.weights_file
    state = read_state(path) if path else {}
    torch.manual_seed(recipe.seed)
    network = create_network(
        config, num_classes or _outputs(state), pretrained=recipe.downloads_weights
    )
    mean, std = own_normalisation(network, config.architecture)
    if path and not _is_classifier(state):
        fill(network, state, path)
    encoder, head = cut(network, config.architecture)
    if config.train != "none" and config.is_library_network:
        head = new_head(head, num_classes or _outputs(state))
    classifier = Classifier(
        encoder,
        head,
        mean if config.mean is None else config.mean,
        std if config.std is None else config.std,
    )
    if path and _is_classifier(state):
        _fill_from_classifier(classifier, state, path, config)
    _refuse_other_classes(config, classifier.head, num_classes)
    return classifier


def _is_classifier(state: dict[str, Tensor]) -> bool:
    """Whether a state dict is a Classifier's, not a library network's."""
    return HEAD_WEIGHT in state and all(key.startswith(("encoder.", "head.")) for key in state)


def _outputs(state: dict[str, Tensor]) -> int:
    """How many classes the stored head tells apart; 1 where there is none, which then misfits."""
    return len(state[HEAD_WEIGHT]) if HEAD_WEIGHT in state else 1


def _fill_from_classifier(
    classifier: Classifier, state: dict[str, Tensor], path: Path, config: ClassifierConfig
) -> None:
    """All of it when nothing is to be trained, else the encoder alone under its new head."""
    if config.train == "none":
        if isinstance(classifier.head, PooledLinear):
            outputs, channels = state[HEAD_WEIGHT].shape
            classifier.head = PooledLinear(nn.Linear(channels, outputs))
        fill(classifier, state, path)
        return
    prefix = "encoder."
    inner = {key.removeprefix(prefix): state[key] for key in state if key.startswith(prefix)}
    fill(classifier.encoder, inner, path)


def _refuse_other_classes(
    config: ClassifierConfig, head: nn.Module, num_classes: int | None
) -> None:
    # A network of one's own was made for these classes.
    if isinstance(head, PooledLinear) and num_classes not in (None, head.linear.out_features):
        raise WeightsError(
            f"The head of {config.architecture} has {head.linear.out_features} outputs, but the "
            f'data has {num_classes} classes; set classifier.train = "head".'
        )
