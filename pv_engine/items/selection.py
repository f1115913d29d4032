"""Selects the items of a study and the options of each question (paper, section 4)."""

from dataclasses import dataclass

import numpy as np
import torch

from pv_engine.errors import SelectionError
from pv_engine.recipe import ClassifierConfig, SelectionConfig
from pv_engine.training.validation_measures import is_model_right, is_model_wrong, predicted_sets

MODEL_WRONG, MODEL_RIGHT = "model_wrong", "model_right"


@dataclass(frozen=True)
class Pick:
    """One chosen image: its row among the held-out images, and its answer keys as class numbers."""

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
    overlaps: np.ndarray | None = None,
) -> tuple[list[Pick], list[Pick]]:
    """Choose items and examples within each stratum, as selection.balance says.

    In `model_right`, the predicted set equals the label set. In `model_wrong`, the predicted set is
    not empty and contains no true label. In both, the top class is the prediction.

    Parameters
    ----------
    logits, labels : (N, classes)
        Of the held-out images.
    eligible : (N,) booleans
        False where no stimulus can be drawn.
    overlaps : (N,), optional
        Of a segmentation network: the intersection over union of the top class's predicted and
        true masks, by which the strata are then drawn.

    Raises
    ------
    SelectionError
        If there are too few classes, no item at all, or too few images in a stratum and
        selection.on_shortage does not allow that.
    """
    if selection.options > logits.shape[1]:
        raise SelectionError(
            f"selection.options is {selection.options}, but there are only {logits.shape[1]} "
            "classes; ask for fewer options."
        )
    predicted, actual = predicted_sets(logits, classifier), labels.bool()
    members = {
        stratum: rows & eligible
        for stratum, rows in strata_of(predicted, actual, selection, overlaps).items()
    }
    generator = np.random.default_rng([seed, 2])
    balanced = logits.argmax(dim=1).numpy() if selection.balance == "prediction" else None
    items, examples = _draw(members, balanced, selection, generator)
    picks = [_pick(row, stratum, logits, predicted, actual, selection, generator)
             for stratum, row in items + examples]  # fmt: skip
    return _named(picks, len(items), generator)


def strata_of(
    predicted: torch.Tensor,
    actual: torch.Tensor,
    selection: SelectionConfig,
    overlaps: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return which images are in each stratum, (N,) booleans; see `pick_items`."""
    if overlaps is None:
        return {
            MODEL_WRONG: is_model_wrong(predicted, actual).numpy(),
            MODEL_RIGHT: is_model_right(predicted, actual).numpy(),
        }
    answers = (predicted.any(dim=1) & actual.any(dim=1)).numpy()
    return {
        MODEL_WRONG: answers & (overlaps < selection.iou_wrong),
        MODEL_RIGHT: answers & (overlaps >= selection.iou_right),
    }


def _draw(
    members: dict[str, np.ndarray],
    predictions: np.ndarray | None,
    selection: SelectionConfig,
    generator: np.random.Generator,
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return (stratum, row) of the items of both strata, and of the examples.

    In a stratum with too few images, items take precedence over examples.
    """
    wanted = {MODEL_WRONG: selection.model_wrong, MODEL_RIGHT: selection.model_right}
    # Examples alternate between strata, beginning with model_right.
    extra = {
        MODEL_RIGHT: (selection.examples + 1) // 2,
        MODEL_WRONG: selection.examples // 2,
    }
    items, examples = [], []
    for stratum, rows in ((name, np.flatnonzero(mask)) for name, mask in members.items()):
        count = wanted[stratum] + extra[stratum]
        if count > len(rows) and selection.on_shortage == "stop":
            raise SelectionError(
                f"Only {len(rows)} held-out images are {stratum}, but {count} are needed "
                f"(selection.{stratum} and the examples); use more held-out images, ask for fewer, "
                'or set selection.on_shortage = "fewer".'
            )
        drawn = _drawn(rows, min(count, len(rows)), predictions, generator)
        items += [(stratum, int(row)) for row in drawn[: wanted[stratum]]]
        examples += [(stratum, int(row)) for row in drawn[wanted[stratum] :]]
    if not items:
        raise SelectionError(
            "No held-out image is model_wrong or model_right, so there is no item; use more "
            "held-out images, or another classifier.threshold."
        )
    return items, sorted(examples)


def _drawn(
    rows: np.ndarray, count: int, predictions: np.ndarray | None, generator: np.random.Generator
) -> np.ndarray:
    """Choose `count` rows, uniformly or in rounds over their predicted classes."""
    if predictions is None:
        return generator.choice(rows, count, replace=False)
    shuffled = generator.permutation(rows)
    earlier: dict[int, int] = {}
    rounds = []
    for row in shuffled:
        place = int(predictions[row])
        rounds.append(earlier.get(place, 0))
        earlier[place] = rounds[-1] + 1
    # Within a round, the stable sort keeps the shuffled order.
    return shuffled[np.argsort(rounds, kind="stable")][:count]


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
    """Return the prediction, as many true labels as fit, and random classes, in random order."""
    others = [label for label in true_labels if label != prediction]
    kept = generator.permutation(np.array(others, dtype=int))[: count - 1]
    options = [prediction, *(int(label) for label in kept)]
    rest = [label for label in range(num_classes) if label not in {*options, *true_labels}]
    fillers = generator.choice(rest, min(count - len(options), len(rest)), replace=False)
    options += [int(label) for label in fillers]
    return tuple(int(label) for label in generator.permutation(options))


def _named(
    picks: list[Pick], count: int, generator: np.random.Generator
) -> tuple[list[Pick], list[Pick]]:
    """Shuffle and number the first `count` picks; the rest are examples.

    So neither position nor name reveals the stratum.
    """
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


def shortage(items: list[Pick], selection: SelectionConfig) -> dict[str, dict[str, int]]:
    """Return the strata with fewer items than the recipe asks for, with both numbers."""
    found = [item.stratum for item in items]
    counts = {
        MODEL_WRONG: {"asked": selection.model_wrong, "found": found.count(MODEL_WRONG)},
        MODEL_RIGHT: {"asked": selection.model_right, "found": found.count(MODEL_RIGHT)},
    }
    return {name: each for name, each in counts.items() if each["found"] < each["asked"]}
