"""A second, independent network that reads stimuli in place of a participant.

It has learnt each kind of stimulus from training pictures and their true labels, but knows nothing
of the explained model's answers.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
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
    # For each class, the numbers of the network's outputs that mean it, where it knows others.
    outputs: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def own_head(self, classes: Sequence[str]) -> nn.Module | None:
        """Return its last layer, pooled features to logits (B, classes), never fitted to stimuli.

        None where it is another kind of head, or has another number of classes and `outputs` does
        not say which mean these. Raises RecipeError for outputs that do not fit.
        """
        head = self.network.head
        if not isinstance(head, PooledLinear):
            return None
        linear = copy.deepcopy(head.linear).cpu()
        if self.outputs:
            return _Named(linear, _outputs_of(classes, self.outputs, linear.out_features))
        return linear if linear.out_features == len(classes) else None

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
    quality = recipe.quality
    size = quality.reader_size or recipe.data.image_size
    network = build_frozen(recipe, _as_classifier(quality), size, device)
    return Reader(network, size, quality.reader_classes)


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


def _outputs_of(
    classes: Sequence[str], outputs: Mapping[str, Sequence[int]], count: int
) -> list[list[int]]:
    """Return each class's outputs; RecipeError for a class without any, or an output too high."""
    without = [name for name in classes if name not in outputs]
    if without or set(outputs) - set(classes):
        other = without or sorted(set(outputs) - set(classes))
        raise RecipeError(
            f"quality.reader_classes must name the classes of the data, each once, but "
            f"{other[0]!r} is {'missing' if without else 'not one of them'}."
        )
    highest = max(max(outputs[name]) for name in classes)
    if highest >= count:
        raise RecipeError(
            f"quality.reader_classes names the output {highest}, but the reader has only {count}, "
            "counted from 0."
        )
    return [list(outputs[name]) for name in classes]


class _Named(nn.Module):
    """A linear layer of which some outputs mean a class; the highest is the class's logit."""

    def __init__(self, linear: nn.Linear, outputs: list[list[int]]) -> None:
        super().__init__()
        self.linear = linear
        self.outputs = outputs

    def forward(self, features: Tensor) -> Tensor:
        logits = self.linear(features)
        return torch.stack([logits[:, each].amax(dim=1) for each in self.outputs], dim=1)


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
