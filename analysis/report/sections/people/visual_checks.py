"""What visual checks and counts of pages' events show; only in studies that ask for them."""

from collections.abc import Callable

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.ids import is_one_of
from analysis.data.labels import condition_label
from analysis.data.schema import CANT_TELL, CHECK_COLUMNS, Row
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Section
from analysis.report.tables import Table

ANSWERS, RIGHT, PASTES, UNTRUSTED = CHECK_COLUMNS
EXPECTED = (
    "About 4 % of people must be expected to fail: checks of this kind flagged 4.1 % of 1,007"
    " people on Prolific, and 97.1 % of 526 AI agents (Affonso, 2026, doi:10.1093/jcr/ucag006)."
    " Those drawings and rules were others, so these drawings may flag more people or fewer."
)
EVENTS = (
    "Pages counted pastes, and events that came from a program instead of the browser. Browser"
    " extensions and assistive technology cause such events, too, and a program that operates the"
    " whole browser causes none."
)
NOBODY = "No rule excludes anybody because of these checks and counts."


def visual_check_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """One section about the analysed participants, or none where the export has no such column."""
    analysed = is_one_of(participants["participant_id"], study.analysed)
    people = participants[analysed].astype({"condition": str})
    paragraphs, tables, numbers = [], [], {}
    if RIGHT in people:
        paragraphs.append(f"{_sentence(people)} {EXPECTED}")
        tables.append(_checks_table(people))
        numbers["visual_checks"] = tables[-1].numbers.to_dict("records")
    if PASTES in people and UNTRUSTED in people:
        paragraphs.append(EVENTS)
        tables.append(_events_table(people))
        numbers["page_events"] = tables[-1].numbers.to_dict("records")
    if not tables:
        return []
    title = "Visual checks and page events"
    return [Section(title, [*paragraphs, NOBODY], tables, numbers=numbers)]


def _sentence(people: pd.DataFrame) -> str:
    shown = _checks_of(people)
    if not shown["n_answered"]:
        return "Nobody answered the visual checks."
    return (
        f"Of the {count(shown['n_answered'])} analysed participants who answered the visual checks,"
        f" {count(shown['n_all_right'])} were right in all ({_share(shown)}, Wilson’s 95 %"
        " interval)."
    )


def _share(row: Row) -> str:
    ends = percent_interval(row["ci_low"], row["ci_high"])
    return f"{percent(row['share_all_right'])} %, {ends}"


def _by_condition(people: pd.DataFrame, summarise: Callable[[pd.DataFrame], Row]) -> pd.DataFrame:
    groups = people.groupby("condition", sort=True)
    return pd.DataFrame([{"condition": name, **summarise(group)} for name, group in groups])


def _checks_of(people: pd.DataFrame) -> Row:
    """How many answered, were right in all, and were wrong how often.

    "I can’t tell" is no right answer; it is counted by itself, too.
    """
    answered = people[people[RIGHT].notna()]
    given = answered[ANSWERS].fillna("").astype(str)
    wrong = given.str.count(";") + 1 - answered[RIGHT]
    n, n_right = len(answered), int((wrong == 0).sum())
    low, high = proportion_confint(n_right, n, method="wilson") if n else (float("nan"),) * 2
    return {
        "n_participants": len(people),
        "n_answered": n,
        "n_all_right": n_right,
        "share_all_right": n_right / n if n else float("nan"),
        "ci_low": low,
        "ci_high": high,
        "n_one_wrong": int((wrong == 1).sum()),
        "n_more_wrong": int((wrong > 1).sum()),
        "n_cant_tell": int(given.str.contains(CANT_TELL, regex=False).sum()),
    }


def _checks_table(people: pd.DataFrame) -> Table:
    numbers = _by_condition(people, _checks_of)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Answered": f"{count(row['n_answered'])} of {count(row['n_participants'])}",
            "All right (95 % CI)": f"{count(row['n_all_right'])} ({_share(row)})"
            if row["n_answered"]
            else count(0),
            "One wrong": count(row["n_one_wrong"]),
            "More wrong": count(row["n_more_wrong"]),
            "“Can’t tell”": count(row["n_cant_tell"]),
        }
        for row in numbers.to_dict("records")
    ]
    return Table(
        "table_visual_checks",
        "Answers to the visual checks, in participants",
        numbers,
        pd.DataFrame(text),
        "“I can’t tell” counts as wrong; the last column has the participants who chose it at least"
        " once, such as people who cannot see the drawings.",
    )


def _events_of(people: pd.DataFrame) -> Row:
    counted = people[people[PASTES].notna() & people[UNTRUSTED].notna()]
    return {
        "n_participants": len(people),
        "n_counted": len(counted),
        "n_with_pastes": int((counted[PASTES] > 0).sum()),
        "n_pastes": int(counted[PASTES].sum()),
        "n_with_untrusted_events": int((counted[UNTRUSTED] > 0).sum()),
        "n_untrusted_events": int(counted[UNTRUSTED].sum()),
    }


def _events_table(people: pd.DataFrame) -> Table:
    numbers = _by_condition(people, _events_of)
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Counted": f"{count(row['n_counted'])} of {count(row['n_participants'])}",
            "Pasted": count(row["n_with_pastes"]),
            "Pastes": count(row["n_pastes"]),
            "With untrusted events": count(row["n_with_untrusted_events"]),
            "Untrusted events": count(row["n_untrusted_events"]),
        }
        for row in numbers.to_dict("records")
    ]
    return Table(
        "table_page_events",
        "Pastes and untrusted events on pages with questions",
        numbers,
        pd.DataFrame(text),
        "Counted: participants whose browser ran the pages’ script. Pasted, and with untrusted"
        " events: participants with at least one.",
    )
