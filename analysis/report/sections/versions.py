"""The versions of the protocol: since when, for how many participants, and what each changed."""

from collections.abc import Iterator
from itertools import groupby

import pandas as pd

from analysis.data.labels import listed
from analysis.data.protocol_versions import ProtocolChange, ProtocolVersion
from analysis.data.schema import PROTOCOL_VERSION
from analysis.data.study_data import StudyData
from analysis.report.numbers import DASH, count
from analysis.report.section import Section
from analysis.report.tables import Table

TITLE = "Versions of the protocol"
NAME = "table_protocol_versions"
# Rows that the report shows of one version; the table's file has them all.
MOST_CHANGES = 12
# Keys of the plan that a deviation names; all of them are in the table.
MOST_KEYS = 5
NOTE = (
    "From materials/versions.json of the export. Participants keep the version with which they"
    f" began. Long texts are shortened; {NAME}.csv has them whole, with their translations."
)


def versions_sections(study: StudyData, people: pd.DataFrame) -> list[Section]:
    """Return the section on the protocol's versions; none where only one is known."""
    if len(study.versions) < 2:
        return []
    began = began_with(people)
    table = Table(
        NAME,
        "What each version of the protocol changed",
        # Objects: a number among texts and empty cells stays as it is.
        pd.DataFrame(_whole(study, began), dtype=object),
        pd.DataFrame(_shown(study, began), columns=["Version", "Changed", "Before", "After"]),
        NOTE,
        text_columns=4,
    )
    words = (
        f"The protocol was changed {_times(len(study.versions) - 1)} after the study had opened."
    )
    return [
        Section(
            title=TITLE,
            paragraphs=[words],
            tables=[table],
            numbers={"protocol_versions": _numbers(study, began)},
        )
    ]


def began_with(people: pd.DataFrame) -> dict[int, int]:
    """Return how many participants began with each version; empty where it is not recorded."""
    if PROTOCOL_VERSION not in people:
        return {}
    counts = people[PROTOCOL_VERSION].dropna().astype(int).value_counts().sort_index()
    return dict(zip(counts.index.tolist(), counts.tolist(), strict=True))


def versions_in_words(people: pd.DataFrame) -> str:
    """Return how many began with each version, as a phrase."""
    found = began_with(people)
    if not found:
        return "not stated"
    return listed([f"version {version}: {count(n)} began" for version, n in found.items()])


def later_versions(study: StudyData, people: pd.DataFrame) -> list[ProtocolVersion]:
    """Return the versions since the first participant arrived."""
    later = study.versions[1:]
    if not later:
        return []
    first = min(people["arrived_at"].dropna().astype(str), default="")
    return [version for version in later if version.since > first]


def changed_meanwhile(study: StudyData, people: pd.DataFrame) -> bool:
    """Return whether participants were given protocols that differ in what they may see.

    Where only the numbers of versions are known, two of them are taken to differ.
    """
    numbers = list(began_with(people))
    if len(numbers) < 2 or not study.versions:
        return len(numbers) > 1
    between = [v for v in study.versions if numbers[0] < v.number <= numbers[-1]]
    return any(change.is_seen for version in between for change in version.changes)


def version_deviations(study: StudyData, people: pd.DataFrame) -> Iterator[str]:
    """Yield one sentence for each way in which later versions deviate from the first one."""
    if changed_meanwhile(study, people):
        source = f"The section “{TITLE}”" if study.versions else "The log of the study"
        yield (
            "The protocol was changed while participants took part:"
            f" {versions_in_words(people)}. {source} says what was changed."
        )
    for version in later_versions(study, people):
        keys = [change.key for change in version.changes if change.is_planned]
        if not keys:
            continue
        more = [f"{count(len(keys) - MOST_KEYS)} more"] if len(keys) > MOST_KEYS else []
        yield (
            f"Version {version.number} ({version.day}) changed the plan after the first participant"
            f" had arrived: {listed([*keys[:MOST_KEYS], *more])}."
        )


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{count(n)} times")


def _numbers(study: StudyData, began: dict[int, int]) -> list[dict[str, object]]:
    return [
        {
            "version": version.number,
            "since": version.since,
            "n_participants": began.get(version.number, 0),
            "changes": [
                {"key": change.key, "before": change.before, "after": change.after}
                for change in version.changes
            ],
        }
        for version in study.versions
    ]


def _whole(study: StudyData, began: dict[int, int]) -> Iterator[dict[str, object]]:
    for version in study.versions:
        named = {
            "version": version.number,
            "since": version.since,
            "n_participants": began.get(version.number, 0),
        }
        nothing = ProtocolChange("", None, None, "", "")
        for change in version.changes or (nothing,):
            yield named | {"key": change.key, "before": change.before, "after": change.after}


def _shown(study: StudyData, began: dict[int, int]) -> Iterator[tuple[str, str, str, str]]:
    translations = tuple(study.protocol.get("languages") or ())[1:]
    for version in study.versions:
        n = began.get(version.number, 0)
        name = f"{version.number}, from {version.day}: {count(n)} began"
        rows = list(_changes(version, translations)) or [(DASH, DASH, DASH)]
        for row in rows[:MOST_CHANGES]:
            yield name, *row
        if len(rows) > MOST_CHANGES:
            yield name, f"{count(len(rows) - MOST_CHANGES)} more, in {NAME}.csv", DASH, DASH


def _changes(
    version: ProtocolVersion, translations: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """What changed, in the protocol's order; translations only by how many texts of each."""

    def language(change: ProtocolChange) -> str:
        last = change.key.rpartition(".")[2]
        return last if last in translations else ""

    # Sorting keeps the order within a language, and puts the untranslated keys first.
    for code, group in groupby(sorted(version.changes, key=language), key=language):
        found = list(group)
        if code:
            texts = f"{count(len(found))} text{'s' * (len(found) > 1)}"
            yield f"{texts} in the language “{code}”", DASH, DASH
            continue
        for change in found:
            yield change.key, change.before_in_short, change.after_in_short
