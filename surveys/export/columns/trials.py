"""The columns of the tables of trials and of what was answered in them."""

from dataclasses import replace

from surveys.export.columns.column import (
    CONDITION,
    ITEM,
    PARTICIPANT_ID,
    PREDICTION,
    SIMULATED,
    STRATUM,
    TRUE_LABELS,
    Column,
)
from surveys.models import TimedBy, Trial

UNANSWERED = "not answered"
UNTIMED = "not answered, or answered without JavaScript"
UNRECORDED = "not answered, answered without JavaScript, or before this was recorded"

# Of each step of a trial.
MEASURED = (
    Column(
        "times_shown",
        "How often the page was sent until it was answered; each time its clock starts from 0",
        "integer",
        "not shown, or shown before this was recorded",
    ),
    Column(
        "chosen_ms",
        "From the first paint of all images to the last choice of an option; 0 if chosen before",
        "integer",
        f"{UNRECORDED}; or the option was chosen when the page came",
        unit="ms",
    ),
    Column("n_changes", "How often another option was chosen instead", "integer", UNRECORDED),
    Column(
        "timed_by",
        "How the first paint was known; impossible: the times sent cannot be true and are left out",
        "category",
        f"{UNRECORDED}; or no time was measured",
        levels=tuple(TimedBy.values),
    ),
    Column(
        "images_failed",
        "How many of the page's images had not been loaded when it was answered",
        "integer",
        UNRECORDED,
    ),
)

TRIALS = (
    PARTICIPANT_ID,
    CONDITION,
    Column("trial_index", "The trial's place in the participant's own order, from 1", "integer"),
    ITEM,
    STRATUM,
    PREDICTION,
    TRUE_LABELS,
    Column(
        "options_shown",
        "The options in the order in which they were shown",
        "list",
        levels_of="options",
    ),
    Column("response", "The option chosen", "category", UNANSWERED, levels_of="options"),
    Column("response_position", "Where the chosen option stood, from 1", "integer", UNANSWERED),
    Column("correct", "Whether the response is the model's prediction", "boolean", UNANSWERED),
    Column("chose_truth", "Whether the response is one of the true labels", "boolean", UNANSWERED),
    Column("cant_tell", "Whether the response is “I just can't tell”", "boolean", UNANSWERED),
    Column(
        "response_time_ms",
        "From the first paint of both images to the answer, hidden time included",
        "integer",
        UNTIMED,
        unit="ms",
    ),
    Column(
        "hidden_time_ms",
        "The part of response_time_ms in which the page was hidden",
        "integer",
        UNTIMED,
        unit="ms",
    ),
    Column("answered_at", "When the answer was stored", "timestamp", UNANSWERED),
    SIMULATED,
    Column(
        "confidence",
        "How sure the participant was, from 1 (not at all) to 5 (completely)",
        "integer",
        "not asked, or not answered",
        levels=("1", "2", "3", "4", "5"),
    ),
    Column(
        "first_response",
        "In two-step trials, the option chosen from the image alone",
        "category",
        "one step, or not answered",
        levels_of="options",
    ),
    Column(
        "first_correct",
        "Whether the first response is the model's prediction",
        "boolean",
        "one step, or not answered",
    ),
    Column(
        "first_response_time_ms",
        "From the first paint of the image to the first answer, hidden time included",
        "integer",
        "one step, not answered, or answered without JavaScript",
        unit="ms",
    ),
    Column(
        "first_hidden_time_ms",
        "The part of first_response_time_ms in which the page was hidden",
        "integer",
        "one step, not answered, or answered without JavaScript",
        unit="ms",
    ),
    Column("shown_at", "When the trial's page was first sent", "timestamp", "not shown"),
    Column(
        "answered_ms",
        "From the first paint of both images to Continue: response_time_ms by its full name",
        "integer",
        UNTIMED,
        unit="ms",
    ),
    *MEASURED,
    Column(
        "first_answered_at",
        "When the first answer was stored and the second step first sent",
        "timestamp",
        "one step, or not answered",
    ),
    *(
        replace(
            column,
            name=f"first_{column.name}",
            meaning=f"Of the first step of two: {column.meaning[0].lower()}{column.meaning[1:]}",
            missing=f"one step, {column.missing}",
        )
        for column in MEASURED
    ),
)

# Of the trials of a study in blocks, after all others.
BLOCK = Column(
    "block", "The block of the study that the trial belongs to", "category", levels_of="blocks"
)

# Attention checks and repeated questions stand in a table of their own, so that no analysis takes
# them for answers to the study's questions. Checks are about examples, which are no items.
EXTRA_TRIALS = (
    *(replace(c, levels_of="") if c is ITEM else c for c in TRIALS),
    Column(
        "kind",
        "Why the trial was asked",
        "category",
        levels=(Trial.Kind.ATTENTION.value, Trial.Kind.REPEAT.value),
    ),
    Column(
        "expected",
        "Of an attention check, the option that the page asked for",
        "category",
        "no attention check",
        levels_of="options",
    ),
    Column(
        "passed",
        "Of an attention check, whether that option was chosen",
        "boolean",
        "no attention check, or not answered",
    ),
)

# Of a protocol with [task]: below the columns of `trials` and `extratrials`.
TASK = (
    Column(
        "answer",
        "The option that counts as right: the item's own answer, or else the model's prediction",
        "category",
        levels_of="options",
    ),
    Column(
        "missed_at",
        "When the time for the answer had run out, so that the trial has none",
        "timestamp",
        "not missed",
    ),
)
# What else trials asked; what was typed stands in a table of its own.
ANSWERS = (
    PARTICIPANT_ID,
    Column("trial_index", "The trial's place in the participant's own order, from 1", "integer"),
    Column("question", "The question's name in the protocol", "category", levels_of="asked"),
    Column("value", "The answer", "text"),
)
TEXT_ANSWERS = (
    PARTICIPANT_ID,
    Column("trial_index", "The trial's place in the participant's own order, from 1", "integer"),
    Column("question", "The question's name in the protocol", "category", levels_of="asked"),
    Column(
        "text",
        "What the participant typed. PERSONAL DATA: it may name people or places; read it, and "
        "remove what identifies anybody, before you share this table",
        "text",
    ),
)
