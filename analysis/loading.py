"""Responses from the database as data frames. The only file here that knows the survey's models."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.files.storage import storages
from django.db.models import QuerySet

from analysis.errors import DataError
from analysis.schema import CANT_TELL, FAILED_CHECKS, PARTICIPANT_COLUMNS, TRIAL_COLUMNS
from analysis.scores import conditions_of
from analysis.study_data import StudyData, from_frames
from analysis.wording import condition_label
from surveys.models import Participant, Survey, Trial

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}
# Rows are turned into a frame in portions, so that memory holds categories and not a million
# tuples.
PORTION = 50_000


def load_study(slug: str) -> StudyData:
    """The study of a survey in the database; raises DataError where there is none by that name."""
    try:
        survey = Survey.objects.get(slug=slug)
    except Survey.DoesNotExist as error:
        known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none"
        raise DataError(
            f"There is no survey {slug!r}; the surveys in the database are: {known}."
        ) from error
    participants = participants_frame(survey)
    if participants.empty:
        raise DataError(f"The survey {slug!r} has no participants yet.")
    provenance = {
        "source": f"database, survey {slug}",
        "protocol SHA-256": survey.protocol_sha256,
        "stimulus set SHA-256": survey.stimulus_set.content_sha256,
    }
    study = from_frames(survey.title, participants, trials_frame(survey), provenance)
    return replace(study, pictures=item_pictures(survey, conditions_of(study.scores)))


def item_pictures(survey: Survey, conditions: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Each asked item's image and explanations as data URIs, for a report that stands alone."""
    found = {}
    for item in survey.stimulus_set.items.filter(is_example=False).prefetch_related("stimuli"):
        files = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
        kinds = [kind for kind in ("original", *conditions) if kind in files]
        found[item.name] = [(condition_label(kind), _data_uri(files[kind])) for kind in kinds]
    return found


def _data_uri(file_name: str) -> str:
    with storages["stimuli"].open(file_name) as file:
        content = base64.b64encode(file.read()).decode()
    return f"data:{CONTENT_TYPES[Path(file_name).suffix]};base64,{content}"


def participants_frame(survey: Survey) -> pd.DataFrame:
    """One row for each participant, columns `PARTICIPANT_COLUMNS`, in the order of assignment."""
    found = Participant.objects.filter(survey=survey).select_related("condition")
    rows = [_participant_row(participant) for participant in found.order_by("number", "pk")]
    frame = pd.DataFrame(rows, columns=[*PARTICIPANT_COLUMNS, FAILED_CHECKS])
    return frame.astype({**PARTICIPANT_COLUMNS, FAILED_CHECKS: "int32"})


def trials_frame(survey: Survey) -> pd.DataFrame:
    """One row for each trial, answered or not, columns `TRIAL_COLUMNS`, as in the export.

    Attention checks and repeated questions are none of them.
    """
    found = (
        Trial.objects.filter(participant__survey=survey, kind=Trial.Kind.MAIN)
        .select_related("participant__condition", "item", "response")
        .order_by("participant__number", "position")
    )
    portions = [_trial_frame(rows) for rows in _portions(found)]
    frame = pd.concat(portions) if portions else _trial_frame([])
    return frame.reset_index(drop=True).astype(TRIAL_COLUMNS)


def _portions(found: "QuerySet[Trial]") -> Iterator[list[tuple[Any, ...]]]:
    rows: list[tuple[Any, ...]] = []
    for trial in found.iterator(chunk_size=2000):
        rows.append(_trial_row(trial))
        if len(rows) == PORTION:
            yield rows
            rows = []
    if rows:
        yield rows


def _trial_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(TRIAL_COLUMNS))
    repeated = {name: kind for name, kind in TRIAL_COLUMNS.items() if kind == "category"}
    return frame.astype(repeated)


def _participant_row(participant: Participant) -> tuple[Any, ...]:
    return (
        participant_name(participant),
        participant.number,
        participant.condition.name if participant.condition else None,
        *(
            timestamp(moment)
            for moment in (
                participant.arrived_at,
                participant.consented_at,
                participant.assigned_at,
                participant.finished_at,
            )
        ),
        _status(participant),
        participant.n_trials,
        participant.n_answered,
        int(participant.simulated),
        participant.n_failed_checks,
    )


def _trial_row(trial: Trial) -> tuple[Any, ...]:
    participant, item = trial.participant, trial.item
    return (
        participant_name(participant),
        participant.condition.name if participant.condition else None,
        trial.position,
        item.name,
        item.stratum,
        item.prediction,
        ";".join(item.true_labels),
        ";".join(trial.options),
        *_answer_columns(trial),
        int(participant.simulated),
    )


def _answer_columns(trial: Trial) -> tuple[Any, ...]:
    # The reverse of a one-to-one field raises where there is no row.
    response = getattr(trial, "response", None)
    if response is None:
        return (None,) * 8
    item = trial.item
    return (
        response.option,
        response.position,
        int(response.option == item.prediction),
        int(response.option in item.true_labels),
        int(response.option == CANT_TELL),
        response.response_time_ms,
        response.hidden_time_ms,
        timestamp(response.answered_at),
    )


def participant_name(participant: Participant) -> str:
    """The participant's name in data, the same as in an export: no way back to the cookie."""
    digest = hashlib.sha256(f"export/{participant.token}".encode()).hexdigest()
    return f"p-{digest[:16]}"


def _status(participant: Participant) -> str:
    if participant.withdrawn_at is not None:
        return "withdrawn"
    if participant.turned_away:
        return str(participant.turned_away)
    if participant.finished_at is not None:
        return "finished"
    return "in_trials" if participant.introduced_at is not None else "in_introduction"


def timestamp(moment: datetime | None) -> str | None:
    """UTC, ISO 8601 with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
