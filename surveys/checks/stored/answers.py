"""Answers: what was offered and asked for, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

from surveys.checks.stored.rows import CHUNK, trials_of
from surveys.models import Survey, Trial
from surveys.participation.shown.questions import further_asked
from surveys.protocol.schema import CONFIDENCE, NO_EXPLANATION
from surveys.protocol.task import GUESS
from surveys.studies.protocols.versions import protocols_by_version


def responses_were_offered(survey: Survey) -> Iterator[str]:
    for trial in trials_of(survey).exclude(response=None).iterator(CHUNK):
        place = trial.response.position
        shown = trial.options[place - 1] if 0 < place <= len(trial.options) else None
        if shown != trial.response.option:
            yield (
                f"Trial {trial.position} of participant {trial.participant.number} was answered "
                f"{trial.response.option!r} at place {place}, where {shown!r} was shown."
            )


def responses_are_as_the_protocol_asks(survey: Survey) -> Iterator[str]:
    """Confidence and first answers are there where they were asked for, and nowhere else."""
    rule = survey.protocol.trials
    for trial in trials_of(survey).exclude(response=None).iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        is_check = trial.kind == Trial.Kind.ATTENTION
        is_alone = trial.shown_to(trial.participant) in ("", NO_EXPLANATION)
        if bool(trial.first_option) != (rule.two_step and not is_check and not is_alone):
            yield f"{where} has a first answer that was not asked for, or lacks one that was."
        elif trial.first_option and trial.first_option not in trial.options:
            yield f"{where} has a first answer that was not offered."
        asked = rule.confidence and not is_check
        if (trial.response.confidence is not None) != asked or (
            asked and trial.response.confidence not in range(1, GUESS.points + 1)
        ):
            yield f"{where} has a confidence that was not asked for, or lacks one that was."


def further_answers_are_as_the_protocol_asks(survey: Survey) -> Iterator[str]:
    """Each trial has the answers that its questions ask for, each one that was offered."""
    protocols = protocols_by_version(survey)
    if not any(protocol.task.further for protocol in protocols.values()):
        return
    for trial in trials_of(survey).prefetch_related("answers").iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        protocol = protocols[trial.participant.version_id]
        stored = {row.name: row.value for row in trial.answers.all()}
        asked = []
        if hasattr(trial, "response"):
            asked = further_asked(protocol, trial, survey.seed, trial.participant.number or 0)
        for question, each in asked:
            if each.field_name == CONFIDENCE:
                continue
            value = stored.pop(question.name, None)
            if value is None and each.required:
                yield f"{where} lacks the answer to {question.name}."
            elif value is not None and not question.behaviour.is_valid(each, value):
                yield f"{where} answers {question.name} with {value!r}, which was not offered."
        for name in stored:
            yield f"{where} has an answer to {name}, which was not asked."


def missed_trials_have_no_answer(survey: Survey) -> Iterator[str]:
    """A trial is missed only where there is a limit, after it, and without an answer."""
    protocols = protocols_by_version(survey)
    for trial in trials_of(survey).exclude(missed_at=None).iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        limit = timedelta(seconds=protocols[trial.participant.version_id].task.limit_seconds)
        begun = trial.first_answered_at or trial.shown_at
        if hasattr(trial, "response"):
            yield f"{where} is missed, but has an answer."
        elif not limit or not begun or not trial.missed_at or trial.missed_at - begun < limit:
            yield f"{where} is missed before its time was over."
