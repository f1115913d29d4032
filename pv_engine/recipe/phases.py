"""The phases of the build that a recipe asks for, in the order in which they come.

Free of torch and Django.
"""

from pv_engine.recipe import REFERENCE
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.registries.profiles import PROFILES

# Phases of some builds only, between those that every build has.
EVERY = ("data", "classifier", "select", "layout", "decoder", "autoencoder", "render", "quality",
         "publish")  # fmt: skip


def phases_of(recipe: Recipe) -> list[str]:
    is_asked_for = {
        "layout": "layout" in dict(PROFILES[recipe.decoder.profile].stages),
        "autoencoder": REFERENCE in recipe.rendering.conditions,
    }
    return [name for name in EVERY if is_asked_for.get(name, True)]
