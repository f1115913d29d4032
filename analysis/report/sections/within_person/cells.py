"""Cells that several of these tables print alike."""

from analysis.data.labels import condition_label
from analysis.report.numbers import percent, percent_interval


def points(estimate: float, low: float, high: float) -> str:
    return f"{percent(estimate)} ({percent_interval(low, high)})"


def group_label(group: str) -> str:
    return condition_label(group) if group else "Everybody"
