"""Answers drawn from the mixed model: participants and images are random, and logits add up."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.statistics.mixed.effects import NODES, WEIGHTS


@dataclass(frozen=True)
class Images:
    """How the images of one stratum differ, in logits of a correct answer.

    Attributes
    ----------
    n : int
        Their number.
    sd : float
        Standard deviation of what all conditions share.
    by_condition_sd : float
        Standard deviation of what each condition has of its own.
    """

    n: int
    sd: float
    by_condition_sd: float

    def draw_answers(
        self, random: np.random.Generator, levels: np.ndarray, people: np.ndarray
    ) -> np.ndarray:
        """Return which answers to newly drawn images are correct.

        Parameters
        ----------
        random : Generator
            The source of the draws.
        levels : ndarray, shape (n_conditions,)
            Logits for an average participant and image.
        people : ndarray, shape (n_conditions, n_participants)
            What each participant adds. Different participants or the same ones in each condition.

        Returns
        -------
        ndarray of bool, shape (n_conditions, n_participants, n)
        """
        shared = random.normal(0, self.sd, self.n)
        by_condition = random.normal(0, self.by_condition_sd, (len(levels), self.n))
        logits = (levels[:, None] + people)[:, :, None] + shared + by_condition[:, None]
        right: np.ndarray = random.random(logits.shape) < expit(logits)
        return right


def mean_chance(level: float, spread: float) -> float:
    """Return the mean probability for normal logits.

    Parameters
    ----------
    level, spread : float
        Their mean and standard deviation.

    Returns
    -------
    float
    """
    return float(WEIGHTS / WEIGHTS.sum() @ expit(level + spread * NODES))


def as_trials(answers: dict[str, np.ndarray], conditions: str = "ab") -> pd.DataFrame:
    """Return answers as the frame that the mixed model takes, each participant in one condition.

    Parameters
    ----------
    answers : dict of str to ndarray, shape (n_conditions, n_participants, n_items)
        By stratum; the same participants in all strata.
    conditions : str
        A letter for each condition.

    Returns
    -------
    DataFrame
        Columns participant_id, condition, stratum, item and correct (1 or 0).
    """
    return pd.concat(
        [
            _as_trials(right, name, stratum)
            for stratum, own in answers.items()
            for name, right in zip(conditions, own, strict=True)
        ],
        ignore_index=True,
    )


def _as_trials(right: np.ndarray, condition: str, stratum: str) -> pd.DataFrame:
    people, items = right.shape
    return pd.DataFrame(
        {
            "participant_id": np.repeat([f"{condition}{n}" for n in range(people)], items),
            "condition": condition,
            "stratum": stratum,
            "item": np.tile([f"{stratum}{n}" for n in range(items)], people),
            "correct": right.ravel().astype(float),
        }
    )
