"""What a recipe asks for, in a few words: for choosing one, and before a build is started."""

from dataclasses import dataclass
from pathlib import Path

from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import Recipe, read_recipe

KINDS = {
    "scenes": "drawn scenes",
    "image_folder": "a folder of images",
    "voc": "PASCAL VOC",
    "csv": "a CSV list of images",
}


@dataclass(frozen=True)
class Offer:
    """A recipe of the server; where it cannot be used, why not instead of what it asks for."""

    file_name: str
    facts: list[tuple[str, str]]
    problem: str = ""


def find_offers(folder: Path) -> list[Offer]:
    """Every recipe in the folder, by name."""
    return [_offer(path) for path in sorted(folder.glob("*.toml"))]


def _offer(path: Path) -> Offer:
    try:
        return Offer(path.name, summary(read_recipe(path)))
    except RecipeError as error:
        return Offer(path.name, [], str(error))


def summary(recipe: Recipe) -> list[tuple[str, str]]:
    """What decides how long a build takes and what comes out of it."""
    data, classifier, decoder = recipe.data, recipe.classifier, recipe.decoder
    picks, rendering = recipe.selection, recipe.rendering
    amounts = f", {data.train} to train on" if data.train else ""
    start = {"": "from random weights", "default": "from the library's weights"}
    weights = start.get(classifier.weights, f"from {classifier.weights}")
    trained = "" if classifier.train == "none" else f", {_epochs(classifier.epochs)}"
    return [
        ("Images", f"{KINDS.get(data.source, data.source)}, {data.image_size} px{amounts}"),
        ("Classifier", f"{classifier.architecture}, {weights}{trained}"),
        ("Decoder", f"{decoder.profile}, {_epochs(decoder.epochs)}"),
        (
            "Items",
            f"{picks.model_wrong} where the model is wrong, {picks.model_right} where it is right, "
            f"{picks.examples} for the introduction",
        ),
        ("Conditions", ", ".join(rendering.conditions)),
        ("Seed", str(recipe.seed)),
    ]


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"
