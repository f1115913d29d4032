"""An independent second network that reads stimuli: the machine's stand-in for a participant.

It knows the style of each kind of stimulus, from stimuli of training pictures and their true
labels, but nothing of the answers of the model being explained.
"""

import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import ClassifierConfig, QualityConfig
from pv_engine.recipe.reading import Places, Recipe

# Penalty of the heads on standardised features, and the most rounds of L-BFGS.
L2 = 0.01
ROUNDS = 200


@dataclass(frozen=True)
class Reader:
    """A frozen encoder whose pooled features are read by one linear head for each kind, and by its
    own head where that knows the classes."""

    network: Classifier
    size: int

    def own_head(self, classes: int) -> nn.Module | None:
        """Its own last layer, pooled features to logits (B, classes): not fitted on stimuli.

        None where it reads something else, or tells another number of classes apart.
        """
        head = self.network.head
        fits = isinstance(head, PooledLinear) and head.linear.out_features == classes
        return copy.deepcopy(head.linear).cpu() if fits else None

    @torch.no_grad()
    def features(self, stimuli: Tensor) -> Tensor:
        """Pooled features (B, C) of stimuli (B, 3, s, s) in [0, 1] of any side, on the CPU."""
        if stimuli.shape[-1] != self.size:
            stimuli = functional.interpolate(
                stimuli, (self.size, self.size), mode="bilinear", antialias=True
            )
        return self.network.encode(stimuli).mean(dim=(2, 3)).float().cpu()


def build_reader(recipe: Recipe, device: torch.device) -> Reader:
    """The reader that the recipe names, frozen.

    Raises RecipeError or WeightsError as the classifier's own building does.
    """
    quality = recipe.quality
    # Weights that were given on the command line are the classifier's, not the reader's.
    size = quality.reader_size or recipe.data.image_size
    own = replace(
        recipe,
        data=replace(recipe.data, image_size=size),
        classifier=_as_classifier(quality),
        places=Places(),
    )
    network = build_classifier(own, None)
    return Reader(network.to(device).eval().requires_grad_(False), size)


def _as_classifier(quality: QualityConfig) -> ClassifierConfig:
    return ClassifierConfig(
        architecture=quality.reader,
        weights=quality.reader_weights,
        train="none",
        width=quality.reader_width,
        mean=quality.reader_mean,
        std=quality.reader_std,
    )


def fit_head(features: Tensor, labels: Tensor, single_label: bool) -> nn.Module:
    """Logistic regression from features (N, C) to labels (N, classes) of zeros and ones.

    Softmax or one sigmoid for each class; features are standardised, the L2 penalty is fixed, and
    the optimum is found by L-BFGS from zero, so that nothing is random. Returns the head, (B, C)
    to (B, classes).
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
    """A linear layer on features with mean zero and spread one."""

    def __init__(self, linear: nn.Linear, mean: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.mean = mean
        self.spread = spread

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.linear((features - self.mean) / self.spread)
        return logits
