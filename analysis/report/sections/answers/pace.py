"""How long participants took, and whether they got better over the trials."""

import pandas as pd

from analysis.data.labels import condition_label, listed, stratum_label, with_condition
from analysis.data.schema import Row
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.data.tallies import tally
from analysis.report.figures.learning import TOGETHER, learning_curves
from analysis.report.figures.times import time_dots
from analysis.report.numbers import count, fixed, interval, p_value, percent, seconds
from analysis.report.section import Illustration, Section
from analysis.report.sections.differences.pairs import pair_label, pairs_of
from analysis.report.tables import Table
from analysis.statistics.answers.response_times import participant_medians, time_scores, time_table
from analysis.statistics.progress.learning import accuracy_by_trial, learning_slopes
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.mann_whitney import mann_whitney

# Trials over which a change of accuracy is stated.
LONG = 10


def pace_section(study: StudyData, trials: pd.DataFrame) -> Section:
    """Response times where they were measured, and accuracy over the sequence of trials."""
    timed = bool(trials["response_time_ms"].notna().any())
    slopes = learning_slopes(trials)
    measured = time_table(trials) if timed else None
    times = [] if measured is None else [_time_table(measured)]
    if timed and len(conditions_of(study.scores)) > 1 and not study.design.shared:
        times.append(_time_tests(study, trials))
    span = _span(trials)
    tables = [*times, _slope_table(slopes, span)]
    paragraphs = [] if timed else ["No response times were recorded."]
    paragraphs += [_slope_sentence(slopes, span)] if len(slopes) else []
    caption = "Accuracy over the sequence of trials: means over participants ± standard error"
    several = len(conditions_of(study.scores)) > TOGETHER
    caption += "; grey: the other conditions." if several else "."
    return Section(
        title="Time and practice (exploratory)",
        paragraphs=paragraphs,
        tables=tables,
        figures=[
            *([] if measured is None else [_time_figure(measured)]),
            Illustration(
                "figure_learning",
                caption,
                f"{caption} The table has the slopes.",
                learning_curves(accuracy_by_trial(trials)),
            ),
        ],
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _time_figure(times: pd.DataFrame) -> Illustration:
    caption = (
        "Response times: medians over participants of their median times, with quartiles, of"
        " answers that named the prediction and of all others."
    )
    text = f"{caption} The table has the numbers."
    return Illustration("figure_times", caption, text, time_dots(times))


def _time_table(times: pd.DataFrame) -> Table:
    kinds = times["correct"].map({1.0: "The prediction", 0.0: "All others"})
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Condition": condition_label(row["condition"]),
            "Answers": row["kind"],
            "n": count(row["n_participants"]),
            "Median (s)": seconds(row["median_ms"]),
            "Quartiles (s)": f"{seconds(row['q1_ms'])} to {seconds(row['q3_ms'])}",
        }
        for row in times.assign(kind=kinds)
        .sort_values(["stratum", "condition", "correct"], ascending=[False, True, False])
        .to_dict("records")
    ]
    return Table(
        "table_times",
        "Response times",
        times,
        pd.DataFrame(text),
        "Median and quartiles over participants of their median time from the first paint of the"
        " page to the answer, without time in which the page was hidden. n: participants with such"
        " an answer.",
        text_columns=3,
        is_folded=True,
    )


def _time_tests(study: StudyData, trials: pd.DataFrame) -> Table:
    rows = []
    medians = participant_medians(trials, ["stratum"])
    for stratum, first, second in pairs_of(study):
        a, b = (time_scores(medians, stratum, name) for name in (first, second))
        delta = cliffs_delta(a, b).delta
        pair = {"stratum": stratum, "condition_a": first, "condition_b": second}
        ends = {"cliffs_delta": delta.estimate, "ci_low": delta.ci_low, "ci_high": delta.ci_high}
        rows.append(pair | mann_whitney(a, b).as_row() | ends)
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Conditions": pair_label(row["condition_a"], row["condition_b"]).replace("−", "and"),
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "U": fixed(row["u_statistic"], 1),
            "Z": fixed(row["z"]),
            "p": p_value(row["p_value"]),
            "δ": fixed(row["cliffs_delta"]),
            "95 % CI of δ": interval(row["ci_low"], row["ci_high"]),
        }
        for row in rows
    ]
    methods = "; ".join(sorted({row["method"] for row in rows}))
    return Table(
        "table_time_tests",
        "Response times compared between conditions, two-sided",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        f"Mann–Whitney tests ({methods}) of participants’ median times over all their answers; δ:"
        " Cliff’s delta, above 0 where the first condition took longer, with the interval of Feng"
        " and Cliff (2004). P-values are not corrected for their number.",
        text_columns=2,
    )


def _span(trials: pd.DataFrame) -> int:
    """Over how many trials a change is stated: ten, or as many as a participant had at most."""
    answered = trials[trials["correct"].notna()]
    sizes = tally(answered, ["participant_id", "condition"])["size"]
    return min(LONG, max(1, int(sizes.max()) - 1)) if len(sizes) else LONG


def _over(span: int) -> str:
    return "ten trials" if span == LONG else f"{count(span)} trial{'s' if span > 1 else ''}"


def _slope_sentence(slopes: pd.DataFrame, span: int) -> str:
    parts = [
        f"by {percent(span * row['mean'])} percentage points {with_condition(row['condition'])}"
        f" (95 % CI {_change(row, span)},"
        f" n = {count(row['n_participants'])})"
        for row in slopes.astype({"condition": str}).to_dict("records")
    ]
    return f"Over {_over(span)}, accuracy changed on average {listed(parts)}."


def _change(row: Row, span: int) -> str:
    return interval(100 * span * row["ci_low"], 100 * span * row["ci_high"], 1)


def _slope_table(slopes: pd.DataFrame, span: int) -> Table:
    text = [
        {
            "Condition": condition_label(str(row["condition"])),
            "n": count(row["n_participants"]),
            f"Change in {_over(span)}": percent(span * row["mean"]),
            "95 % CI": _change(row, span),
        }
        for row in slopes.to_dict("records")
    ]
    return Table(
        "table_learning",
        f"Change of accuracy over {_over(span)}, in percentage points",
        slopes,
        pd.DataFrame(text),
        "Mean over participants of their least-squares slopes, with Student’s t interval.",
    )
