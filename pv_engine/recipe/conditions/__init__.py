"""The conditions that a recipe may name, one file each: what is drawn, and what participants read.

Free of torch and Django, since studies read the introductions.
"""

from typing import Any

from pv_engine.recipe.conditions import (
    exemplar_random,
    gradcam,
    gradcam_overlay,
    gradcam_overlay_jet,
    none,
    pair,
    pv,
    pv_exemplar,
    pv_exemplars,
    random_map,
    reconstruction,
    reference_autoencoder,
    strip,
)
from pv_engine.recipe.targets import about_target, parted_kind
from pv_engine.registry import Condition, registry

OWN = {
    "gradcam": gradcam.CONDITION,
    "gradcam_overlay": gradcam_overlay.CONDITION,
    "gradcam_overlay_jet": gradcam_overlay_jet.CONDITION,
    "pv": pv.CONDITION,
    "pair": pair.CONDITION,
    "pv_exemplar": pv_exemplar.CONDITION,
    "pv_exemplars": pv_exemplars.CONDITION,
    "exemplar_random": exemplar_random.CONDITION,
    "reconstruction": reconstruction.CONDITION,
    "strip": strip.CONDITION,
    "none": none.CONDITION,
    "random_map": random_map.CONDITION,
    "reference_autoencoder": reference_autoencoder.CONDITION,
}
CONDITIONS = registry("foresee.conditions", OWN)
# What a recipe may name.
BUILT = tuple(name for name, each in CONDITIONS.items() if not each.made_by)
# The condition that shows the image alone: no picture is drawn for it.
UNDRAWN = "none"
# What the second decoder is called where it is measured.
REFERENCE = "reference_autoencoder"
UNEXPLAINED = "Say here what this kind of picture shows, in words that anybody understands."
# Of exemplars that are not chosen by the features alone.
ANSWER_HELPS = "The model’s answer itself also helped to choose."


def title_of(name: str) -> str:
    """A condition's name for readers; unknown names are unchanged."""
    condition = CONDITIONS.get(name)
    return condition.title if condition and condition.title else name


def introduction(name: str, recipe: dict[str, Any]) -> str:
    """What participants read about a condition; `recipe` is the settings in a manifest."""
    kind, target = parted_kind(name)
    condition = CONDITIONS.get(kind, Condition(None))
    text = condition.introduction or UNEXPLAINED
    helps = condition.needs == "exemplars" and recipe.get("exemplar", {}).get("head_share")
    return " ".join(
        part for part in (text, about_target(target), ANSWER_HELPS * bool(helps)) if part
    )
