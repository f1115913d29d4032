"""Reads the folder that `export_study` writes: description, tables in data/, protocol."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis.data.checksums import data_sha256
from analysis.data.designs import read_design
from analysis.data.files import read_table, read_text
from analysis.data.ids import is_one_of
from analysis.data.pictures import ShownItem, item_pictures, shown_item
from analysis.data.protocol_versions import VERSIONS, read_versions
from analysis.data.schema import (
    ANSWER_COLUMN,
    ANSWER_COLUMNS,
    ASKED_COLUMNS,
    ASKED_STRATA,
    BLOCK,
    BLOCK_COLUMN,
    CHECK_COLUMNS,
    CONFIDENCE,
    DEVICE_COLUMNS,
    EXCLUDED,
    FAILED_CHECKS,
    PARTICIPANT_COLUMNS,
    PROTOCOL_VERSION,
    REPEAT,
    TEXT_COLUMNS,
    TRIAL_COLUMNS,
    TRIES,
)
from analysis.data.scores import conditions_of
from analysis.data.screens import read_screens
from analysis.data.study_data import StudyData, from_frames
from analysis.data.validation import require_unique, require_where
from analysis.errors import DataError

DESCRIPTION = "dataset_description.json"
PROTOCOL = Path("materials") / "protocol.json"
STIMULUS_SET = Path("materials") / "stimulus_set.json"
FLAGS = ("correct", "chose_truth", "cant_tell")
TIMES = ("response_time_ms", "hidden_time_ms")


def read_export(folder: Path | str) -> StudyData:
    """Return the study in an export folder, with its protocol's plan and its images.

    Raises DataError, with file, line and column, where the folder is not an export, a column is
    missing, a participant or trial is repeated, or a value is outside its levels.
    """
    folder = Path(folder)
    if not (folder / DESCRIPTION).is_file():
        raise DataError(f"{folder} is not an export folder: it has no {DESCRIPTION}.")
    description = _read_json(folder / DESCRIPTION)
    files = {table: find_table(folder, table) for table in ("participants", "trials")}
    participants, trials = read_participants(files["participants"]), read_trials(files["trials"])
    trials = _with_confidence(trials, find_table(folder, "answers"))
    reasons = read_excluded(folder)
    participants[EXCLUDED] = is_one_of(participants["participant_id"], set(reasons))
    _require_known_participants(trials, participants, files["trials"].name)
    title = str(description.get("name") or folder.name)
    study = from_frames(title, participants, trials, _provenance(folder, description))
    protocol, conditions = _json_if_there(folder / PROTOCOL), conditions_of(study.scores)
    return replace(
        study,
        analysis_section=protocol.get("analysis"),
        protocol=protocol,
        versions=read_versions(_json_if_there(folder / VERSIONS)),
        stimuli=_json_if_there(folder / STIMULUS_SET),
        exclusion_reasons=reasons,
        repeats=read_repeats(folder),
        questionnaire=read_questionnaire(folder, participants),
        text_answers=read_text_answers(folder),
        design=read_design(protocol),
        task=protocol.get("task", {}),
        pictures=item_pictures(folder, conditions),
        shown_item=_shown_item(folder, trials, conditions),
        screens=read_screens(folder),
    )


def find_table(folder: Path, table: str) -> Path:
    """A table's file: `..._description-trials_data.csv` as Psych-DS has it, or `trials.csv`."""
    data = folder / "data"
    found = sorted(data.glob(f"*description-{table}_data.csv")) or [data / f"{table}.csv"]
    if len(found) > 1:
        raise DataError(
            f"{data} has {len(found)} tables of {table} ({found[0].name}, {found[1].name});"
            " an export has one."
        )
    return found[0]


def read_participants(path: Path) -> pd.DataFrame:
    """The participants of a file with at least the columns `PARTICIPANT_COLUMNS`."""
    optional = {FAILED_CHECKS: "str", PROTOCOL_VERSION: "str", TRIES: "float64"}
    optional |= DEVICE_COLUMNS | CHECK_COLUMNS
    frame = _read_table(path, PARTICIPANT_COLUMNS, optional)
    if FAILED_CHECKS in frame:
        frame[FAILED_CHECKS] = frame[FAILED_CHECKS].fillna(0).astype("int32")
    if PROTOCOL_VERSION in frame:
        frame[PROTOCOL_VERSION] = pd.to_numeric(frame[PROTOCOL_VERSION], errors="coerce")
    require_unique(frame, ["participant_id"], path.name)
    return frame


