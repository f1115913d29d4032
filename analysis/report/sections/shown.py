"""One trial of each condition as participants saw it: screenshots, or composed of its pictures."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.data.labels import condition_label
from analysis.data.pictures import ShownItem
from analysis.data.schema import CANT_TELL
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.report.figures.screens import screen_panels
from analysis.report.figures.trials import ShownPicture, ShownTrial, trial_panels
from analysis.report.section import Illustration, Section

# The wording of the pages where the protocol has none of its own.
QUESTION, CONFIDENCE = "What is the model’s prediction?", "How sure are you?"
SAID = {"truth": "In the image", "prediction": "The model’s answer"}
UNSURE, SURE = "not at all", "completely"
# What trials show and ask unless the protocol has a [task].
CONDITION = "{condition}"
PAIR = ({"kind": "original", "place": "left"}, {"kind": CONDITION, "place": "right"})
GUESS = ({"name": "answer", "kind": "choice"},)
CAPTIONS = {"original": "Image", CONDITION: "Explanation"}
PLACES = ("left", "centre", "right")
CAPTION = (
    "One trial of each condition: the pictures with their captions, the question, and the answers"
    " in the order in which one participant saw them. Composed of the stimuli and the protocol’s"
    " texts; the page itself has other letters and sizes."
)

# Browser, width, height.
SCREENSHOTS = (
    "One question of each condition: screenshots by {} at {} × {} pixels of the study’s own page,"
    " with the answers in the order drawn for the first participant."
)
NO_SCREENSHOTS = "The questions are composed, as no screenshots could be taken:"


def shown_sections(study: StudyData, trials: pd.DataFrame) -> list[Section]:
    """One section, or none where neither screenshots nor pictures are known."""
    figure = _screenshots(study) or _composed(study, trials)
    if figure is None:
        return []
    problem = study.screens.problem if study.screens else ""
    paragraphs = [f"{NO_SCREENSHOTS} {problem}"] if problem else []
    return [Section(title="What participants saw", paragraphs=paragraphs, figures=[figure])]


def _screenshots(study: StudyData) -> Illustration | None:
    """The screenshots, if there is one of each condition."""
    screens, names = study.screens, conditions_of(study.scores)
    if screens is None or not set(names) <= set(screens.questions):
        return None
    shots = {condition_label(name): screens.questions[name] for name in names}
    words = [f"{condition_label(name)}: the page about {screens.items[name]}" for name in names]
    caption = SCREENSHOTS.format(screens.browser.partition(".")[0], *screens.viewport)
    text = f"{caption} {'; '.join(words)}."
    return Illustration("figure_trials", caption, text, screen_panels(shots))


def _composed(study: StudyData, trials: pd.DataFrame) -> Illustration | None:
    """The trials composed of their pictures and texts, if there are any."""
    shown = list(_trials(study, trials))
    if not shown:
        return None
    words = [f"{trial.heading}: {_captions(trial)}" for trial in shown]
    text = f"{CAPTION} {'; '.join(words)}."
    return Illustration("figure_trials", CAPTION, text, trial_panels(shown))


def _captions(trial: ShownTrial) -> str:
    return ", ".join(picture.caption or "a picture" for picture in trial.pictures)


def _trials(study: StudyData, trials: pd.DataFrame) -> Iterator[ShownTrial]:
    if study.shown_item is None:
        return
    own = trials[trials["item"].astype(str) == study.shown_item.name]
    own = own.sort_values("participant_id", kind="stable")
    for condition in conditions_of(study.scores):
        rows = own[own["condition"] == condition]
        pictures = (*_pictures(study, condition), *_offered(study))
        if len(rows) and pictures:
            lines = (*_said(study, rows.iloc[0]), *_asked(study, rows.iloc[0]))
            yield ShownTrial(condition_label(condition), pictures, lines)


def _pictures(study: StudyData, condition: str) -> Iterator[ShownPicture]:
    """The pictures of a trial from left to right."""
    stated = study.task.get("pictures") or PAIR
    for each in sorted(stated, key=lambda one: PLACES.index(one.get("place", "centre"))):
        files = _files(study, each["kind"].replace(CONDITION, condition))
        if files:
            caption = each.get("caption") or CAPTIONS.get(each["kind"], "")
            yield ShownPicture(_in_one_language(caption), files, each.get("grid", 1))


def _offered(study: StudyData) -> Iterator[ShownPicture]:
    """The pictures of which the first question asks for one."""
    first = _questions(study)[0]
    if first.get("kind") == "pictures":
        for option in first["options"]:
            if files := _files(study, _in_one_language(option)):
                yield ShownPicture("○", files)


def _files(study: StudyData, kind: str) -> tuple[str, ...]:
    return tuple(study.shown_item.pictures.get(kind, ())) if study.shown_item else ()


def _questions(study: StudyData) -> list[dict[str, Any]]:
    return list(study.task.get("questions") or GUESS)


def _said(study: StudyData, row: "pd.Series[Any]") -> Iterator[str]:
    """What a trial says of its item; texts that an earlier export does not have are left open."""
    item = study.shown_item or ShownItem("")
    truth = ", ".join(_option(study, name) for name in str(row["true_labels"]).split(";"))
    known = item.texts | {"truth": truth, "prediction": _option(study, item.prediction)}
    labels = SAID | (study.task.get("told_labels") or {})
    for name in study.task.get("told") or ():
        if name == "truth" and not truth:
            # As on the page: nothing is said of what an image without a true label shows.
            continue
        text, label = known.get(name), _in_one_language(labels.get(name) or "")
        # As on the page, a text of the item has no label unless the protocol gives it one.
        yield f"{label}: {text}" if text and label else text or f"{label or name}: …"


def _asked(study: StudyData, row: "pd.Series[Any]") -> Iterator[str]:
    """Each question with its answers, those of the first in the order shown."""
    first, *further = _questions(study)
    yield _in_one_language(first.get("question") or _text(study, "question", QUESTION))
    if first.get("kind") != "pictures":
        yield from (f"○ {_option(study, name)}" for name in str(row["options_shown"]).split(";"))
    for question in further:
        yield _in_one_language(question.get("question") or question["name"])
        yield _answers(question)
    yield from _further(study)


def _answers(question: dict[str, Any]) -> str:
    """How a further question is answered, in one line."""
    given = question.get("labels") or question.get("options") or ()
    if given and not isinstance(given, str):
        circles = "  ".join(f"○ {_in_one_language(each)}" for each in given)
    elif question["kind"] == "scale":
        circles = " ".join("○" for _ in range(question.get("points", 5)))
    else:
        circles = {"text": "[ text ]", "slider": "──○──"}.get(question["kind"], "○ …")
    ends = (_in_one_language(question.get(end) or "") for end in ("low", "high"))
    low, high = ends
    return " ".join(part for part in (low, circles, high) if part)


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
