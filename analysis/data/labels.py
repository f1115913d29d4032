"""Names of conditions, strata and directions for readers."""

from analysis.data.schema import ALL, MODEL_RIGHT, MODEL_WRONG

CONDITIONS = {
    "gradcam": "Grad-CAM",
    "pv": "PV",
    "pair": "Grad-CAM and PV",
    "pv_exemplar": "Exemplar",
    "pv_exemplars": "Exemplars",
    "exemplar_random": "Random exemplar",
    "strip": "Strip of PVs",
    "none": "No explanation",
    "original": "Image",
}
# For the first mention of a condition.
IN_FULL = {
    "pv": "perception visualization (PV)",
    "pv_exemplar": "most similar training picture (Exemplar)",
    "pv_exemplars": "most similar training pictures (Exemplars)",
    "exemplar_random": "random training picture (Random exemplar)",
    "none": "no explanation",
}
STRATA = {MODEL_WRONG: "Model wrong", MODEL_RIGHT: "Model right", ALL: "All images"}
# In place of a stratum: how a difference changes between strata.
INTERACTION = "Wrong minus right"
CLAUSES = {
    MODEL_WRONG: "where the model was wrong",
    MODEL_RIGHT: "where the model was right",
    ALL: "over all images",
}
ANSWERS = {
    "prediction": "the model’s prediction",
    "truth": "a true label",
    "other": "another class",
    "cant_tell": "“I just can’t tell”",
}
SIGNS = {"less": "<", "greater": ">", "two-sided": "≠"}


def condition_label(name: str) -> str:
    """A condition's name as in the paper; unknown names are unchanged.

    A group that sees several is named by their order, such as `Grad-CAM, then PV`.
    """
    parts = name.split(">")
    if len(parts) > 1 and all(parts):
        return ", then ".join(CONDITIONS.get(part, part) for part in parts)
    return CONDITIONS.get(name, name)


def condition_in_full(name: str) -> str:
    """A condition's name at its first mention."""
    return IN_FULL.get(name, condition_label(name))


def with_condition(name: str) -> str:
    """A condition in a sentence, such as `with Grad-CAM`."""
    return "without an explanation" if name == "none" else f"with {condition_label(name)}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[0].upper() + text[1:]


def listed(parts: list[str]) -> str:
    """Return the parts as one phrase, such as `one, two and three`."""
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last


def stratum_label(name: str) -> str:
    """A stratum's name in a table."""
    return STRATA.get(name, name)


def where(stratum: str) -> str:
    """A stratum in a sentence, such as `where the model was wrong`."""
    return CLAUSES[stratum]


def answer_label(kind: str) -> str:
    """A kind of answer in words."""
    return ANSWERS[kind]


def hypothesis(condition_a: str, condition_b: str, alternative: str) -> str:
    """The hypothesis of a test, such as `Acc(Grad-CAM) < Acc(PV)`."""
    first, second = condition_label(condition_a), condition_label(condition_b)
    return f"Acc({first}) {SIGNS[alternative]} Acc({second})"
