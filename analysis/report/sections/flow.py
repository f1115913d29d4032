"""How many participants arrived, finished and are analysed."""

import math
from functools import partial

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.labels import capital, condition_label, listed, with_condition
from analysis.data.study_data import StudyData
from analysis.report.figures.flow import MOST_CONDITIONS, flow_diagram
from analysis.report.figures.plots import retention_curves
from analysis.report.numbers import count, fixed, p_value, percent, percent_interval
from analysis.report.section import Illustration, Section
from analysis.report.sections.dropout import ALPHA, beyond_dropout, bound_tables
from analysis.report.tables import Table
from analysis.statistics.attrition import (
    UNASSIGNED,
    DifferentialAttrition,
    consort_flow,
    differential_attrition,
    dropout_by_page,
    kaplan_meier,
)
from analysis.statistics.dropout_bounds import dropout_bounds

STAGE_LABELS = {
    "arrived": "Arrived",
    "consented": "Agreed to take part",
    "assigned": "Assigned to a {unit}",
    "introduced": "Read the introduction",
    "started": "Answered a trial",
    "finished": "Finished",
    "analysed": "Analysed",
}


def flow_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """CONSORT's diagram and tests of differential attrition; then what a reader looks up."""
    analysed = study.analysed
    flow, dropout = consort_flow(participants, analysed), dropout_by_page(participants, analysed)
    attrition = differential_attrition(participants)
    unit = "group" if study.design.has_blocks else "condition"
    sizes = _sizes(flow)
    # Groups of a study in which everybody sees a condition are orders, all of which see it.
    shown = sizes | dict.fromkeys(study.design.shared, sum(sizes.values()))
    bounds = dropout_bounds(study.scores, shown)
    main = Section(
        title="Participants",
        paragraphs=[
            _finishers(flow, unit),
            _attrition_sentence(attrition, flow, unit),
            *beyond_dropout(bounds),
        ],
        figures=_diagram(flow, dropout, unit),
        warnings=_warnings(attrition, unit),
        numbers={
            "flow": flow.reset_index().to_dict("records"),
            "attrition": vars(attrition),
            "dropout_by_page": dropout.to_dict("records"),
            "dropout_bounds": bounds.to_dict("records"),
        },
    )
    details = Section(
        title="Participants, stage by stage",
        tables=[_flow_table(flow, unit), *_dropout_tables(dropout, unit), *bound_tables(bounds)],
        figures=_retention(participants, flow, unit),
        is_detail=True,
    )
    return [main, details]


def _warnings(attrition: DifferentialAttrition, unit: str) -> list[str]:
    if not _differs(attrition):
        return []
    return [
        f"Participants dropped out of one {unit} more often, or earlier, than of another. Those"
        f" who finished may differ between {unit}s, which may bias comparisons of {unit}s in either"
        " direction."
    ]


def _diagram(flow: pd.DataFrame, dropout: pd.DataFrame, unit: str) -> list[Illustration]:
    """CONSORT's diagram; none with more conditions than anybody could read."""
    n_conditions = sum(str(name) != UNASSIGNED for name in flow.columns)
    if not 0 < n_conditions <= MOST_CONDITIONS:
        return []
    caption = (
        f"Everybody who arrived, in one of the boxes: without a {unit}, lost, or analysed. Those"
        " who were still under way when the data were taken count as lost."
    )
    drawing = flow_diagram(flow, dropout, unit)
    return [Illustration("figure_flow", caption, f"{caption} {_finishers(flow, unit)}", drawing)]


def _retention(participants: pd.DataFrame, flow: pd.DataFrame, unit: str) -> list[Illustration]:
    """The retention curve; none without dropouts, since it would be a flat line."""
    curve = kaplan_meier(participants)
    if (curve["share"] == 1).all():
        return []
    caption = (
        "Share of participants still in the study at each trial (Kaplan–Meier), with Rothman’s 95 %"
        " bands; below, the number of participants still in the study. Participants who withdrew"
        " are left out, since the time of their withdrawal is not stored."
    )
    curves = retention_curves(curve)
    return [
        Illustration("figure_retention", caption, f"{caption} {_finishers(flow, unit)}", curves)
    ]


