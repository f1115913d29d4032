"""What was planned against what happened, and the deviations, before any result."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.data.labels import condition_label, listed
from analysis.data.protocol_versions import version_with
from analysis.data.schema import FAILED_CHECKS
from analysis.data.study_data import StudyData, finished_participants
from analysis.plan.plan import Plan
from analysis.report.numbers import count, participants
from analysis.report.section import Section
from analysis.report.sections.versions import (
    began_with,
    changed_meanwhile,
    later_versions,
    version_deviations,
    versions_in_words,
)
from analysis.report.tables import Table

UNSTATED = "not stated"
VERDICTS = {True: "kept", False: "deviated", None: "–"}
RULES = {
    "too_fast": "too fast",
    "same_position": "same position",
    "cant_tell": "“I just can’t tell”",
    "failed_checks": "failed checks",
}
# A reason is in the list of deviations with its number; more reasons than this are in the export.
MOST_REASONS = 5
SOURCES = (
    "Planned: the study’s protocol and its analysis plan, as exported with the data. Happened: the"
    " data. A deviation that leaves no trace in either cannot be found by comparing them; the team"
    " has to name it, in deviations of the protocol’s [study]."
)
# Keys of the protocol that say what is planned, by the name of the point.
TESTS = ("tests", "alpha", "correction", "method", "continuity", "equivalence_margin")
KEYS: dict[str, tuple[str, ...]] = {
    "Sample": ("sample.size", "sample.counts"),
    "Reason for the size": ("sample.justification",),
    "Stopping rule": ("stopping.rule",),
    "Last day to begin": ("stopping.last_day",),
    "Tests": tuple(f"analysis.{name}" for name in TESTS),
    "Exclusions": ("analysis.exclusions",),
}


@dataclass(frozen=True)
class Point:
    """One thing that can be planned."""

    name: str
    planned: str
    happened: str
    # Whether what happened is what was planned; None where nothing can be compared.
    kept: bool | None = None


def registration_section(study: StudyData, people: pd.DataFrame, plan: Plan) -> Section:
    """The plan point by point, and a list of deviations."""
    points = [_amended(point, study, people) for point in _points(study, people, plan)]
    deviations, named = list(deviations_of(study, people, plan)), list(named_by_team(study))
    frame = pd.DataFrame([vars(point) for point in points])
    shown = frame.assign(kept=[VERDICTS[point.kept] for point in points])
    table = Table(
        "table_registration",
        "What was planned and what happened",
        frame,
        shown.set_axis(["", "Planned", "Happened", "Plan"], axis=1),
        SOURCES,
        text_columns=4,
        is_folded=True,
    )
    return Section(
        title="Planned and happened",
        paragraphs=[*_listed_deviations(deviations, named), *_points_in_words(points)],
        tables=[table],
        numbers={
            "registration": {
                "points": frame.to_dict("records"),
                "deviations": deviations,
                "named_by_team": named,
            }
        },
    )


def _listed_deviations(found: list[str], named: list[dict[str, Any]]) -> list[str]:
    """The deviations that a comparison found, then those that the team wrote."""
    n = len(found)
    number = f"{count(n)} deviation{'s' * (n > 1)}" if n else "no deviation"
    more = f"; the team names {count(len(named))}{' more' * bool(n)}" if named else ""
    heading = f"Comparing the protocol with the data shows {number}{more}"
    texts = [*found, *map(_in_words, named)]
    if not texts:
        return [f"{heading}."]
    return [f"{heading}:", *(f"{place}. {text}" for place, text in enumerate(texts, start=1))]


def named_by_team(study: StudyData) -> Iterator[dict[str, Any]]:
    """Each deviation that the team wrote, with the version of the protocol that first had it."""
    for text in _section(study, "study").get("deviations") or ():
        first = version_with(study.versions, text)
        known = {"version": first.number, "since": first.since} if first else {}
        yield {"text": text, "version": None, "since": None} | known


def _in_words(named: Mapping[str, Any]) -> str:
    since = f" (version {named['version']}, {named['since'][:10]})" if named["version"] else ""
    return f"Named by the team{since}: {named['text']}"


def _points_in_words(points: list[Point]) -> list[str]:
    """Which points were kept, and which the protocol leaves open."""
    kept = [point.name.lower() for point in points if point.kept]
    unstated = [point.name.lower() for point in points if point.planned == UNSTATED]
    found = [f"Kept as planned: {listed(kept)}."] if kept else []
    found += [f"Not stated by the protocol: {listed(unstated)}."] if unstated else []
    return [" ".join(found)] if found else []


def _points(study: StudyData, people: pd.DataFrame, plan: Plan) -> Iterator[Point]:
    sample, stopping = _section(study, "sample"), _section(study, "stopping")
    finished, counted = finished_participants(people), _counted(study, people)
    size = int(sample.get("size") or 0)
    passed = f" {count(len(counted))} passed the checks," if _counts_passed(study) else ""
    yield Point(
        "Sample",
        f"{count(size)} participants who {_verb(study)}" if size else UNSTATED,
        f"{count(len(people))} arrived, {count(len(finished))} finished,{passed}"
        f" {participants(study.n_participants, study.n_simulated).rstrip(',')} analysed",
        len(counted) == size if size else None,
    )
    yield Point("Reason for the size", sample.get("justification") or UNSTATED, "–")
    yield Point(
        "Stopping rule",
        stopping.get("rule") or UNSTATED,
        _end(people),
        False if _ends_early(study, people) else None,
    )
    yield Point(
        "Last day to begin",
        stopping.get("last_day") or UNSTATED,
        _day(people["arrived_at"], "max"),
        not _late(study, people) if stopping.get("last_day") else None,
    )
    yield Point("First participant", "–", _day(people["arrived_at"], "min"))
    kept = not changed_meanwhile(study, people) if began_with(people) else None
    yield Point("Protocol", "the same for all", versions_in_words(people), kept)
    yield Point(
        "Tests",
        f"{count(len(plan.tests))}, from {plan.origin}" if plan.is_declared else UNSTATED,
        f"{count(len(plan.tests))} {plan.kind}, {count(len(plan.exploratory))} further ones;"
        " whatever else is in this report is called exploratory",
        True if plan.is_declared else None,
    )
    yield Point(
        "Exclusions",
        _rules(plan) if plan.is_declared else UNSTATED,
        f"{count(len(study.exclusion_reasons))} by the team; none from the main results",
        not study.exclusion_reasons if plan.is_declared else None,
    )
    if n := len(_section(study, "study").get("deviations") or ()):
        listed_above = f"{count(n)} deviation{'s' * (n > 1)}, in the list"
        yield Point("Named by the team", "–", listed_above, kept=False)


def _amended(point: Point, study: StudyData, people: pd.DataFrame) -> Point:
    """The point, which was not kept where the plan itself was changed after data were there."""
    numbers = [
        str(version.number)
        for version in later_versions(study, people)
        if any(change.key.startswith(KEYS.get(point.name, ())) for change in version.changes)
    ]
    if not numbers:
        return point
    changed = f"changed in version{'s' * (len(numbers) > 1)} {listed(numbers)}"
    return replace(point, planned=f"{point.planned} ({changed})", kept=False)


def _section(study: StudyData, name: str) -> Mapping[str, Any]:
    found = study.protocol.get(name)
    return found if isinstance(found, dict) else {}


def _counts_passed(study: StudyData) -> bool:
    return _section(study, "sample").get("counts") == "passed"


def _verb(study: StudyData) -> str:
    return "finish and pass the checks" if _counts_passed(study) else "finish"


def _counted(study: StudyData, people: pd.DataFrame) -> pd.DataFrame:
    """Those whom the planned sample counts, as the study's own stopping rule does.

    Simulated participants count only in a rehearsal, which has no others.
    """
    counted = finished_participants(people)
    real = counted[counted["simulated"] == 0]
    counted = real if len(real) else counted
    if not _counts_passed(study) or FAILED_CHECKS not in counted:
        return counted
    allowed = int(_section(study, "checks").get("allowed_failures") or 0)
    return counted[counted[FAILED_CHECKS] <= allowed]


def _rules(plan: Plan) -> str:
    rules = [RULES[name] for name in plan.exclusions.rules]
    return f"{listed(rules)}, in a second analysis" if rules else "none"


def _end(people: pd.DataFrame) -> str:
    return f"last answer finished on {_day(finished_participants(people)['finished_at'], 'max')}"


def _day(moments: "pd.Series[str]", which: str) -> str:
    """The first or last date, in UTC, of texts as the export has them."""
    dates = moments.dropna().astype(str).str[:10]
    dates = dates[dates != ""]
    if dates.empty:
        return UNSTATED
    return str(dates.max() if which == "max" else dates.min())


def deviations_of(study: StudyData, people: pd.DataFrame, plan: Plan) -> Iterator[str]:
    """One sentence for each difference between the protocol and the data."""
    if not plan.is_declared:
        default = (
            "; those in this report are the software’s default and were not chosen for this study"
        )
        yield f"The protocol declares no tests{default if plan.tests else ''}."
    yield from _sample_deviations(study, people)
    yield from version_deviations(study, people)
    yield from _exclusion_deviations(study)
    without = [name for name in _planned_conditions(study) if name not in study.conditions]
    if without:
        labels = [condition_label(name) for name in without]
        yield f"Planned conditions without participants: {listed(labels)}."
    if study.edits:
        yield (
            f"The tables were changed after the export, in {count(len(study.edits))}"
            f" place{'s' * (len(study.edits) > 1)}."
        )


def _sample_deviations(study: StudyData, people: pd.DataFrame) -> Iterator[str]:
    size = int(_section(study, "sample").get("size") or 0)
    reached = len(_counted(study, people))
    if size and reached != size:
        more = "more" if reached > size else "fewer"
        what = "finished and passed the checks" if _counts_passed(study) else "finished"
        yield (
            f"{count(abs(reached - size))} {more} participants {what} than planned"
            f" ({count(reached)} of {count(size)})."
        )
    if _ends_early(study, people):
        yield (
            f"The last participant arrived on {_day(people['arrived_at'], 'max')}, before the last"
            f" planned day, {_section(study, 'stopping')['last_day']}: the data end before the"
            " sample or the days do, and no look at them before that was planned."
        )
    late, last = _late(study, people), _section(study, "stopping").get("last_day")
    if late:
        yield (
            f"{count(late)} participant{'s' * (late > 1)} arrived after the last planned day,"
            f" {last}."
        )


def _ends_early(study: StudyData, people: pd.DataFrame) -> bool:
    """Whether neither the sample nor the last day was reached, and no look at the data planned."""
    size = int(_section(study, "sample").get("size") or 0)
    stopping = _section(study, "stopping")
    if not size or not stopping.get("last_day") or stopping.get("looks"):
        return False
    last = _day(people["arrived_at"], "max")
    return len(_counted(study, people)) < size and last < str(stopping["last_day"])


def _late(study: StudyData, people: pd.DataFrame) -> int:
    """How many arrived after the last planned day; 0 where none is planned."""
    last = str(_section(study, "stopping").get("last_day") or "")
    days = people["arrived_at"].dropna().astype(str).str[:10]
    return int((days > last).sum()) if last else 0


def _exclusion_deviations(study: StudyData) -> Iterator[str]:
    reasons = Counter(study.exclusion_reasons.values())
    if not reasons:
        return
    named = [
        f"“{reason}”" + (f" ({count(n)})" if n > 1 else "")
        for reason, n in reasons.most_common(MOST_REASONS)
    ]
    more = " and other reasons" if len(reasons) > MOST_REASONS else ""
    n = sum(reasons.values())
    yield (
        f"The team excluded {count(n)} participant{'s' * (n > 1)} by hand, which no plan names:"
        f" {listed(named)}{more}. The main results include them; the robustness section shows the"
        " tests without them."
    )


def _planned_conditions(study: StudyData) -> list[str]:
    stated = study.protocol.get("conditions")
    rows = stated if isinstance(stated, list) else []
    return [str(row["name"]) for row in rows if isinstance(row, dict) and "name" in row]
