"""Turns responses into tables, tests, figures and a report.

Notebooks can import the names of `docs/analysis.md` from here.
"""

from importlib import import_module
from typing import Any

# Name -> its module, which is imported at first use: Django imports this package in the web
# process, which does not need pandas or Matplotlib.
PUBLIC = {
    "BetaBinomialScores": "analysis.sample_size.score_models",
    "PowerQuestion": "analysis.sample_size.power",
    "RandomImages": "analysis.sample_size.random_images",
    "accuracy_table": "analysis.statistics.descriptives",
    "analyse": "analysis.report.results",
    "cliffs_delta": "analysis.notebook",
    "from_frames": "analysis.data.study_data",
    "from_scores_file": "analysis.data.study_data",
    "hodges_lehmann": "analysis.notebook",
    "mann_whitney": "analysis.notebook",
    "mean_difference": "analysis.notebook",
    "mixed_model": "analysis.notebook",
    "paired_interaction_bootstrap": "analysis.statistics.means.bootstrap",
    "paired_two_way_bootstrap": "analysis.statistics.means.bootstrap",
    "permutation_test": "analysis.notebook",
    "plan_sample": "analysis.sample_size.power",
    "read_export": "analysis.data.exports",
    "read_scores": "analysis.data.scores",
    "render_report": "analysis.report.html",
    "results_json": "analysis.report.results",
    "score_trials": "analysis.data.scores",
    "scores_of": "analysis.data.scores",
    "signed_ranks": "analysis.statistics.ranks.signed_ranks",
    "two_way_bootstrap": "analysis.statistics.means.bootstrap",
    "welch": "analysis.notebook",
}


def __getattr__(name: str) -> Any:
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
