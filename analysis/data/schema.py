"""The columns and values of the data frames in this app.

`trials` has one row for each trial of each participant, `participants` one row for each
participant, `scores` one row for each participant and stratum.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

# One row of a frame, by column; `DataFrame.to_dict` has keys of any kind.
Row = Mapping[Any, Any]

CANT_TELL = "cant_tell"
MODEL_WRONG, MODEL_RIGHT, ALL = "model_wrong", "model_right", "all"
# The order of strata in all lists; `all` pools the other two.
ASKED_STRATA = (MODEL_WRONG, MODEL_RIGHT)
STRATA = (*ASKED_STRATA, ALL)

# Column of trials.csv -> its pandas type. Repeated text is stored as categories: a million trials
# then take a tenth of the memory.
TRIAL_COLUMNS = {
    "participant_id": "category",
    "condition": "category",
    "trial_index": "int32",
    "item": "category",
    "stratum": "category",
    "prediction": "category",
    "true_labels": "category",
    "options_shown": "category",
    "response": "category",
    "response_position": "float64",
    "correct": "float64",
    "chose_truth": "float64",
    "cant_tell": "float64",
    "response_time_ms": "float64",
    "hidden_time_ms": "float64",
    "answered_at": "str",
    "simulated": "float64",
}
# Only in exports that have them.
ANSWER_COLUMN = {"answer": "category"}
ANSWER_COLUMNS = {
    "participant_id": "str",
    "trial_index": "int32",
    "question": "str",
    "value": "str",
}
TEXT_COLUMNS = {
    "participant_id": "str",
    "trial_index": "int32",
    "question": "str",
    "text": "str",
}
# Only in the trials of a study in blocks.
BLOCK = "block"
BLOCK_COLUMN = {BLOCK: "category"}
# Of the answers of studies that ask for them; a further question of that name counts, too.
CONFIDENCE, FIRST_CORRECT = "confidence", "first_correct"
ASKED_COLUMNS = {CONFIDENCE: "float64", "first_response": "category", FIRST_CORRECT: "float64"}
PARTICIPANT_COLUMNS = {
    "participant_id": "str",
    "number": "Int64",
    "condition": "category",
    "arrived_at": "str",
    "consented_at": "str",
    "assigned_at": "str",
    "finished_at": "str",
    "status": "category",
    "n_trials": "int32",
    "n_answered": "int32",
    "simulated": "int8",
}
# Optional in an export; 0 in a study without checks.
FAILED_CHECKS = "n_failed_checks"
# Optional in an export: how often the questions about the instructions were answered.
TRIES = "comprehension_tries"
# Optional in an export: what was recorded of devices.
DEVICE_COLUMNS = {
    "picture_width": "float64",
    "pixel_ratio": "str",
    "input": "str",
    "n_plates_right": "float64",
}
# Optional in an export: visual checks, and counts of pages' events.
CHECK_COLUMNS = {
    "visual_answers": "str",
    "n_visual_right": "float64",
    "n_pastes": "float64",
    "n_untrusted_events": "float64",
}
# The version of the protocol that a participant began with; not in exports of old versions.
PROTOCOL_VERSION = "protocol_version"
# Whether the team excluded the participant by hand; only known of an export.
EXCLUDED = "excluded"
# The kind of a trial that asks a question again.
REPEAT = "repeat"
# Statuses of participants without valid answers: they are never analysed.
TURNED_AWAY = ("withdrawn", "screened_out", "full")
SCORE_FILE_COLUMNS = (
    "participant_id",
    "condition",
    "correct_model_wrong",
    "n_model_wrong",
    "correct_model_right",
    "n_model_right",
)
# Of the long frame: accuracy is n_correct / n_trials, NaN without answers.
SCORE_COLUMNS = ("participant_id", "condition", "stratum", "n_correct", "n_trials", "accuracy")


def rows_by(frame: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], Row]:
    """Return the rows of a frame by the values of these columns, which must be unique."""
    return {tuple(row[key] for key in keys): row for row in frame.to_dict("records")}
