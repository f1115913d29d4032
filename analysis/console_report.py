"""Builds the report that somebody asked for in the console.

The survey must not know the analysis: study/settings.py names this function as REPORT_BUILDER.
"""

from pathlib import Path

from analysis.errors import AnalysisError
from analysis.services import results_of_survey


def build_report(slug: str, folder: Path) -> str:
    """Write the survey's results into the new folder; what is wrong, or nothing if nothing is."""
    try:
        results_of_survey(slug, folder)
    except AnalysisError as error:
        return str(error)
    return ""
