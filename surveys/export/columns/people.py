"""The columns of the tables about people: what they did, said and earned."""

from dataclasses import replace

from django.conf import settings

from surveys.export.columns.column import CONDITION, PARTICIPANT_ID, SIMULATED, Column
from surveys.models import Event, Participant
from surveys.participation.leaving.outcomes import Outcome
from surveys.participation.people.device import INPUTS, RATIOS

STATUSES = ("in_introduction", "in_trials", "finished", "withdrawn", *Participant.TurnedAway.values)
OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.NO_CONSENT)
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
UNASSIGNED = "no condition was assigned"

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

# Of a protocol with [device], below these.
DEVICE = (
    Column(
        "picture_width",
        "The width of the first picture on the screen, at the first answer that said so",
        "integer",
        "not recorded",
        unit="CSS px",
    ),
    Column(
        "pixel_ratio",
        "The screen's pixels for each CSS pixel: the largest of these that it reaches",
        "category",
        "not recorded",
        levels=RATIOS,
    ),
    Column(
        "input",
        "What the first answer that said so was given with",
        "category",
        "not recorded",
        levels=INPUTS,
    ),
)
PLATES = (
    Column(
        "plates_read",
        "The number read on each colour plate; - where none was seen",
        "list",
        "not shown",
    ),
    Column("n_plates_right", "How many plates were read right", "integer", "not shown"),
)

# Of a protocol whose [checks] ask for them, below these.
VISUAL = (
    Column(
        "visual_answers",
        "The answer to each visual check, in order; cant_tell where nothing was recognised",
        "list",
        "not shown, or not answered",
    ),
    Column(
        "n_visual_right",
        "How many visual checks were answered right; nobody is excluded by it",
        "integer",
        "not shown, or not answered",
    ),
)
PAGE_EVENTS = (
    Column(
        "n_pastes",
        "How often something was pasted into pages with questions",
        "integer",
        "no page with JavaScript was sent",
    ),
    Column(
        "n_untrusted_events",
        "How many clicks, key presses, inputs and changes came from a program in these pages",
        "integer",
        "no page with JavaScript was sent",
    ),
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

EVENTS = (
    PARTICIPANT_ID,
    Column("event", "What happened", "category", levels=tuple(Event.Kind.values)),
    Column("at", "When it happened", "timestamp"),
    Column("detail", "More about it, such as the page that was left", "text", "nothing more"),
)
