"""Writes a sample-size plan: power curve as table and figure, and all assumptions."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.report.figures.plots import power_curve
from analysis.report.folder import FIGURE_KINDS, TABLE_WRITERS, replace_folder
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.style import save_figure
from analysis.report.tables import Table
from analysis.sample_size.power import PowerQuestion, SamplePlan


def write_plan(
    question: PowerQuestion, plan: SamplePlan, assumptions: dict[str, Any], folder: Path
) -> None:
    """Write plan.json, table_power and figure_power to `folder`, all or none."""
    with replace_folder(folder, mark="plan.json") as fresh:
        answer = {
            **assumptions,
            "level": question.level,
            "n_finished_per_condition": plan.n_finished,
            "n_recruited_per_condition": plan.n_recruited,
            "curve": plan.curve.to_dict("records"),
        }
        text = json.dumps(answer, indent=2, ensure_ascii=False)
        (fresh / "plan.json").write_text(text + "\n", encoding="utf-8")
        table = power_table(question, plan)
        for kind, write in TABLE_WRITERS.items():
            (fresh / f"table_power.{kind}").write_text(write(table), encoding="utf-8")
        figure = power_curve(plan.curve, question.wanted)
        for kind in FIGURE_KINDS:
            (fresh / f"figure_power.{kind}").write_bytes(save_figure(figure, kind))


def power_table(question: PowerQuestion, plan: SamplePlan) -> Table:
    """Return the simulated power by sample size."""
    text = pd.DataFrame(
        {
            "Participants per condition": plan.curve["n_per_condition"].map(count),
            "Power (%)": plan.curve["power"].map(percent),
            "95 % CI": [
                percent_interval(low, high)
                for low, high in zip(plan.curve["ci_low"], plan.curve["ci_high"], strict=True)
            ],
        }
    )
    return Table(
        "table_power",
        "Simulated power of the Mann–Whitney test",
        plan.curve,
        text,
        f"p below {question.level:.3g}: α = {question.alpha:g} for a family of {question.tests}."
        " Intervals are those of the simulation (Wilson), not of the assumptions.",
    )
