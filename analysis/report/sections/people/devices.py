"""Pictures' size, screens, input and colour plates, where the study recorded them."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.data.ids import is_one_of
from analysis.data.labels import condition_label
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, fixed, p_value
from analysis.report.section import Section
from analysis.report.sections.people.distributions import distribution_table
from analysis.report.tables import Table
from analysis.statistics.answers.distributions import count_values, independence_p, spread
from analysis.statistics.several_conditions import kruskal_wallis

WIDTH, RATIO, INPUT, PLATES = "picture_width", "pixel_ratio", "input", "n_plates_right"
# What a table of counts calls each, and its levels in order.
TOPICS = {INPUT: "Input", RATIO: "Pixel ratio", PLATES: "Colour plates read"}
LEVELS = {INPUT: ("mouse", "touch", "pen", "keyboard"), RATIO: ("1", "1.5", "2", "3")}
WHEN = (
    "Devices were recorded at the first answer, so a difference is chance, or comes from who"
    " dropped out or which browser said nothing. These tests are exploratory, and their p-values"
    " not corrected for their number."
)


def device_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """One section about the analysed participants, or none where nothing was recorded."""
    people = participants[is_one_of(participants["participant_id"], study.analysed)]
    people = people.astype({"condition": str})
    recorded = [name for name in (WIDTH, *TOPICS) if name in people and people[name].notna().any()]
    if not recorded:
        return []
    tables = [_width_table(people)] if WIDTH in recorded else []
    listed = [name for name in TOPICS if name in recorded]
    if listed:
        tables.append(_kinds_table(people, listed))
    tests = [_test(people, name) for name in recorded]
    numbers: dict[str, Any] = {
        table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
    }
    numbers["device_tests"] = tests
    paragraphs = _whether_they_differ(tests)
    return [Section("Devices and the size of pictures", paragraphs, tables, numbers=numbers)]


def _test(people: pd.DataFrame, name: str) -> dict[str, Any]:
    """Whether conditions differ: ranks of widths and of plates, kinds of the others."""
    if name not in (WIDTH, PLATES):
        p = independence_p(people["condition"], people[name])
        return {"recorded": name, "method": "chi-squared, Monte Carlo", "p_value": p}
    groups = {str(key): part[name].to_numpy(float) for key, part in people.groupby("condition")}
    p = kruskal_wallis(groups).pvalue if len(groups) > 1 else float("nan")
    return {"recorded": name, "method": "Kruskal–Wallis", "p_value": p}


def _whether_they_differ(tests: list[dict[str, Any]]) -> list[str]:
    names = {WIDTH: "the pictures’ width", RATIO: "the pixel ratio", INPUT: "the kind of input",
             PLATES: "colour plates read"}  # fmt: skip
    methods = {"Kruskal–Wallis": "Kruskal–Wallis test"}
    parts = [
        f"{names[row['recorded']]}, p = {p_value(row['p_value'])}"
        f" ({methods.get(row['method'], 'χ² of random tables with the same margins')})"
        for row in tests
        if np.isfinite(row["p_value"])
    ]
    if not parts:
        return []
    return [f"Whether conditions differ: {'; '.join(parts)}. {WHEN}"]


def _width_table(people: pd.DataFrame) -> Table:
    numbers = pd.DataFrame(
        [
            {"condition": name, **spread(part[WIDTH].to_numpy(dtype=float))}
            for name, part in people.groupby("condition")
        ]
    )
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "Recorded": f"{count(row['n_given'])} of {count(row['n_participants'])}",
            "Median": fixed(row["median"], 0),
            "Quartiles": _ends(row["q1"], row["q3"]),
            "Range": _ends(row["smallest"], row["largest"]),
        }
        for row in numbers.to_dict("records")
    ]
    return Table(
        "table_picture_width",
        "Width of the first picture on the screen, in CSS pixels",
        numbers,
        pd.DataFrame(text),
        "Recorded: participants whose browser ran the pages’ script.",
    )


def _ends(low: float, high: float) -> str:
    return f"{fixed(low, 0)} to {fixed(high, 0)}" if np.isfinite(low) else fixed(None)


def _kinds_table(people: pd.DataFrame, names: list[str]) -> Table:
    parts = []
    for name in names:
        given = people[name]
        if name == PLATES:
            given = given.map(lambda n: f"{n:.0f}", na_action="ignore")
        values = LEVELS.get(name, ())
        counts = count_values(people["condition"], given.astype(object), values)
        counts.insert(0, "recorded", name)
        parts.append(counts.assign(topic=TOPICS[name]))
    return distribution_table(
        "table_devices",
        "Devices, in participants (percent of those recorded)",
        pd.concat(parts, ignore_index=True),
        ("Recorded", "Value"),
        "Not recorded",
        "Pixel ratio: the screen’s pixels for each CSS pixel, the largest class that it reaches."
        if RATIO in names
        else "",
    )
