"""The columns of the exported tables, in order, each with all that the codebook says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.conf import settings

from pv_engine.models import Item
from surveys.models import Event, Exclusion, Participant, Survey, TimedBy, Trial
from surveys.participation.outcomes import Outcome
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol
from surveys.protocol.task import Task

# list: texts joined by ;  boolean: 1 or 0  timestamp: UTC, ISO 8601 with milliseconds.
ColumnType = Literal["text", "category", "list", "integer", "boolean", "timestamp"]
# Levels that only the survey knows; `tables_with_levels` fills them in.
LevelsOf = Literal[
    "", "asked", "blocks", "conditions", "groups", "items", "labels", "options", "questions"
]

STRATA = ("model_wrong", "model_right")
STATUSES = ("in_introduction", "in_trials", "finished", "withdrawn", *Participant.TurnedAway.values)
OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.NO_CONSENT)
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
UNANSWERED = "not answered"
UNTIMED = "not answered, or answered without JavaScript"
UNRECORDED = "not answered, answered without JavaScript, or before this was recorded"
UNASSIGNED = "no condition was assigned"
GROUP_MEANING = "The group: which kinds of picture the participant saw, in their order"


@dataclass(frozen=True)
class Column:
    """One column of an exported table."""

    name: str
    meaning: str
    type: ColumnType
    # What an empty cell means; a column without it has no empty cells.
    missing: str = ""
    unit: str = ""
    # The values that may occur; none where any may.
    levels: tuple[str, ...] = ()
    levels_of: LevelsOf = ""


PARTICIPANT_ID = Column("participant_id", "The participant, under a random name", "text")
CONDITION = Column(
    "condition", "The kind of picture shown beside each image", "category", levels_of="conditions"
)
ITEM = Column(
    "item", "The image asked about, by its name in the stimulus set", "category", levels_of="items"
)
STRATUM = Column(
    "stratum", "Whether the model was wrong or right about the item", "category", levels=STRATA
)
PREDICTION = Column(
    "prediction", "The class that the model predicted", "category", levels_of="labels"
)
TRUE_LABELS = Column("true_labels", "The classes really in the image", "list", levels_of="labels")
SIMULATED = Column("simulated", "Whether a bot took part instead of a person", "boolean")

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

PARTICIPANTS = (
    PARTICIPANT_ID,
    Column("number", "Place in the order of assignment, from 1", "integer", UNASSIGNED),
    replace(CONDITION, missing=UNASSIGNED, levels_of="groups"),
    Column("arrived_at", "When the first page was opened", "timestamp"),
    Column("consented_at", "When the participant agreed to take part", "timestamp"),
    Column("assigned_at", "When the condition was assigned", "timestamp", UNASSIGNED),
    Column("finished_at", "When the last trial was answered", "timestamp", "not finished"),
    Column(
        "status",
        "How far the participant got by the time of the export",
        "category",
        levels=STATUSES,
    ),
    Column("n_trials", "How many trials were drawn; 0 before the introduction was left", "integer"),
    Column("n_answered", "How many trials were answered", "integer"),
    SIMULATED,
    Column(
        "place",
        "Place in the order of assignment within the condition, from 1",
        "integer",
        UNASSIGNED,
    ),
    Column(
        "language",
        "The language in which the participant read the study",
        "category",
        levels=LANGUAGES,
    ),
    Column(
        "consent_version",
        "Which wording the participant agreed to, its name and hash",
        "text",
        "not recorded",
    ),
    Column("comprehension_tries", "How often the instructions were asked about", "integer"),
    Column("n_failed_checks", "How many attention checks were failed", "integer"),
    Column("withdrawn_at", "When the participant withdrew", "timestamp", "not withdrawn"),
    Column("outcome", "How the visit ended", "category", levels=OUTCOMES),
    Column(
        "protocol_version",
        "The version of the protocol that the participant began with, from 1",
        "integer",
        "not recorded",
    ),
    Column("pilot", "Whether it was a pilot, which is no part of the study's data", "boolean"),
)

QUESTIONNAIRE = (
    PARTICIPANT_ID,
    Column("question", "The question's name in the protocol", "category", levels_of="questions"),
    Column(
        "answer",
        "The answer, in the protocol's first language; several are joined by ;",
        "text",
        "left out",
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

EXCLUSIONS = (
    PARTICIPANT_ID,
    Column("reason", "Why the team excluded the participant", "text"),
    Column("excluded_at", "When", "timestamp"),
    Column(
        "while_blind",
        "Whether conditions were still letters to the team, so that no result could be known",
        "boolean",
    ),
)

# Written on request only, into a file of its own outside the data set.
PANEL = (
    PARTICIPANT_ID,
    Column("panel_id", "Who the participant is to the panel", "text"),
    Column("study_id", "The study's id at the panel", "text", "not given"),
    Column("session_id", "The visit's id at the panel", "text", "not given"),
    Column("outcome", "How the visit ended", "category", levels=OUTCOMES),
    Column("code", "The completion code that the participant was shown", "text", "none"),
)

# Beside these, where the protocol has [pay].
PAY = (
    Column("n_correct", "Right answers to questions of the study", "integer"),
    Column(
        "amount",
        "What [pay] gives for them, with two decimals",
        "text",
        "not finished, or with failed checks, so that the team decides",
    ),
    Column("currency", "The currency of the amount", "text", "nothing is paid"),
)

ITEMS = (
    ITEM,
    Column("item_position", "The item's place in the stimulus set, from 1", "integer"),
    STRATUM,
    PREDICTION,
    TRUE_LABELS,
    Column("options", "The classes offered beside “I just can't tell”", "list", levels_of="labels"),
    Column(
        "dropped",
        "Why the item was dropped before the study opened; nobody was asked about it then",
        "text",
        "not dropped",
    ),
)

EVENTS = (
    PARTICIPANT_ID,
    Column("event", "What happened", "category", levels=tuple(Event.Kind.values)),
    Column("at", "When it happened", "timestamp"),
    Column("detail", "More about it, such as the page that was left", "text", "nothing more"),
)

TRIAL_TABLES = ("trials", "extratrials")
TASK_MEANINGS = {
    "correct": "Whether the response is the answer that counts as right",
    "first_correct": "Whether the first response is the answer that counts as right",
}
# Table -> its columns; the order is that of the codebook.
TABLES = {"trials": TRIALS, "participants": PARTICIPANTS, "items": ITEMS, "events": EVENTS}


def tables_of(survey: Survey) -> dict[str, tuple[Column, ...]]:
    """The survey's tables: four always, others where its protocol or its team made more."""
    tables, protocol = dict(TABLES), survey.protocol
    if protocol.checks.attention_after or protocol.checks.repeats or _asks_examples(protocol):
        tables["extratrials"] = EXTRA_TRIALS
    if protocol.parts:
        tables |= _in_blocks(tables, protocol)
    if protocol.task != Task():
        tables |= {
            name: (*_as_task(tables[name]), *TASK) for name in TRIAL_TABLES if name in tables
        }
    if protocol.questionnaire:
        tables["questionnaire"] = QUESTIONNAIRE
    free = [row for row in protocol.task.further if row.behaviour.is_free]
    if len(free) < len(protocol.task.further):
        tables["answers"] = tuple(_with_values(column, protocol) for column in ANSWERS)
    if free:
        tables["textanswers"] = TEXT_ANSWERS
    if Exclusion.objects.filter(participant__survey=survey).exists():
        tables["exclusions"] = EXCLUSIONS
    return tables


