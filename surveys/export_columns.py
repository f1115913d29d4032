"""The columns of the exported tables, in order, each with its meaning."""

from dataclasses import dataclass

from surveys.protocol import Protocol


@dataclass(frozen=True)
class Column:
    """One column of an exported table, as the codebook explains it."""

    name: str
    meaning: str
    values: str


PARTICIPANT_ID = Column(
    "participant_id", "The participant, under a name that tells nothing", "text"
)
CONDITION = Column("condition", "The kind of picture shown beside each image", "text")
ITEM = Column("item", "The image asked about, by its name in the stimulus set", "text")
STRATUM = Column(
    "stratum", "Whether the model was wrong or right about the item", "model_wrong, model_right"
)
PREDICTION = Column("prediction", "The class that the model predicted", "text")
TRUE_LABELS = Column("true_labels", "The classes really in the image", "texts separated by ;")
SIMULATED = Column("simulated", "Whether a bot took the survey instead of a person", "1, 0")

TRIALS = (
    PARTICIPANT_ID,
    CONDITION,
    Column("trial_index", "The trial's place in the participant's own order", "from 1"),
    ITEM,
    STRATUM,
    PREDICTION,
    TRUE_LABELS,
    Column(
        "options_shown", "The options in the order in which they were shown", "texts separated by ;"
    ),
    Column("response", "The option chosen", "a class, cant_tell, or empty when unanswered"),
    Column("response_position", "Where the chosen option stood", "from 1; empty when unanswered"),
    Column("correct", "Whether the response is the model's prediction", "1, 0 or empty"),
    Column("chose_truth", "Whether the response is one of the true labels", "1, 0 or empty"),
    Column("cant_tell", "Whether the response is “I just can't tell”", "1, 0 or empty"),
    Column(
        "response_time_ms",
        "From the first paint of both images to the answer, hidden time included",
        "milliseconds; empty without JavaScript",
    ),
    Column(
        "hidden_time_ms",
        "The part of response_time_ms in which the page was hidden",
        "milliseconds; empty without JavaScript",
    ),
    Column("answered_at", "When the answer was stored", "UTC, ISO 8601, or empty"),
    SIMULATED,
    Column("confidence", "How sure the participant was", "1 (not at all) to 5, or empty"),
    Column(
        "first_response",
        "In two-step trials, the option chosen from the image alone",
        "a class, cant_tell, or empty",
    ),
    Column("first_correct", "Whether it is the model's prediction", "1, 0 or empty"),
    Column(
        "first_response_time_ms",
        "From the first paint of the image to the first answer, hidden time included",
        "milliseconds or empty",
    ),
    Column(
        "first_hidden_time_ms",
        "The part of first_response_time_ms in which the page was hidden",
        "milliseconds or empty",
    ),
)

# Attention checks and repeated questions stand in a table of their own, so that no analysis takes
# them for answers to the study's questions.
EXTRA_TRIALS = (
    *TRIALS,
    Column("kind", "Why the trial was asked", "attention, repeat"),
    Column("expected", "Of an attention check: the option that the page asked for", "text"),
    Column("passed", "Of an attention check: whether that option was chosen", "1, 0 or empty"),
)

PARTICIPANTS = (
    PARTICIPANT_ID,
    Column("number", "Place in the order of assignment", "from 1"),
    CONDITION,
    Column("arrived_at", "When the first page was opened", "UTC, ISO 8601"),
    Column("consented_at", "When the participant agreed to take part", "UTC, ISO 8601"),
    Column("assigned_at", "When the condition was assigned", "UTC, ISO 8601, or empty"),
    Column("finished_at", "When the last trial was answered", "UTC, ISO 8601, or empty"),
    Column(
        "status",
        "How far the participant got by the time of the export",
        "finished, in_trials, in_introduction, withdrawn, screened_out, full",
    ),
    Column("n_trials", "How many trials were drawn; 0 before the introduction was left", "number"),
    Column("n_answered", "How many trials were answered", "number"),
    SIMULATED,
    Column("place", "Place in the order of assignment within the condition", "from 1, or empty"),
    Column("language", "The language in which the participant read the survey", "code"),
    Column("consent_version", "Which wording the participant agreed to", "name and hash"),
    Column("comprehension_tries", "How often the instructions were asked about", "number"),
    Column("n_failed_checks", "How many attention checks were failed", "number"),
    Column("withdrawn_at", "When the participant withdrew", "UTC, ISO 8601, or empty"),
    Column(
        "outcome",
        "How the visit ended",
        "complete, failed_checks, screened_out, full, withdrawn, unfinished",
    ),
)

QUESTIONNAIRE = (
    PARTICIPANT_ID,
    Column("question", "The question's name in the protocol", "text"),
    Column("answer", "The answer, in the protocol's first language", "text; several joined by ;"),
)

# Written on request only, into a file of its own outside the data set.
PANEL = (
    PARTICIPANT_ID,
    Column("panel_id", "Who the participant is to the panel", "text"),
    Column("study_id", "The study's id at the panel", "text or empty"),
    Column("session_id", "The visit's id at the panel", "text or empty"),
    Column("outcome", "How the visit ended", "as in participants"),
    Column("code", "The completion code that the participant was shown", "text or empty"),
)

ITEMS = (
    ITEM,
    Column("item_position", "The item's place in the stimulus set", "from 1"),
    STRATUM,
    PREDICTION,
    TRUE_LABELS,
    Column("options", "The classes offered beside “I just can't tell”", "texts separated by ;"),
)

EVENTS = (
    PARTICIPANT_ID,
    Column("event", "What happened", "arrival, consent, assignment, page, finish, turned_away"),
    Column("at", "When it happened", "UTC, ISO 8601"),
    Column("detail", "More about it, such as the page that was left", "text or empty"),
)

# Table -> its columns; the order is that of the codebook.
TABLES = {"trials": TRIALS, "participants": PARTICIPANTS, "items": ITEMS, "events": EVENTS}


def tables_of(protocol: Protocol) -> dict[str, tuple[Column, ...]]:
    """The tables of a survey with this protocol: four always, others where it asks for more."""
    tables = dict(TABLES)
    if protocol.checks.attention_after or protocol.checks.repeats:
        tables["extratrials"] = EXTRA_TRIALS
    if protocol.questionnaire:
        tables["questionnaire"] = QUESTIONNAIRE
    return tables
