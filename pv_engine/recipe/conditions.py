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


# Each says what the picture is, what white means, and what a participant could get wrong.
FADES = "The whiter a part is, the less it mattered for the model’s answer."
NOT_THIS_IMAGE = "It was not made from the image in the question, so it may show other things."
# Of exemplars that are not chosen by the features alone.
ANSWER_HELPS = "The model’s answer itself also helped to choose."

CONDITIONS = {
    "gradcam": Condition(
        "The explanation is the same image again, faded to white wherever the model did not look. "
        f"{FADES} It shows where the model looked, not what it took that part for."
    ),
    "gradcam_overlay": Condition(
        "The explanation is the same image again, with colours over it: yellow where the model "
        "looked most for its answer, dark blue where it hardly looked. It shows where the model "
        "looked, not what it took that part for."
    ),
    "gradcam_overlay_jet": Condition(
        "The explanation is the same image again, with colours over it: red where the model looked "
        "most for its answer, then yellow and green, and blue where it hardly looked. It shows "
        "where the model looked, not what it took that part for."
    ),
    "pv": Condition(
        "The model does not keep an image as it is; it makes notes about it. A second program has "
        "drawn the explanation from these notes, without seeing the image. So it is blurry, and "
        "where the model took one thing for another, it may look like that other thing. "
        f"{FADES}",
        needs="decoder",
    ),
    "pv_exemplar": Condition(
        "The model has learnt from many other pictures. The explanation is one of them: the "
        "picture that looks most like this image to the model, in the places where the model "
        f"looked. {NOT_THIS_IMAGE} {FADES}",
        needs="exemplars",
    ),
    "pv_exemplars": Condition(
        "The model has learnt from many other pictures. The explanation shows parts of four of "
        "them, enlarged: the pictures that look most like this image to the model, in the place "
        "where it looked most, the most similar one at the top left. They were not made from the "
        f"image in the question, so they may show other things. {FADES}",
        needs="exemplars",
    ),
    "exemplar_random": Condition(needs="exemplars"),
    "reconstruction": Condition(
        "The model does not keep an image as it is; it makes notes about it. A second program has "
        "drawn the explanation from these notes, without seeing the image. So it is blurry, and "
        "where the model took one thing for another, it may look like that other thing.",
        needs="decoder",
    ),
    "none": Condition("You see the image alone; there is no second picture."),
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
