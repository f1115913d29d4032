"""The stopping rule: whether a survey has as many participants as its protocol plans."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.audit.record import Action, record
from surveys.models import Participant, Survey
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.schema import Protocol

Status = Survey.Status
# Who closed it, in the audit log: nobody who was signed in.
THE_RULE = "its stopping rule"


@dataclass(frozen=True)
class SampleState:
    """How close a survey is to its planned sample."""

    # 0 when the protocol does not say.
    size: int
    counted: int
    # Midnight after the last day on which people may begin; None without such a day.
    ends_at: datetime | None
    is_past_last_day: bool
    # How many of the planned looks the counted participants have reached.
    n_looks_due: int = 0

    @property
    def is_complete(self) -> bool:
        return 0 < self.size <= self.counted

    @property
    def is_reached(self) -> bool:
        return self.is_complete or self.is_past_last_day


def find_sample(survey: Survey) -> SampleState:
    """Counted in one query. Simulated participants do not count."""
    protocol = survey.protocol
    ends_at = _end_of_last_day(protocol.stopping.last_day)
    counted = Participant.objects.filter(in_sample(survey), survey=survey).count()
    looks = (*protocol.stopping.looks, protocol.sample.size)
    return SampleState(
        size=protocol.sample.size,
        counted=counted,
        n_looks_due=sum(look <= counted for look in looks) if protocol.stopping.looks else 0,
        ends_at=ends_at,
        is_past_last_day=ends_at is not None and timezone.now() >= ends_at,
    )


def takes_nobody_new(survey: Survey) -> bool:
    """Whether the survey closes by itself, and it is time."""
    return survey.protocol.stopping.close and find_sample(survey).is_reached


def close_if_due(survey: Survey) -> bool:
    """Close a survey whose rule is met, once nobody is under way; whether that was done now.

    To be called whenever somebody comes, has finished or has left.
    """
    if not survey.is_open or not takes_nobody_new(survey):
        return False
    if Participant.objects.filter(_is_under_way(survey)).exists():
        return False
    with transaction.atomic():
        closed = Survey.objects.filter(pk=survey.pk, status=Status.OPEN).update(
            status=Status.CLOSED, closed_at=timezone.now(), closed_by_rule=True
        )
        if closed:
            record(THE_RULE, Action.SURVEY_CLOSED, survey)
    survey.refresh_from_db()
    return bool(closed)


def may_go_on(participant: Participant) -> bool:
    """Whether the survey takes the participant's answers: while it is open, and then to finish.

    Participants who were under way when it was closed may finish unless their protocol says
    otherwise, until somebody learns which condition is which.
    """
    survey = participant.survey
    # A preview's participant is never saved.
    if survey.is_open or participant._state.adding:
        return True
    protocol, closed_at = participant.protocol, survey.closed_at
    if closed_at is None or not survey.is_blind or not protocol.stopping.may_finish:
        return False
    patience = timedelta(minutes=protocol.assignment.active_minutes)
    return participant.last_active_at >= closed_at - patience


def takes_answers(protocol: Protocol) -> Q:
    """The surveys that take the answers of participants who may finish."""
    is_open, is_closed = Q(status=Status.OPEN), Q(status=Status.CLOSED, unblinded_at=None)
    return is_open | is_closed if protocol.stopping.may_finish else is_open


def in_sample(survey: Survey) -> Q:
    """Which participants of a survey its planned sample counts: people only, in a pilot, too."""
    return Q(finished_at__isnull=False, simulated=False) & may_count(survey.protocol)


def may_count(protocol: Protocol, people: str = "") -> Q:
    """Which participants the sample counts, or may count once they have finished.

    The one rule of who counts, for the sample, for places and for balance. `people` leads to the
    participants from another table, such as "participants__".
    """
    rules: dict[str, Any] = {"withdrawn_at": None, "turned_away": ""}
    if protocol.sample.counts == "passed":
        rules["n_failed_checks__lte"] = protocol.checks.allowed_failures
    return Q(**{f"{people}{name}": value for name, value in rules.items()})


def holds_place(protocol: Protocol, now: datetime, people: str = "") -> Q:
    """Select the participants who take a place now: those who count or may still count."""
    recently = now - timedelta(minutes=protocol.assignment.active_minutes)
    has_finished = Q(**{f"{people}finished_at__isnull": False})
    is_there = Q(**{f"{people}last_active_at__gte": recently, f"{people}stopped_at": None})
    return may_count(protocol, people) & (has_finished | is_there)


def _is_under_way(survey: Survey) -> Q:
    """Participants who have a page to come and were there lately."""
    protocol = survey.protocol
    recently = timezone.now() - timedelta(minutes=protocol.assignment.active_minutes)
    to_come = Q(finished_at=None) | Q(n_pages__lt=len(shown_pages(protocol)))
    if protocol.texts.debriefing:
        to_come |= Q(debriefed_at=None)
    has_left = Q(withdrawn_at__isnull=False) | Q(stopped_at__isnull=False) | ~Q(turned_away="")
    return Q(survey=survey, last_active_at__gte=recently) & ~has_left & to_come


def _end_of_last_day(last_day: str) -> datetime | None:
    if not last_day:
        return None
    following = date.fromisoformat(last_day) + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC)
