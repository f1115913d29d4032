"""Picks the items of a study and the classes that each question offers (paper, section 4)."""

from dataclasses import dataclass

import numpy as np
import torch

from pv_engine.configs import ClassifierConfig, SelectionConfig
from pv_engine.errors import SelectionError
from pv_engine.training.metrics import is_model_right, is_model_wrong, predicted_sets

MODEL_WRONG, MODEL_RIGHT = "model_wrong", "model_right"


@dataclass(frozen=True)
class Pick:
    """One chosen image: its row among the held-out ones, and its answer keys as class numbers."""

    name: str
    row: int
    stratum: str
    prediction: int
    predicted_set: tuple[int, ...]
    true_labels: tuple[int, ...]
    options: tuple[int, ...]


def pick_items(
    logits: torch.Tensor,
    labels: torch.Tensor,
    eligible: np.ndarray,
    classifier: ClassifierConfig,
    selection: SelectionConfig,
    seed: int,
) -> tuple[list[Pick], list[Pick]]:
    """Items and examples, drawn uniformly within each stratum.

    `logits` and `labels` are (N, classes) of the held-out images, `eligible` (N,) is false where a
    stimulus cannot be drawn. `model_right`: the predicted set equals the label set. `model_wrong`:
    no true label is in a non-empty predicted set. In both the top class is the prediction.
    Raises SelectionError when a stratum has too few images or there are too few classes.
    """
    if selection.options > logits.shape[1]:
        raise SelectionError(
            f"selection.options is {selection.options}, but there are only {logits.shape[1]} "
            "classes; ask for fewer options."
        )
    predicted, actual = predicted_sets(logits, classifier), labels.bool()
    members = {
        MODEL_WRONG: is_model_wrong(predicted, actual).numpy() & eligible,
        MODEL_RIGHT: is_model_right(predicted, actual).numpy() & eligible,
    }
    generator = np.random.default_rng([seed, 2])
    chosen = _draw(members, selection, generator)
    picks = [_pick(row, stratum, logits, predicted, actual, selection, generator)
             for stratum, row in chosen]  # fmt: skip
    return _named(picks, selection, generator)


def _draw(
    members: dict[str, np.ndarray], selection: SelectionConfig, generator: np.random.Generator
) -> list[tuple[str, int]]:
    """(stratum, row) of the items of both strata, followed by those of the examples."""
    wanted = {MODEL_WRONG: selection.model_wrong, MODEL_RIGHT: selection.model_right}
    # Examples show the model right first, then wrong, in turn.
    extra = {
        MODEL_RIGHT: (selection.examples + 1) // 2,
        MODEL_WRONG: selection.examples // 2,
    }
    items, examples = [], []
    for stratum, rows in ((name, np.flatnonzero(mask)) for name, mask in members.items()):
        count = wanted[stratum] + extra[stratum]
        if count > len(rows):
            raise SelectionError(
                f"Only {len(rows)} held-out images are {stratum}, but {count} are needed "
                f"(selection.{stratum} and the examples); use more held-out images."
            )
        drawn = generator.choice(rows, count, replace=False)
        items += [(stratum, int(row)) for row in drawn[: wanted[stratum]]]
        examples += [(stratum, int(row)) for row in drawn[wanted[stratum] :]]
    return items + sorted(examples)


def _pick(
    row: int,
    stratum: str,
    logits: torch.Tensor,
    predicted: torch.Tensor,
    actual: torch.Tensor,
    selection: SelectionConfig,
    generator: np.random.Generator,
) -> Pick:
    prediction = int(logits[row].argmax())
    true_labels = tuple(int(index) for index in actual[row].nonzero().flatten())
    return Pick(
        name="",
        row=row,
        stratum=stratum,
        prediction=prediction,
        predicted_set=tuple(int(index) for index in predicted[row].nonzero().flatten()),
        true_labels=true_labels,
        options=_options(prediction, true_labels, logits.shape[1], selection.options, generator),
    )


def _options(
    prediction: int,
    true_labels: tuple[int, ...],
    num_classes: int,
    count: int,
    generator: np.random.Generator,
) -> tuple[int, ...]:
    """The prediction, true labels as far as there is room, random classes, in random order."""
    others = [label for label in true_labels if label != prediction]
    kept = generator.permutation(np.array(others, dtype=int))[: count - 1]
    options = [prediction, *(int(label) for label in kept)]
    rest = [label for label in range(num_classes) if label not in {*options, *true_labels}]
    fillers = generator.choice(rest, min(count - len(options), len(rest)), replace=False)
    options += [int(label) for label in fillers]
    return tuple(int(label) for label in generator.permutation(options))


def _named(
    picks: list[Pick], selection: SelectionConfig, generator: np.random.Generator
) -> tuple[list[Pick], list[Pick]]:
    """Items in random order and numbered, so that neither place nor name tells the stratum."""
    count = selection.model_wrong + selection.model_right
    order = generator.permutation(count)
    items = [
        Pick(**{**vars(picks[index]), "name": f"item-{place:02d}"})
        for place, index in enumerate(order, start=1)
    ]
    examples = [
        Pick(**{**vars(pick), "name": f"example-{place}"})
        for place, pick in enumerate(picks[count:], start=1)
    ]
    return items, examples
