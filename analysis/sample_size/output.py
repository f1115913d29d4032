"""Writes a sample-size plan: power curves as table and figure, and all assumptions."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.report.figures.power import power_curves
from analysis.report.folder import FIGURE_KINDS, TABLE_WRITERS, replace_folder
from analysis.report.numbers import DASH, count, percent, percent_interval
from analysis.report.style import save_figure
from analysis.report.tables import Table
from analysis.sample_size.curves import (
    THESE_IMAGES,
    PlannedCurve,
    frame_of,
    has_rank_test_of_differing_images,
    sentences,
    title_of,
)
from analysis.sample_size.power import NOT_FITTED


def write_plan(curves: Sequence[PlannedCurve], assumptions: dict[str, Any], folder: Path) -> None:
    """Write plan.json, table_power and figure_power to `folder`, all or none."""
    with replace_folder(folder, mark="plan.json") as fresh:
        answer = {**assumptions, **_answers(curves)}
        text = json.dumps(answer, indent=2, ensure_ascii=False)
        (fresh / "plan.json").write_text(text + "\n", encoding="utf-8")
        table = power_table(curves)
        for kind, write in TABLE_WRITERS.items():
            (fresh / f"table_power.{kind}").write_text(write(table), encoding="utf-8")
        figure = power_figure(curves)
        for kind in FIGURE_KINDS:
            (fresh / f"figure_power.{kind}").write_bytes(save_figure(figure, kind))


def _answers(curves: Sequence[PlannedCurve]) -> dict[str, Any]:
    """The first curve's answer, as for a plan of scores, and every curve of a plan of answers."""
    first = curves[0]
    found: dict[str, Any] = {
        "level": first.question.level,
        "n_finished_per_condition": first.plan.n_finished,
        "n_recruited_per_condition": first.plan.n_recruited,
        "curve": first.plan.curve.to_dict("records"),
    }
    if first.question.images is None:
        return found
    rows = [
        {
            "analysis": curve.question.analysis,
            "n_items": curve.question.images.n_items if curve.question.images else None,
            "simulations": curve.simulations,
            "n_finished_per_condition": curve.plan.n_finished,
            "n_recruited_per_condition": curve.plan.n_recruited,
            "ceiling": curve.plan.ceiling,
            "least_items": curve.plan.least_images,
            "curve": curve.plan.curve.to_dict("records"),
        }
        for curve in curves
    ]
    return {**found, "curves": rows, "sentences": sentences(curves)}


def power_figure(curves: Sequence[PlannedCurve]) -> Figure:
    """Return the curves by participants or, of one size and several numbers of images, by these."""
    frame = frame_of(curves)
    wanted = curves[0].question.wanted
    if frame["n_per_condition"].nunique() == 1 and frame["n_items"].nunique() > 1:
        return power_curves(frame.assign(line=frame["analysis"].map(title_of)), wanted, "n_items")
    labels = [curve.label for curve in curves for _ in range(len(curve.plan.curve))]
    return power_curves(frame.assign(line=labels), wanted, "n_per_condition")


def power_table(curves: Sequence[PlannedCurve]) -> Table:
    """Return the simulated power by sample size and, where answers are drawn, by analysis."""
    question = curves[0].question
    frame = frame_of(curves)
    text = pd.DataFrame(
        {
            "Participants per condition": frame["n_per_condition"].map(count),
            "Power (%)": frame["power"].map(percent),
            "95 % CI": [
                percent_interval(low, high)
                for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
            ],
        }
    )
    level = (
        f"p below {question.level:.3g}: α = {question.alpha:g} for a family of {question.tests}."
        " Intervals are those of the simulation (Wilson), not of the assumptions."
    )
    if question.images is None:
        title = "Simulated power of the Mann–Whitney test"
        return Table("table_power", title, curves[0].plan.curve, text, level)
    warning = f" {THESE_IMAGES}" if has_rank_test_of_differing_images(curves) else ""
    text.insert(0, "Analysis", frame["analysis"].map(title_of))
    text.insert(1, "Images", frame["n_items"].map(count))
    text["Simulated studies"] = frame["simulations"].map(count)
    text["Ceiling (%)"] = [DASH if pd.isna(top) else percent(top) for top in frame["ceiling"]]
    return Table(
        "table_power",
        "Simulated power where participants and images are drawn",
        frame,
        text,
        f"{level} Images differ between the conditions by {question.images.item_condition_sd:g}"
        " logits (standard deviation). Ceiling: the mixed model’s power with infinitely many"
        f" participants.{_not_fitted(frame)}{warning}",
    )


def _not_fitted(frame: pd.DataFrame) -> str:
    if not (frame[NOT_FITTED] > 0).any():
        return ""
    most = percent(float(frame[NOT_FITTED].max()))
    return f" The model was not fitted in up to {most} % of the studies, which count as not found."
