"""The printed results of the perception-visualization study, to compare with a replication."""

import pandas as pd

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG, rows_by

CITATION = (
    "Giulivi, Carman and Boracchi (2021), Perception Visualization: Seeing Through the Eyes of a"
    " DNN, British Machine Vision Conference, arXiv:2204.09920"
)
CONDITIONS = ("gradcam", "pv")
N_PARTICIPANTS = {"gradcam": 58, "pv": 40}

# Table 1 of the paper, in percent: mean and standard error as printed.
PRINTED_ACCURACY = pd.DataFrame(
    [
        ("gradcam", MODEL_WRONG, 8.3, 1.3),
        ("pv", MODEL_WRONG, 35.0, 3.0),
        ("gradcam", MODEL_RIGHT, 95.9, 0.7),
        ("pv", MODEL_RIGHT, 75.5, 2.5),
    ],
    columns=["condition", "stratum", "mean", "standard_error"],
)
# Its two one-sided Mann-Whitney tests: Z and p as numbers, and as printed.
PUBLISHED_TESTS = {MODEL_WRONG: (-6.58, 2.3e-11), MODEL_RIGHT: (6.57, 2.45e-11)}
PRINTED_TESTS = {
    MODEL_WRONG: ("−6.58", "2.3 × 10⁻¹¹"),
    MODEL_RIGHT: ("6.57", "2.45 × 10⁻¹¹"),
}


def are_published(accuracy: pd.DataFrame) -> bool:
    """Return whether these means are the paper's: the same printed numbers and sample sizes.

    `accuracy` has the columns `descriptives.ACCURACY_COLUMNS`, as proportions.
    """
    cells = rows_by(accuracy, "condition", "stratum")
    for condition, stratum, mean, error in PRINTED_ACCURACY.itertuples(index=False):
        cell = cells.get((condition, stratum))
        if cell is None:
            return False
        printed = (round(100 * cell["mean"], 1), round(100 * cell["standard_error"], 1))
        if (cell["n_participants"], *printed) != (N_PARTICIPANTS[condition], mean, error):
            return False
    return True
