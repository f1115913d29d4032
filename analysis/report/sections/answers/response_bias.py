"""Whether participants preferred a position in the list, or one wrong class."""

from collections.abc import Iterator

import pandas as pd

from analysis.data.labels import condition_label, listed, with_condition
from analysis.report.figures.grids import share_grid
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Illustration, Section
from analysis.report.tables import Table
from analysis.statistics.answers.response_bias import distractor_shares, position_shares

# Rows of a condition in the report; the CSV file has all classes.
SHOWN = 8
# Classes in the figure.
DRAWN = 12
POSITIONS = (
    "Classes chosen, by position in the list: percent of a condition’s answers, means over"
    " participants. Orange: above the even share of {} %; violet: below it; frames: its 95 %"
    " interval excludes it."
)
DISTRACTORS = (
    "Classes chosen where they were distractors: percent of the times they were offered, means over"
    " participants.{}"
)
IN_TABLE = "The table has the numbers."


def bias_section(trials: pd.DataFrame) -> Section:
    """Choices by position in the list, and by class where it was a distractor."""
    positions, distractors = position_shares(trials), distractor_shares(trials)
    return Section(
        title="Response bias (exploratory)",
        paragraphs=[_sentence(positions)],
        tables=[_position_table(positions), _distractor_table(distractors)],
        figures=[*_position_figures(positions), *_distractor_figures(distractors)],
        numbers={
            "positions": positions.to_dict("records"),
            "distractors": distractors.to_dict("records"),
        },
    )


def _sentence(positions: pd.DataFrame) -> str:
    parts = [
        f"from {percent(part['mean'].min())} % to {percent(part['mean'].max())} %"
        f" {with_condition(str(condition))} (n = {count(part['n_participants'].max())})"
        for condition, part in positions.groupby("condition", sort=True)
    ]
    if not parts:
        return "No participant chose a class."
    places = int(positions["position"].max())
    return (
        f"The {places} positions in the list of options received {listed(parts)} of the answers"
        f" each; even shares would be {percent(1 / places)} %."
    )


def _position_figures(positions: pd.DataFrame) -> Iterator[Illustration]:
    if positions.empty:
        return
    even = 1 / int(positions["position"].max())
    off = (positions["ci_low"] > even) | (positions["ci_high"] < even)
    cells = positions.assign(condition=positions["condition"].astype(str), off=off.astype(float))
    shares, marked = (
        cells.pivot(index="condition", columns="position", values=name) for name in ("mean", "off")
    )
    caption = POSITIONS.format(percent(even))
    shares = shares.rename(index=condition_label)
    figure = share_grid(shares, "position in the list", even, marked)
    yield Illustration("figure_positions", caption, f"{caption} {IN_TABLE}", figure)


def _distractor_figures(distractors: pd.DataFrame) -> Iterator[Illustration]:
    """The classes that were chosen most; none where no distractor was chosen."""
    wide = distractors.astype({"condition": str}).pivot(
        index="option", columns="condition", values="mean"
    )
    chosen = wide[(wide > 0).any(axis=1)]
    if chosen.empty:
        return
    order = chosen.mean(axis=1).sort_values(ascending=False, kind="stable").index
    shown = chosen.loc[order[:DRAWN]].rename(columns=condition_label)
    caption = DISTRACTORS.format(_left_out(len(chosen), len(wide)))
    figure = share_grid(shown)
    yield Illustration("figure_distractors", caption, f"{caption} {IN_TABLE}", figure)


def _left_out(n_chosen: int, n_classes: int) -> str:
    """Which classes the figure does not have."""
    parts = [f"the {DRAWN} of {count(n_chosen)} that were chosen most"] if n_chosen > DRAWN else []
    never = n_classes - n_chosen
    parts += [f"{count(never)} of {count(n_classes)} classes were never chosen"] if never else []
    return f" {'; '.join(parts).capitalize()}." if parts else ""


def _position_table(positions: pd.DataFrame) -> Table:
    text = [
        {
            "Condition": condition_label(str(row["condition"])),
            "Position": str(row["position"]),
            "n": count(row["n_participants"]),
            "Answers": count(row["n_chosen"]),
            "Share (%)": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
        }
        for row in positions.to_dict("records")
    ]
    return Table(
        "table_positions",
        "Classes chosen, by position in the list",
        positions,
        pd.DataFrame(text),
        "Shares: means over participants with Wilson’s interval on the effective sample size,"
        " without “I just can’t tell”. The order is random in each trial: even shares mean no"
        " bias.",
        text_columns=2,
        is_folded=True,
    )


def _distractor_table(distractors: pd.DataFrame) -> Table:
    ordered = distractors.sort_values(
        ["condition", "mean", "option"], ascending=[True, False, True]
    )
    chosen = ordered[ordered["n_chosen"] > 0]
    shown = chosen.groupby("condition", sort=False).head(SHOWN)
    text = [
        {
            "Condition": condition_label(str(row["condition"])),
            "Class": str(row["option"]),
            "n": count(row["n_participants"]),
            "Offered": count(row["n_offered"]),
            "Chosen": count(row["n_chosen"]),
            "Share (%)": percent(row["mean"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
        }
        for row in shown.to_dict("records")
    ]
    if chosen.empty:
        which = " No distractor was chosen."
    elif len(ordered) > len(shown):
        which = f" Up to {SHOWN} of each condition that were chosen; the CSV file has all."
    else:
        which = ""
    return Table(
        "table_distractors",
        "Classes chosen where they were distractors",
        distractors,
        pd.DataFrame(text, columns=_DISTRACTOR_HEAD),
        "Distractors: options that are not the prediction or a true label. Shares: means over"
        " participants of the share of offers that they chose, with Wilson’s interval on the"
        f" effective sample size.{which}",
        text_columns=2,
        is_folded=True,
    )


_DISTRACTOR_HEAD = ["Condition", "Class", "n", "Offered", "Chosen", "Share (%)", "95 % CI"]
