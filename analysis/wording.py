"""Names of conditions, strata and directions as people read them."""

from analysis.schema import ALL, MODEL_RIGHT, MODEL_WRONG

CONDITIONS = {
    "gradcam": "Grad-CAM",
    "pv": "PV",
    "none": "No explanation",
    "original": "Image",
}
STRATA = {MODEL_WRONG: "Model wrong", MODEL_RIGHT: "Model right", ALL: "All images"}
ANSWERS = {
    "prediction": "the model’s prediction",
    "truth": "a true label",
    "other": "another class",
    "cant_tell": "“I just can’t tell”",
}
SIGNS = {"less": "<", "greater": ">", "two-sided": "≠"}


def condition_label(name: str) -> str:
    """A condition's name as the paper writes it; unknown names stand as they are."""
    return CONDITIONS.get(name, name)


def stratum_label(name: str) -> str:
    """A stratum's name for a table's head."""
    return STRATA.get(name, name)


def answer_label(kind: str) -> str:
    """A kind of answer in words."""
    return ANSWERS[kind]


def hypothesis(condition_a: str, condition_b: str, alternative: str) -> str:
    """What a test asks for, such as `Acc(Grad-CAM) < Acc(PV)`."""
    first, second = condition_label(condition_a), condition_label(condition_b)
    return f"Acc({first}) {SIGNS[alternative]} Acc({second})"
