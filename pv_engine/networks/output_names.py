"""Checks that a network's outputs are the data's classes, in their order."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.networks.families.known import preset_of
from pv_engine.networks.weights.files import stored_classes
from pv_engine.recipe.reading import Recipe

# What the first output of a segmentation network is called where it is no class.
BACKGROUNDS = ("background", "bg", "none", "no class", "void", "unlabeled", "unlabelled", "other")


def refuse_other_classes(recipe: Recipe, classes: tuple[str, ...]) -> None:
    """Raise WeightsError if the weights name other outputs than the data's classes, or elsewhere.

    RecipeError if prompts or answers are those of other classes.

    Only where nothing is trained do they matter. A file that a build wrote names all of its
    outputs; a library's weights may call a class something else, so that only a class that they
    name as another output is refused. Where data.classes lists the outputs, the list decides.
    """
    if recipe.classifier.train != "none":
        return
    for key in ("prompts", "answers"):
        _refuse_swapped(key, getattr(recipe.classifier, key), classes)
    path = recipe.weights_file
    if path:
        _refuse_file_of_others(path, classes)
    elif not recipe.data.classes and (found := _misplaced(recipe, classes)):
        raise WeightsError(
            f"{found}; list the classes in the order of the outputs in a file and name it in "
            "data.classes, or train a head for the data."
        )


def notes_on_outputs(recipe: Recipe, classes: tuple[str, ...]) -> Iterator[str]:
    """Yield what is strange about the order of the classes, but may be right."""
    if recipe.classifier.train != "none" or not recipe.classifier.weights:
        return
    if recipe.data.classes and not recipe.weights_file and (found := _misplaced(recipe, classes)):
        yield f"{found}; the list in data.classes decides."
    if all(name.isdecimal() for name in classes) and classes != tuple(sorted(classes, key=int)):
        yield (
            f"The classes are numbers in the order {_listed(classes)}, as text is sorted; if the "
            "network was trained with another order, list it in a file and name it in data.classes."
        )


def refuse_class_as_background(recipe: Recipe) -> None:
    """Raise WeightsError if a network's first output is a class.

    For a segmentation network with one output more than there are classes: the first would be taken
    for the background.
    """
    preset = preset_of(recipe.classifier)
    first = preset.outputs[0] if recipe.downloads_weights and preset.outputs else ""
    if preset.skips_zero or (first and _plain(first) not in BACKGROUNDS):
        raise WeightsError(
            f"{recipe.classifier.architecture} has one output more than the data has classes, but "
            f"its first is {repr(first) if first else 'a class'} and not the background; list all "
            "its classes, in the order of the outputs, in a file and name it in data.classes."
        )


def _refuse_swapped(key: str, texts: tuple[str, ...], classes: tuple[str, ...]) -> None:
    """Raise RecipeError for a text that names another class, whose own text names it neither.

    So "a photo of a hot dog" may stand beside "a puppy" for the class dog.
    """
    if len(texts) != len(classes):
        return  # the network says so
    # With a blank on both sides, a name is found as whole words only.
    said, names = ([f" {_plain(each)} " for each in column] for column in (texts, classes))
    unnamed = [place for place, name in enumerate(names) if name not in said[place]]
    for place, other in product(unnamed, repeat=2):
        if place != other and names[other] in said[place]:
            raise RecipeError(
                f"classifier.{key} has {texts[place]!r} for the class {classes[place]!r}; give "
                f"them in the order of the classes, {_listed(classes)}."
            )


def _refuse_file_of_others(path: Path, classes: tuple[str, ...]) -> None:
    named = stored_classes(path) if path.is_file() else None
    if named is None:
        return
    if len(named) != len(classes):
        found = f"{len(named)} classes, but the data has {len(classes)}"
    else:
        pairs = enumerate(zip(named, classes, strict=True))
        place = next((at for at, (one, other) in pairs if _plain(one) != _plain(other)), None)
        if place is None:
            return
        found = (
            f"{named[place]!r} as output {place}, where the data has the class {classes[place]!r}"
        )
    raise WeightsError(
        f"The weights file {path} names {found}; list its classes in the order of its outputs, "
        f"{_listed(named)}, in a file and name that in data.classes, or train a head for the data."
    )


def _misplaced(recipe: Recipe, classes: tuple[str, ...]) -> str:
    """Say which class a library's weights name as another output; empty if none."""
    outputs = _named_outputs(recipe)
    if len(outputs) != len(classes):
        return ""  # the head's size says so
    places: dict[str, set[int]] = {}
    for place, output in enumerate(outputs):
        for name in _spellings(output):
            places.setdefault(name, set()).add(place)
    for place, name in enumerate(classes):
        there = places.get(_plain(name), {place})
        if place not in there:
            return (
                f"The weights of {recipe.classifier.architecture} name {outputs[place]!r} as "
                f"output {place}, where the data has the class {name!r}, which is output "
                f"{min(there)}"
            )
    return ""


def _named_outputs(recipe: Recipe) -> tuple[str, ...]:
    """The names of a library's outputs, a segmentation network's background left out."""
    if not recipe.downloads_weights:
        return ()
    outputs = preset_of(recipe.classifier).outputs
    is_segmenting = recipe.classifier.task == "segmentation"
    has_background = bool(outputs) and _plain(outputs[0]) in BACKGROUNDS
    return outputs[1:] if is_segmenting and has_background else outputs


def _spellings(output: str) -> set[str]:
    """How an output may be called: ImageNet's names are lists of synonyms."""
    return {_plain(name) for name in (output, *output.split(","))} - {""}


def _plain(name: str) -> str:
    """A name without case, underscores and punctuation."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold() or name


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} ..." if len(names) > 4 else shown
