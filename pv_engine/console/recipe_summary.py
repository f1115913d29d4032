"""A short summary of a recipe, for choosing one and for checking it before a build."""

from dataclasses import dataclass
from pathlib import Path

from pv_engine.errors import RecipeError
from pv_engine.recipe.conditions import title_of
from pv_engine.recipe.reading import Recipe, read_recipe
from pv_engine.recipe.registries.sources import SHORT, SOURCES

KINDS = {name: source.title for name, source in (SOURCES | SHORT).items()}


@dataclass(frozen=True)
class Offer:
    """A recipe on the server, with its summary or the reason why it cannot be used."""

    file_name: str
    facts: list[tuple[str, str]]
    problem: str = ""


def find_offers(folder: Path) -> list[Offer]:
    """Return every recipe in the folder, by name."""
    return [_offer(path) for path in sorted(folder.glob("*.toml"))]


def _offer(path: Path) -> Offer:
    try:
        return Offer(path.name, summary(read_recipe(path)))
    except RecipeError as error:
        return Offer(path.name, [], str(error))


def summary(recipe: Recipe) -> list[tuple[str, str]]:
    """Return the facts that decide how long a build takes and what it produces."""
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
        ("Conditions", ", ".join(map(title_of, rendering.conditions))),
        ("Seed", str(recipe.seed)),
    ]


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"