def read_trials(path: Path) -> pd.DataFrame:
    """The trials of a file with at least the columns `TRIAL_COLUMNS`."""
    frame = _read_table(path, TRIAL_COLUMNS, BLOCK_COLUMN | ASKED_COLUMNS | ANSWER_COLUMN)
    if "answer" in frame:
        # What counts as right, from here on.
        frame["prediction"] = frame["answer"]
    labels = frame["true_labels"].astype("category")
    if labels.isna().any():
        # An item with an answer of its own may have none; missing, groups would lose its trials.
        frame["true_labels"] = labels.cat.add_categories("").fillna("")
    source = path.name
    require_unique(frame, ["participant_id", "trial_index"], source)
    require_where(frame["condition"].notna(), frame, "condition", source, "given")
    known = frame["stratum"].isin(ASKED_STRATA)
    require_where(known, frame, "stratum", source, " or ".join(ASKED_STRATA))
    for name in TIMES:
        good = frame[name].isna() | (frame[name] >= 0)
        require_where(good, frame, name, source, "at least 0 milliseconds, or empty")
    for name in FLAGS:
        good = frame[name].isna() | frame[name].isin((0, 1))
        require_where(good, frame, name, source, "1, 0 or empty")
    return frame


def _with_confidence(trials: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The trials with the answers to the question about confidence, if one was asked."""
    if not _has_rows(path):
        return trials
    answers = read_table(path, ANSWER_COLUMNS, ANSWER_COLUMNS)
    given = answers[answers["question"] == CONFIDENCE]
    if given.empty:
        return trials
    numbers = pd.to_numeric(given["value"], errors="coerce").to_numpy()
    keys = pd.MultiIndex.from_frame(given[["participant_id", "trial_index"]])
    wanted = pd.MultiIndex.from_frame(trials[["participant_id", "trial_index"]])
    return trials.assign(confidence=pd.Series(numbers, index=keys).reindex(wanted).to_numpy())


def read_extra_trials(folder: Path) -> pd.DataFrame:
    """Participants and responses of attention checks and repeats; old exports have none."""
    columns = {"participant_id": "str", "response": "str"}
    found = find_table(folder, "extratrials")
    return read_table(found, columns) if _has_rows(found) else pd.DataFrame(columns=list(columns))


def read_repeats(folder: Path) -> pd.DataFrame | None:
    """The questions that were asked again, or None where the protocol repeats none."""
    found = find_table(folder, "extratrials")
    if not _has_rows(found):
        return None
    extra = read_table(found, ("participant_id", "item", "response", "kind"))
    repeats = extra[extra["kind"] == REPEAT]
    return None if repeats.empty else repeats.drop(columns="kind")


def read_questionnaire(folder: Path, participants: pd.DataFrame) -> pd.DataFrame | None:
    """The answers to the questionnaire, or None where the study has none or nobody answered."""
    found = find_table(folder, "questionnaire")
    if not _has_rows(found):
        return None
    answers = read_table(found, ("participant_id", "question", "answer"))
    require_unique(answers, ["participant_id", "question"], found.name)
    known = is_one_of(answers["participant_id"], set(participants["participant_id"]))
    require_where(known, answers, "participant_id", found.name, "a participant of the other table")
    return answers.dropna()


def read_text_answers(folder: Path) -> pd.DataFrame | None:
    """What participants typed in trials, or None where nothing was asked for or typed."""
    found = find_table(folder, "textanswers")
    if not _has_rows(found):
        return None
    return read_table(found, TEXT_COLUMNS, TEXT_COLUMNS).dropna()


def _shown_item(folder: Path, trials: pd.DataFrame, conditions: list[str]) -> ShownItem | None:
    """The item whose trials are drawn, with the model's answer, which is not always asked for."""
    found = shown_item(folder, trials, conditions)
    if found is None:
        return None
    answers = _of_item(find_table(folder, "items"), found.name, "item", "prediction")
    texts = _of_item(find_table(folder, "itemtexts"), found.name, "text_name", "item_text")
    return replace(found, prediction=answers.get(found.name, ""), texts=texts)


def _of_item(path: Path, item: str, key: str, value: str) -> dict[str, str]:
    """Two columns of an item's rows; empty where the export has no such table."""
    if not _has_rows(path):
        return {}
    table = read_table(path, tuple(dict.fromkeys(("item", key, value)))).astype(str)
    own = table[table["item"] == item]
    return dict(zip(own[key], own[value], strict=True))


def read_excluded(folder: Path) -> dict[str, str]:
    """The participants whom the team excluded by hand, each with its reason.

    Exports without any have no such table.
    """
    found = find_table(folder, "exclusions")
    columns = {"participant_id": "str", "reason": "str"}
    if not _has_rows(found):
        return {}
    rows = read_table(found, columns)
    return dict(zip(rows["participant_id"], rows["reason"].fillna(""), strict=True))


def _has_rows(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as lines:
        return sum(1 for _ in zip(lines, range(2), strict=False)) > 1


def _read_table(
    path: Path, columns: dict[str, str], optional: Mapping[str, str] = MappingProxyType({})
) -> pd.DataFrame:
    kinds = {**columns, **optional}
    frame = read_table(path, columns, kinds, optional)
    for name, kind in kinds.items():
        if name not in frame:
            continue
        _require_numbers(frame, name, kind, path.name)
    require_where(frame["participant_id"].notna(), frame, "participant_id", path.name, "given")
    return frame


def _require_numbers(frame: pd.DataFrame, name: str, kind: str, source: str) -> None:
    """Refuse the first cell that must be a number and is not.

    A table with such a cell was read as text, since pandas does not report where it is.
    """
    if kind in ("category", "str") or pd.api.types.is_numeric_dtype(frame[name].dtype):
        return
    numbers = pd.to_numeric(frame[name], errors="coerce")
    may_be_empty = kind.startswith("float") or kind == "Int64"
    whole = kind.lower().startswith("int")
    good = (numbers.notna() & ((numbers % 1 == 0) | (not whole))) | (
        frame[name].isna() & may_be_empty
    )
    require_where(good, frame, name, source, "a whole number" if whole else "a number")


def _require_known_participants(
    trials: pd.DataFrame, participants: pd.DataFrame, source: str
) -> None:
    known = is_one_of(trials["participant_id"], set(participants["participant_id"]))
    require_where(known, trials, "participant_id", source, "a participant of the other table")
    if BLOCK in trials:
        # In a study in blocks, trials have a condition of their own.
        return
    assigned = participants.set_index("participant_id")["condition"].astype("str")
    own = trials["participant_id"].map(assigned).astype("str")
    same = own == trials["condition"].astype("str")
    wanted = f"{own[~same].iloc[0]!r}, that participant's condition" if not same.all() else ""
    require_where(same, trials, "condition", source, wanted)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is not valid JSON: line {error.lineno} cannot be read.") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} must be one JSON object, but is something else.")
    return found


def _json_if_there(path: Path) -> dict[str, Any]:
    """What the file holds; empty where the folder has none, as exports of earlier versions."""
    return _read_json(path) if path.exists() else {}


def _provenance(folder: Path, description: dict[str, Any]) -> dict[str, str]:
    """The source of the data: the survey's name, since a folder's name is arbitrary."""
    stated = description.get("foresee", {})
    survey = stated.get("survey")
    named = {
        f"{name.removesuffix('_sha256').replace('_', ' ')} SHA-256": str(value)
        for name, value in stated.items()
        if name.endswith("_sha256")
    }
    found = data_sha256(folder / "data")
    if named.get("data SHA-256", found) != found:
        named["data SHA-256 when exported"] = named["data SHA-256"]
    return {
        "source": f"study {survey}" if survey else f"export {folder.name}",
        **({"exported by": f"Foresee {stated['version']}"} if "version" in stated else {}),
        **named,
        "data SHA-256": found,
    }
