"""How fast a survey fills, when it will be full at that pace, and how long taking part takes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F
from django.db.models.functions import TruncDay, TruncHour, TruncMinute
from django.db.models.functions.datetime import TruncBase

from surveys.models import Survey
from surveys.monitoring.headcount import PACE_WITHIN, Headcount, counted

# The unit in which a survey is shown that has been open for less than so long, else by the day.
UNITS = (
    (timedelta(hours=3), "minute", TruncMinute, timedelta(minutes=1)),
    (timedelta(days=3), "hour", TruncHour, timedelta(hours=1)),
    (timedelta.max, "day", TruncDay, timedelta(days=1)),
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class PacePoint:
    """How many finished in one minute, hour or day, and until its end."""

    start: datetime
    end: datetime
    finished: int
    total: int


@dataclass(frozen=True)
class Pace:
    """The way to the target so far, and on at the same pace."""

    unit: str
    points: list[PacePoint]
    begin: datetime | None
    until: datetime
    finished: int
    # Those of them who count towards the target: bots do not count towards a sample.
    counting: int
    # None when the protocol says no sample size.
    target: int | None
    # Finished a day, over the last week or since the opening; None in the first hour, which says
    # nothing about a day.
    per_day: float | None
    # The same of those who count.
    counting_per_day: float | None
    # Whether participants still come.
    is_open: bool

    @property
    def share(self) -> float | None:
        return min(self.counting / self.target, 1.0) if self.target else None

    @property
    def rate_unit(self) -> str:
        """The unit of the pace: nobody has seen a day of a survey that is younger."""
        return "hour" if self.begin is None or self.until - self.begin < DAY else "day"

    @property
    def rate(self) -> float | None:
        """How many finish in one such unit."""
        if self.per_day is None or self.rate_unit == "day":
            return self.per_day
        return self.per_day * (HOUR / DAY)

    @property
    def is_week_old(self) -> bool:
        return self.begin is not None and self.until - self.begin >= PACE_WITHIN

    @property
    def is_reached(self) -> bool:
        return self.target is not None and self.counting >= self.target

    @property
    def projected_end(self) -> datetime | None:
        """When the target is reached if it goes on like this; None when that cannot be said."""
        if not self.is_open or self.target is None or self.is_reached or not self.counting_per_day:
            return None
        days = (self.target - self.counting) / self.counting_per_day
        # Nobody waits for a hundred years.
        return self.until + timedelta(days=days) if days < 36_500 else None


def find_pace(survey: Survey, heads: Headcount, now: datetime) -> Pace:
    until = survey.closed_at or now
    begin = survey.opened_at
    age = until - begin if begin else timedelta()
    unit, truncate, width = next(row[1:] for row in UNITS if age < row[0])
    return Pace(
        unit=unit,
        points=_points(survey, truncate, width),
        begin=begin,
        until=until,
        finished=heads.count("finished"),
        counting=heads.count("counting"),
        target=target_of(survey),
        per_day=_per_day(heads.count("finished_lately"), begin, now) if survey.is_open else None,
        counting_per_day=_per_day(heads.count("counting_lately"), begin, now)
        if survey.is_open
        else None,
        is_open=survey.is_open,
    )


def target_of(survey: Survey) -> int | None:
    """How many participants are wanted: the protocol's sample size, else its places."""
    return survey.protocol.sample.size or survey.protocol.assignment.places or None


def _points(survey: Survey, truncate: type[TruncBase], width: timedelta) -> list[PacePoint]:
    """One point for each minute, hour or day (UTC) in which anybody finished."""
    rows = (
        counted(survey)
        .exclude(finished_at=None)
        .annotate(start=truncate("finished_at", tzinfo=UTC))
        .values("start")
        .annotate(finished=Count("pk"))
        .order_by("start")
        .values_list("start", "finished")
    )
    points, total = [], 0
    for start, finished in rows:
        total += finished
        points.append(PacePoint(start, start + width, finished, total))
    return points


def _per_day(lately: int, begin: datetime | None, now: datetime) -> float | None:
    if begin is None or now - begin < HOUR:
        return None
    return lately / (min(now - begin, PACE_WITHIN) / DAY)


def median_duration(survey: Survey, n_finished: int) -> timedelta | None:
    """From consent to the last answer, of those who finished; for all conditions together."""
    if not n_finished:
        return None
    took = ExpressionWrapper(F("finished_at") - F("consented_at"), output_field=DurationField())
    durations = (
        counted(survey)
        .exclude(finished_at=None)
        .annotate(took=took)
        .order_by("took")
        .values_list("took", flat=True)
    )
    middle = list(durations[(n_finished - 1) // 2 : n_finished // 2 + 1])
    return sum(middle, timedelta()) / len(middle) if middle else None
