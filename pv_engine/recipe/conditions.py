"""The conditions that a recipe may name: what each needs, and its introduction for participants.

explain/conditions.py draws them. Free of torch and Django, since studies read the introductions.
"""

from dataclasses import dataclass
from typing import Any, Literal

Need = Literal["decoder", "autoencoder", "exemplars"]


@dataclass(frozen=True)
class Condition:
    """What is shown beside the image.

    `introduction` explains it to participants; empty where its author has to. `needs` is what
    draws it beside the classifier.
    """

    introduction: str = ""
    needs: Need | None = None


FADES = "The less a part mattered to the model’s answer, the more it fades to white."
# Of exemplars that are not chosen by the features alone.
ANSWER_HELPS = "The model’s answer itself also helped to choose."

CONDITIONS = {
    "gradcam": Condition(
        "The explanation shows the same image again, but only where the model looked for its "
        "answer. The less a part mattered to the model, the more it fades to white."
    ),
    "gradcam_overlay": Condition(),
    "gradcam_overlay_jet": Condition(),
    "pv": Condition(
        "The explanation shows what the model perceived: a program turned what the model had "
        "noted about the image back into a picture. It is blurry, and it may show something else "
        f"than the image does. {FADES}",
        needs="decoder",
    ),
    "pv_exemplar": Condition(
        "The explanation does not redraw this image. It shows a part of another picture: of all "
        "the pictures that the model learnt from, the one that this image resembled most to the "
        f"model, in the places that it looked at for its answer. {FADES}",
        needs="exemplars",
    ),
    "pv_exemplars": Condition(
        "The explanation does not redraw this image. It shows parts of four other pictures: of all "
        "the pictures that the model learnt from, those that this image resembled most to the "
        f"model, in the places that it looked at for its answer. {FADES}",
        needs="exemplars",
    ),
    "exemplar_random": Condition(needs="exemplars"),
    "reconstruction": Condition(needs="decoder"),
    "none": Condition("You see the image alone, without an explanation."),
    "random_map": Condition(needs="decoder"),
    "reference_autoencoder": Condition(needs="autoencoder"),
}
# The condition that shows the image alone: no picture is drawn for it.
UNDRAWN = "none"
# What the second decoder is called where it is measured.
REFERENCE = "reference_autoencoder"
UNEXPLAINED = "Say here what this kind of picture shows, in words that anybody understands."


def introduction(name: str, recipe: dict[str, Any]) -> str:
    """What participants read about a condition; `recipe` is the settings in a manifest."""
    condition = CONDITIONS.get(name, Condition())
    text = condition.introduction or UNEXPLAINED
    helps = condition.needs == "exemplars" and recipe.get("exemplar", {}).get("head_share")
    return f"{text} {ANSWER_HELPS}" if helps else text
