"""Checks that a network's outputs are the data's classes, in their order."""

from pv_engine.errors import WeightsError
from pv_engine.networks.weights.files import stored_classes
from pv_engine.recipe.reading import Recipe


def refuse_other_classes(recipe: Recipe, classes: tuple[str, ...]) -> None:
    """Raise WeightsError if the weights file names other classes than the data, or another order.

    Only files that a build wrote name them, and only where nothing is trained do they matter.
    """
    path = recipe.weights_file
    named = stored_classes(path) if path and path.is_file() else None
    if named is None or named == classes or recipe.classifier.train != "none":
        return
    if len(named) != len(classes):
        found = f"{len(named)} classes, but the data has {len(classes)}"
    else:
        place = next(number for number, pair in enumerate(zip(named, classes, strict=True))
                     if pair[0] != pair[1])  # fmt: skip
        found = (
            f"{named[place]!r} as output {place}, where the data has the class {classes[place]!r}"
        )
    raise WeightsError(
        f"The weights file {path} names {found}; list its classes in the order of its outputs, "
        f"{_listed(named)}, in a file and name that in data.classes, or train a head for the data."
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} ..." if len(names) > 4 else shown