def panel_columns(protocol: Protocol) -> tuple[Column, ...]:
    """The columns of the file of panel ids."""
    return (*PANEL, *PAY) if protocol.pay.is_set else PANEL


def _as_task(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of trials, whose answer need not be the prediction."""
    return tuple(
        replace(column, meaning=TASK_MEANINGS.get(column.name, column.meaning))
        for column in columns
    )


def _with_values(column: Column, protocol: Protocol) -> Column:
    """The column, which says what is stored for each question."""
    asked = [row for row in protocol.task.further if not row.behaviour.is_free]
    if column.name != "value":
        return column
    stored = "; ".join(f"{row.name} ({row.kind}): {row.behaviour.stores}" for row in asked)
    return replace(column, meaning=f"{column.meaning}. {stored}")


def _asks_examples(protocol: Protocol) -> bool:
    return any(part.pool == "examples" for part in protocol.parts)


def _in_blocks(
    tables: dict[str, tuple[Column, ...]], protocol: Protocol
) -> dict[str, tuple[Column, ...]]:
    """The tables of a study in blocks, which differ from those of others."""
    kinds = [Trial.Kind.EXAMPLE.value] if _asks_examples(protocol) else []
    changed: dict[str, tuple[Column, ...]] = {
        name: (*tables[name], BLOCK) for name in ("trials", "extratrials") if name in tables
    }
    if "extratrials" in changed:
        changed["extratrials"] = tuple(
            replace(column, levels=(*column.levels, *kinds)) if column.name == "kind" else column
            for column in changed["extratrials"]
        )
    if protocol.within.conditions:
        changed["participants"] = tuple(
            replace(column, meaning=GROUP_MEANING) if column.name == "condition" else column
            for column in tables["participants"]
        )
    return changed


def tables_with_levels(survey: Survey) -> dict[str, tuple[Column, ...]]:
    """The survey's tables, each column with the levels that it has in this survey."""
    items = list(Item.objects.filter(stimulus_set=survey.stimulus_set_id).order_by("position"))
    levels = _levels(survey, items)
    unlabelled = any(not item.true_labels for item in items)
    return {
        table: tuple(
            replace(
                column,
                levels=levels[column.levels_of] if column.levels_of else column.levels,
                missing="none is known"
                if unlabelled and column.name == TRUE_LABELS.name
                else column.missing,
            )
            for column in columns
        )
        for table, columns in tables_of(survey).items()
    }


def _levels(survey: Survey, items: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    labels = {
        label for item in items for label in (item.prediction, *item.true_labels, *item.options)
    }
    protocol, first = survey.protocol, survey.protocol.task.first
    offered = set(first.options_of(())) if first.has_own_options else set()
    return {
        "groups": tuple(arm.name for arm in protocol.groups),
        "blocks": tuple(part.name for part in protocol.parts),
        "conditions": shown_conditions(protocol),
        "items": tuple(item.name for item in items if not item.is_example),
        "asked": tuple(row.name for row in survey.protocol.task.further),
        "labels": tuple(sorted(labels)),
        "options": (*sorted(labels | offered), CANT_TELL),
        "questions": tuple(
            shown.stored_name(question)
            for shown in shown_pages(protocol)
            for question in shown.page.questions
        ),
    }
