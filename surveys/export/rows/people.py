"""The rows of the tables of participants and of what is stored of them, one at a time."""

from collections.abc import Iterator
from operator import eq

from surveys.export.pay import Earned, amount_of, find_earned
from surveys.export.rows.cells import CHUNK, Cell, participant_id, time_cell
from surveys.models import Event, Exclusion, PanelIdentity, Participant, Survey
from surveys.participation.flow import outcome_of
from surveys.participation.given.page_events import COUNTED
from surveys.participation.leaving.outcomes import Outcome, completion_code
from surveys.participation.shown.plates import NUMBERS
from surveys.participation.shown.visual.registry import count_right
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.schema import Protocol
from surveys.studies.protocols.versions import know_protocol, protocols_by_version


def participant_rows(survey: Survey) -> Iterator[list[Cell]]:
    everybody = Participant.objects.filter(survey=survey).select_related("condition")
    protocols = protocols_by_version(survey)
    numbers = dict(survey.versions.values_list("pk", "number"))
    for person in everybody.order_by("number", "pk").iterator(CHUNK):
        protocol = know_protocol(person, survey, protocols)
        yield [
            participant_id(person.token),
            person.number,
            person.group,
            time_cell(person.arrived_at),
            time_cell(person.consented_at),
            time_cell(person.assigned_at),
            time_cell(person.finished_at),
            _status(person),
            person.n_trials,
            person.n_answered,
            int(person.simulated),
            person.place,
            person.language,
            person.consent_version,
            person.comprehension_tries,
            person.n_failed_checks,
            time_cell(person.withdrawn_at),
            outcome_of(person, protocol),
            numbers.get(person.version_id or 0),
            int(survey.is_pilot),
            *_device_cells(person, survey),
        ]


def _status(participant: Participant) -> str:
    if participant.withdrawn_at is not None:
        return "withdrawn"
    if participant.turned_away:
        return participant.turned_away
    if participant.finished_at is not None:
        return "finished"
    return "in_trials" if participant.introduced_at is not None else "in_introduction"


def _device_cells(person: Participant, survey: Survey) -> list[Cell]:
    cells: list[Cell] = []
    protocol = survey.protocol
    if protocol.device.record:
        cells += [person.device.get(name) for name in ("picture_width", "pixel_ratio", "input")]
    if protocol.device.colour_plates:
        read = person.device.get("plates")
        right = None if read is None else sum(map(eq, read, NUMBERS))
        cells += ["" if read is None else ";".join(each or "-" for each in read), right]
    if protocol.checks.visual:
        given = person.device.get("visual")
        right = None if given is None else count_right(survey.seed, given)
        cells += ["" if given is None else ";".join(given), right]
    if protocol.checks.count_events:
        cells += [person.device.get(name) for name in COUNTED]
    return cells


def questionnaire_rows(survey: Survey) -> Iterator[list[Cell]]:
    names = [
        shown.stored_name(question)
        for shown in shown_pages(survey.protocol)
        for question in shown.page.questions
    ]
    everybody = Participant.objects.filter(survey=survey).exclude(questionnaire={})
    for person in everybody.order_by("number").iterator(CHUNK):
        for name in names:
            answer = person.questionnaire.get(name)
            if answer is not None:
                text = ";".join(answer) if isinstance(answer, list) else str(answer)
                yield [participant_id(person.token), name, text]


def event_rows(survey: Survey) -> Iterator[list[Cell]]:
    events = Event.objects.filter(participant__survey=survey).order_by("pk")
    fields = ("participant__token", "kind", "at", "detail")
    for token, kind, moment, detail in events.values_list(*fields).iterator(CHUNK):
        yield [participant_id(token), kind, time_cell(moment), detail]


def exclusion_rows(survey: Survey) -> Iterator[list[Cell]]:
    excluded = Exclusion.objects.filter(participant__survey=survey)
    for row in excluded.select_related("participant").order_by("participant__number"):
        name = participant_id(row.participant.token)
        yield [name, row.reason, time_cell(row.at), int(row.while_blind)]


def panel_rows(survey: Survey) -> Iterator[list[Cell]]:
    everybody = PanelIdentity.objects.filter(survey=survey, participant__withdrawn_at=None)
    identities = everybody.select_related("participant")
    protocols = protocols_by_version(survey)
    earned = find_earned(survey) if survey.protocol.pay.is_set else None
    for identity in identities.order_by("participant__number", "pk").iterator(CHUNK):
        protocol = know_protocol(identity.participant, survey, protocols)
        outcome = outcome_of(identity.participant, protocol)
        yield [
            participant_id(identity.participant.token),
            identity.panel_id,
            identity.study_id,
            identity.session_id,
            outcome,
            completion_code(protocol, outcome),
            *(
                []
                if earned is None
                else _pay_cells(identity.participant_id, protocol, outcome, earned)
            ),
        ]


def _pay_cells(
    participant: int, protocol: Protocol, outcome: Outcome, earned: dict[int, Earned]
) -> list[Cell]:
    own = earned.get(participant, Earned())
    is_paid = outcome is Outcome.COMPLETE
    amount = amount_of(protocol.pay, own) if is_paid else None
    return [own.n_correct, amount, protocol.pay.currency]
