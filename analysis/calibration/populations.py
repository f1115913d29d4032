"""Populations of simulated participants, whose true scores are known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.schema import ASKED_STRATA

# Of the published study.
N_A, N_B = 58, 40
# The size of a small pilot.
N_SMALL = 12
ALPHA = 0.05
RATE_COLUMNS = ("name", "population", "rate", "simulations")


@dataclass(frozen=True)
class Population:
    """Real scores to draw from: numbers of correct answers out of `n_items`."""

    name: str
    n_correct: np.ndarray
    n_items: int

    @property
    def scores(self) -> np.ndarray:
        shares: np.ndarray = self.n_correct / self.n_items
        return shares


def populations_of(wide: pd.DataFrame) -> list[Population]:
    """One population per condition and stratum of scores (`schema.SCORE_FILE_COLUMNS`)."""
    return [
        Population(
            f"{condition}, {stratum}",
            part[f"correct_{stratum}"].to_numpy(),
            int(part[f"n_{stratum}"].iloc[0]),
        )
        for stratum in ASKED_STRATA
        for condition, part in wide.groupby("condition")
    ]


def answered_trials(n_correct: np.ndarray, n_items: int) -> pd.DataFrame:
    """Trials with these numbers of correct answers per participant, correct ones first."""
    n = len(n_correct)
    return pd.DataFrame(
        {
            "participant_id": np.repeat(np.arange(n).astype(str), n_items),
            "condition": "a",
            "trial_index": np.tile(np.arange(1, n_items + 1), n),
            "correct": (np.arange(n_items) < n_correct[:, None]).ravel().astype(float),
        }
    )


def leavers(
    random: np.random.Generator, sizes: dict[str, int], leaving: float, n_trials: int
) -> pd.DataFrame:
    """Participants of each condition who drop out with probability `leaving` at each trial."""
    n = sum(sizes.values())
    stayed = np.minimum(random.geometric(leaving, n) - 1, n_trials)
    return pd.DataFrame(
        {
            "participant_id": np.arange(n).astype(str),
            "condition": np.repeat(list(sizes), list(sizes.values())),
            "n_trials": n_trials,
            "n_answered": stayed,
            "status": "in_trials",
            "finished_at": np.where(stayed == n_trials, "finished", ""),
        }
    )
