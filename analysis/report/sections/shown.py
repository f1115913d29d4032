"""One trial of each condition as participants saw it; where the pictures are known."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.data.labels import condition_label
from analysis.data.schema import CANT_TELL, MODEL_WRONG
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.report.figures.trials import ShownTrial, trial_panels
from analysis.report.section import Illustration, Section

# The wording of the pages where the protocol has none of its own.
QUESTION, CONFIDENCE = "What is the model’s prediction?", "How sure are you?"
UNSURE, SURE = "not at all", "completely"
CAPTION = (
    "One trial of each condition: the pictures with their captions, the question, and the answers"
    " in the order in which one participant saw them. Composed of the stimuli and the protocol’s"
    " texts; the page itself has other letters and sizes."
)


def shown_sections(study: StudyData, trials: pd.DataFrame) -> list[Section]:
    """One section, or none where no picture is known or trials show what `[task]` says."""
    if study.task:
        return []
    shown = list(_trials(study, trials))
    if not shown:
        return []
    words = [f"{trial.heading}: {', '.join(name for name, _ in trial.pictures)}" for trial in shown]
    figure = Illustration(
        "figure_trials", CAPTION, f"{CAPTION} {'; '.join(words)}.", trial_panels(shown)
    )
    return [Section(title="What participants saw", figures=[figure])]


def _trials(study: StudyData, trials: pd.DataFrame) -> Iterator[ShownTrial]:
    conditions = conditions_of(study.scores)
    item = _item(study, trials, conditions)
    if item is None:
        return
    own = trials[trials["item"].astype(str) == item].sort_values("participant_id", kind="stable")
    pictures = dict(study.pictures[item])
    for condition in conditions:
        one = own[own["condition"] == condition].iloc[0]
        names = [("Image", "original"), ("Explanation", condition)]
        found = [(name, pictures.get(condition_label(kind))) for name, kind in names]
        text = _text(study, "question", QUESTION)
        yield ShownTrial(
            condition_label(condition),
            tuple((name, address) for name, address in found if address),
            text,
            tuple(_option(study, name) for name in str(one["options_shown"]).split(";")),
            tuple(_further(study)),
        )


def _item(study: StudyData, trials: pd.DataFrame, conditions: list[str]) -> str | None:
    """The first image that all conditions had, of which there are pictures; rather a mistake."""
    seen = trials.groupby(trials["item"].astype(str), observed=True)["condition"].nunique()
    whole = seen[seen == len(conditions)].index
    wrong = set(trials.loc[trials["stratum"] == MODEL_WRONG, "item"].astype(str))
    known = sorted((name not in wrong, name) for name in whole if study.pictures.get(name))
    return known[0][1] if known else None


def _text(study: StudyData, name: str, default: str) -> str:
    texts = study.protocol.get("texts") or {}
    return _in_one_language(texts.get(name) or default)


def _in_one_language(text: Any) -> str:
    """The first of a text's languages."""
    return str(next(iter(text.values()))) if isinstance(text, dict) else str(text)


def _option(study: StudyData, name: str) -> str:
    if name == CANT_TELL:
        return _text(study, CANT_TELL, "I just can’t tell")
    return _in_one_language((study.protocol.get("labels") or {}).get(name, name))


def _further(study: StudyData) -> Iterator[str]:
    asked = study.protocol.get("trials") or {}
    if asked.get("confidence"):
        low, high = _text(study, "confidence_low", UNSURE), _text(study, "confidence_high", SURE)
        yield _text(study, "confidence", CONFIDENCE)
        yield f"{low} ○ ○ ○ ○ ○ {high}"
    if asked.get("two_step"):
        yield "(first asked about the image alone)"