def _flow_table(flow: pd.DataFrame, unit: str) -> Table:
    shown = flow.loc[list(STAGE_LABELS)]
    stages = {name: label.format(unit=unit) for name, label in STAGE_LABELS.items()}
    text = shown.map(count).rename(index=stages, columns=partial(_label, unit=unit))
    text["Total"] = shown.sum(axis=1).map(count).to_numpy()
    return Table(
        "table_flow",
        f"Participants at each stage, by {unit}",
        flow.reset_index(),
        text.rename_axis(None, axis=1).rename_axis("Stage").reset_index(),
        "Totals count all participants who reached the stage. Nobody has a"
        f" {unit} before it is assigned: stages before that are of those who came to have it. The"
        " answers of participants who"
        " withdrew were deleted, so none of their stages after the assignment is known. Analysed:"
        " finished, with at least one answer.",
    )


def _dropout_tables(dropout: pd.DataFrame, unit: str) -> list[Table]:
    """The page at which participants dropped out; none without dropouts."""
    if dropout.empty:
        return []
    text = dropout.drop(columns="page").map(count)
    text = text.rename(columns=partial(_label, unit=unit))
    text["Total"] = dropout.drop(columns="page").sum(axis=1).map(count)
    text.insert(0, "Page", dropout["page"].map(capital))
    return [
        Table(
            "table_dropout",
            "Participants who are not analysed, by the page at which they stopped",
            dropout,
            text,
            "Trials are counted in each participant’s own order. Together with the analysed"
            " participants, these are all who arrived, each counted once.",
        )
    ]


def _label(condition: str, unit: str) -> str:
    return f"No {unit}" if condition == UNASSIGNED else condition_label(condition)


def _finishers(flow: pd.DataFrame, unit: str) -> str:
    parts = [
        _share_finished(flow, str(name), " finished" if place == 0 else "")
        for place, name in enumerate(_sizes(flow))
    ]
    return f"Of those assigned to a {unit}, {listed(parts)}; the intervals are Wilson’s."


def _sizes(flow: pd.DataFrame) -> dict[str, int]:
    """Participants assigned to each condition that has any."""
    return {str(name): n for name, n in flow.T["assigned"].items() if n > 0}


def _share_finished(flow: pd.DataFrame, condition: str, verb: str) -> str:
    finished, assigned = (int(flow[condition][stage]) for stage in ("finished", "assigned"))
    ends = proportion_confint(finished, assigned, method="wilson")
    return (
        f"{count(finished)} of {count(assigned)}{verb} {with_condition(condition)}"
        f" ({percent(finished / assigned)} %, 95 % CI {percent_interval(*ends)})"
    )


def _attrition_sentence(attrition: DifferentialAttrition, flow: pd.DataFrame, unit: str) -> str:
    assigned = _sizes(flow)
    if len(assigned) < 2:
        return f"With one {unit}, differential attrition cannot be tested."
    if math.isnan(attrition.p_finished):
        whom = "no participant" if flow.loc["finished"].sum() else "every participant"
        return f"Differential attrition cannot be tested: {whom} dropped out."
    sizes = f"χ²({len(assigned) - 1}, n = {count(sum(assigned.values()))})"
    chi2 = attrition.chi2_finished
    statistic = "" if math.isnan(chi2) else f" {sizes} = {fixed(chi2)},"
    return (
        f"Differential attrition: {attrition.method} on the share who finished,{statistic}"
        f" p = {p_value(attrition.p_finished)}; {_log_rank(attrition, sizes)}."
        f"{_meaning(attrition, unit)}"
    )


def _log_rank(attrition: DifferentialAttrition, sizes: str) -> str:
    if math.isnan(attrition.p_log_rank):
        return "the log-rank test over trials is not possible"
    return (
        f"log-rank test over trials, {sizes} = {fixed(attrition.log_rank_chi2)},"
        f" p = {p_value(attrition.p_log_rank)}"
    )


def _meaning(attrition: DifferentialAttrition, unit: str) -> str:
    if _differs(attrition):
        # The warning says what it means.
        return ""
    return (
        f" Neither test shows a difference in dropout between {unit}s; a small study may miss one."
    )


def _differs(attrition: DifferentialAttrition) -> bool:
    return min(attrition.p_finished, attrition.p_log_rank) < ALPHA
