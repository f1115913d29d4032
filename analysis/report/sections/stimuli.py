"""What was explained: the model, its decoder, and how the images were chosen.

As the stimulus set's manifest has it; nothing is computed again.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.labels import condition_label, listed, stratum_label
from analysis.data.schema import ASKED_STRATA
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.about import UNSTATED
from analysis.report.tables import Table

# Who read the stimuli before any participant did, by the part of `legibility` that says so.
READERS = {
    "items": "a network fitted to other stimuli of the same kinds",
    "items_zero_shot": "a network fitted to no stimuli",
}


def stimuli_sections(study: StudyData) -> list[Section]:
    """One section, or none where the export does not describe its stimulus set."""
    facts = dict(_facts(study.stimuli)) if study.stimuli else {}
    if not facts:
        return []
    frame = pd.DataFrame({"fact": list(facts), "value": list(facts.values())})
    table = Table(
        "table_stimuli",
        "The stimulus set",
        frame,
        frame.assign(value=frame["value"].replace("", UNSTATED)).set_axis(["", "Value"], axis=1),
        "From materials/stimulus_set.json, which Foresee wrote when it built or imported the set."
        " Measured on pictures that the networks were not trained with.",
        text_columns=2,
    )
    return [Section(title="What was explained", tables=[table], numbers={"stimuli": facts})]


def _facts(stimuli: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each fact with its text; those of networks only where Foresee built the set."""
    yield "Stimulus set", f"{stimuli.get('name', '')} (SHA-256 {stimuli.get('content_sha256', '')})"
    recipe = stimuli.get("recipe") or {}
    if classifier := stimuli.get("classifier"):
        yield from _model(classifier)
        yield "Saliency method", str((recipe.get("rendering") or {}).get("saliency", ""))
    else:
        yield "Model", ""
    if decoder := stimuli.get("decoder"):
        yield "Decoder", _decoder(decoder, recipe.get("decoder") or {})
    if exemplars := stimuli.get("exemplars"):
        yield "Exemplars", _exemplars(exemplars)
    yield from _readings(stimuli.get("legibility") or {})
    yield "Choice of images", _choice(recipe) if recipe.get("selection") else ""


def _model(classifier: dict[str, Any]) -> Iterator[tuple[str, str]]:
    start = (classifier.get("start") or {}).get("weights", "")
    begun = f", trained from {start} weights" if start else ""
    name, digest = (classifier.get(key, UNSTATED) for key in ("architecture", "sha256"))
    yield "Model", f"{name}{begun} (SHA-256 {digest})"
    quality = classifier.get("quality") or {}
    measures = {"exact_match": "exactly right", "mean_average_precision": "mean average precision"}
    known = [
        f"{percent(quality[name])} % {what}"
        for name, what in measures.items()
        if quality.get(name) is not None
    ]
    if known:
        yield "Accuracy of the model", f"{listed(known)} on {count(quality['pictures'])} pictures"
    if (error := classifier.get("identity_error")) is not None:
        largest = f"at most {error:.1e} of the largest" if error else "none"
        yield "Explained function", f"the model itself; difference of its outputs: {largest}"


def _decoder(decoder: dict[str, Any], recipe: dict[str, Any]) -> str:
    quality = decoder.get("quality") or {}
    strata = quality.get("strata") or {}
    agreed = [
        f"{percent(part['displayed_top1_agreement'])} % of {part['displayed_pictures']} pictures"
        f" ({stratum_label(stratum).lower()})"
        for stratum in ASKED_STRATA
        if "displayed_top1_agreement" in (part := strata.get(stratum) or {})
    ]
    profile = f"profile {recipe['profile']}, " if recipe.get("profile") else ""
    named = f"{profile}SHA-256 {decoder.get('sha256', UNSTATED)}"
    if not agreed:
        return named
    return f"{named}; the model repeats its answer on the displayed picture for {listed(agreed)}"


def _exemplars(exemplars: dict[str, Any]) -> str:
    part = (exemplars.get("strata") or {}).get("all") or {}
    bank = exemplars.get("bank")
    chosen = f"chosen from {count(bank)} training pictures" if bank else "training pictures"
    if "cosine_control" not in part:
        return chosen
    return (
        f"{chosen}; cosine to the features under the map {part['cosine']:.2f}, to those of another"
        f" picture {part['cosine_control']:.2f}"
    )


def _readings(legibility: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for part, reader in READERS.items():
        rows = [
            f"{condition_label(kind)} {_share(cells[stratum])}, {stratum_label(stratum).lower()}"
            for kind, cells in (legibility.get(part) or {}).items()
            for stratum in ASKED_STRATA
            if (cells.get(stratum) or {}).get("pictures")
        ]
        if rows:
            yield f"Prediction named by {reader}", "; ".join(rows)


def _share(cell: dict[str, int]) -> str:
    named, n = cell["prediction"], cell["pictures"]
    low, high = proportion_confint(named, n, method="beta")
    return f"{percent(named / n)} % of {count(n)} ({percent_interval(low, high)})"


def _choice(recipe: dict[str, Any]) -> str:
    chosen, data = recipe["selection"], recipe.get("data") or {}
    held_out = f" from {count(data['held_out'])} pictures" if data.get("held_out") else ""
    how = "at random within each stratum"
    if chosen.get("balance") == "prediction":
        how = "in rounds over the predicted classes of each stratum"
    return (
        f"{chosen['model_wrong']} that the model got wrong and {chosen['model_right']} that it got"
        f" right, drawn {how} with seed {recipe.get('seed', '')}{held_out}; {chosen['options']}"
        " classes offered with each"
    )
