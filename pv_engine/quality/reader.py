"""A second, independent network that reads stimuli in place of a participant.

It has learnt each kind of stimulus from training pictures and their true labels, but knows nothing
of the explained model's answers.
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.frozen import build_frozen
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import ClassifierConfig, QualityConfig
from pv_engine.recipe.reading import Recipe

# Penalty of the heads on standardised features, and the maximum number of L-BFGS iterations.
L2 = 0.01
ROUNDS = 200


@dataclass(frozen=True)
class Reader:
    """A frozen encoder, whose pooled features a linear head for each kind of stimulus reads.

    So does its own head where that knows the classes.
    """

    network: Classifier
    size: int

    def own_head(self, classes: int) -> nn.Module | None:
        """Return its last layer, pooled features to logits (B, classes), never fitted to stimuli.

        None where it is another kind of head or has another number of classes.
        """
        head = self.network.head
        if isinstance(head, PooledLinear) and head.linear.out_features == classes:
            return copy.deepcopy(head.linear).cpu()
        return None

    @torch.no_grad()
    def features(self, stimuli: Tensor) -> Tensor:
        """Return pooled features (B, C) of stimuli (B, 3, s, s) in [0, 1], on the CPU."""
        if stimuli.shape[-1] != self.size:
            stimuli = functional.interpolate(
                stimuli, (self.size, self.size), mode="bilinear", antialias=True
            )
        return self.network.encode(stimuli).mean(dim=(2, 3)).float().cpu()


def build_reader(recipe: Recipe, device: torch.device) -> Reader:
    """Create the recipe's reader, frozen.

    Raises RecipeError or WeightsError as in `build_classifier`.
    """
    size = recipe.quality.reader_size or recipe.data.image_size
    return Reader(build_frozen(recipe, _as_classifier(recipe.quality), size, device), size)


def _as_classifier(quality: QualityConfig) -> ClassifierConfig:
    return ClassifierConfig(
        architecture=quality.reader,
        weights=quality.reader_weights,
        width=quality.reader_width,
        mean=quality.reader_mean,
        std=quality.reader_std,
    )


def fit_head(features: Tensor, labels: Tensor, single_label: bool) -> nn.Module:
    """Fit a logistic regression and return it as a head, (B, C) to logits (B, classes).

    It has a softmax or one sigmoid per class, standardised features and a fixed L2 penalty. L-BFGS
    starts from zero, so the result is deterministic.

    Parameters
    ----------
    features : (N, C)
    labels : (N, classes)
        Zeros and ones.
    """
    mean, spread = features.mean(dim=0), features.std(dim=0).clamp_min(1e-6)
    inputs = (features - mean) / spread
    linear = nn.Linear(features.shape[1], labels.shape[1])
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    optimizer = torch.optim.LBFGS(
        linear.parameters(), max_iter=ROUNDS, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = linear(inputs)
        value = _cross_entropy(logits, labels, single_label) + L2 / 2 * (linear.weight**2).sum()
        value.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call] # torch leaves it untyped
    return _Standardised(linear, mean, spread).requires_grad_(False)


def _cross_entropy(logits: Tensor, labels: Tensor, single_label: bool) -> Tensor:
    if single_label:
        return functional.cross_entropy(logits, labels.argmax(dim=1))
    return functional.binary_cross_entropy_with_logits(logits, labels)


class _Standardised(nn.Module):
    """A linear layer on standardised features."""

    def __init__(self, linear: nn.Linear, mean: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.mean = mean
        self.spread = spread

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.linear((features - self.mean) / self.spread)
        return logits
