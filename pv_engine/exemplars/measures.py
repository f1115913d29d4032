"""What is published about the exemplars of a stimulus set, beside the pictures themselves."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from pv_engine.items.selection import MODEL_RIGHT, MODEL_WRONG, Pick
from pv_engine.recipe import ExemplarConfig

# An item as the manifest describes it, and its prediction and true labels by name.
Described = dict[str, Any]
NOTE = (
    "An exemplar is not a reconstruction: it is the training picture that the features resemble "
    "most where the model looked."
)
CONSENSUS = (
    "Of the {count} pictures that they resemble most, it is one that the others resemble, too "
    "(exemplar.consensus = {weight:g})."
)
ANSWER_HELPED = "The model's answer helped to choose it (exemplar.head_share = {share:g})."


def note(config: ExemplarConfig) -> str:
    """What every page about exemplars says of them."""
    sentences = [NOTE]
    if config.consensus:
        sentences.append(CONSENSUS.format(count=config.neighbours, weight=config.consensus))
    if config.head_share:
        sentences.append(ANSWER_HELPED.format(share=config.head_share))
    return " ".join(sentences)


def _holding(key: str) -> Callable[[Described], float]:
    """Share of an item's neighbours that hold its predicted class, or one of its true ones."""
    return lambda item: fmean(
        bool(set(item[key]) & set(each["labels"])) for each in item["exemplars"]
    )


def _halves_agree(item: Described) -> float:
    first, second = (set(half["labels"]) for half in item["halves"])
    return float(bool(first & second))


MEASURES: dict[str, Callable[[Described], float]] = {
    # Under the map, between the item's features and those of its exemplar;
    "cosine": lambda item: item["exemplars"][0]["score"],
    # as a control, between another item's features and those of the same exemplar;
    "cosine_control": lambda item: item["control_cosine"],
    # as bounds, with the best picture that holds the predicted, or a true, class.
    "cosine_best_of_prediction": lambda item: item["best_of_prediction"]["score"],
    "cosine_best_of_truth": lambda item: item["best_of_truth"]["score"],
    "neighbours_hold_prediction": _holding("predicted"),
    "neighbours_hold_truth": _holding("true_labels"),
    # Whether the best pictures of the bank's two halves have a class in common.
    "halves_agree": _halves_agree,
}


def summaries(
    found: Sequence[Described],
    agreement: Sequence[dict[str, bool]],
    picks: Sequence[Pick],
    classes: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """Means by stratum and over all items.

    `agreement` says for each item and kind of picture whether the model's top class of what is
    displayed is its prediction.
    """
    items = [
        {
            **described,
            "predicted": [classes[pick.prediction]],
            "true_labels": [classes[index] for index in pick.true_labels],
        }
        for described, pick in zip(found, picks, strict=True)
    ]
    result = {}
    for stratum in (MODEL_WRONG, MODEL_RIGHT, "all"):
        places = [place for place, pick in enumerate(picks) if stratum in ("all", pick.stratum)]
        if places:
            result[stratum] = {
                "pictures": len(places),
                **{
                    name: round(fmean(measure(items[place]) for place in places), 4)
                    for name, measure in MEASURES.items()
                },
                "model_agrees": {
                    kind: round(fmean(agreement[place][kind] for place in places), 4)
                    for kind in agreement[0]
                },
            }
    return result
