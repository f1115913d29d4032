"""Whether participants prefer a position in the list, or one class among the distractors."""

import numpy as np
import pandas as pd

from analysis.data.schema import CANT_TELL
from analysis.statistics.choices.shares import share_with_interval

SHARE_COLUMNS = ("n_participants", "mean", "standard_error", "ci_low", "ci_high")
POSITION_COLUMNS = ("condition", "position", "n_chosen", *SHARE_COLUMNS)
DISTRACTOR_COLUMNS = ("condition", "option", "n_offered", "n_chosen", *SHARE_COLUMNS)


def position_shares(trials: pd.DataFrame) -> pd.DataFrame:
    """Return how often participants chose the option in each position of the list.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        Columns `POSITION_COLUMNS`: by condition and 1-based position, the mean over participants of
        the share of their answers, other than "I just can't tell", in that position. The order of
        the options is drawn for each trial, so without bias all positions have the same share.
    """
    chosen = trials[trials["response_position"].notna() & (trials["cant_tell"] != 1)]
    keys = ["condition", "participant_id", "response_position"]
    counts = chosen.groupby(keys, observed=True).size().unstack(fill_value=0)
    rows = [
        (condition, int(place), int(part[place].sum()), *_mean(part[place] / part.sum(axis=1)))
        for condition, part in counts.groupby(level=0, observed=True)
        for place in counts.columns
    ]
    return pd.DataFrame(rows, columns=list(POSITION_COLUMNS))


def distractor_shares(trials: pd.DataFrame) -> pd.DataFrame:
    """Return how often participants chose each class where it was a distractor.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        Columns `DISTRACTOR_COLUMNS`: by condition and class, in alphabetical order, the mean over
        participants of the share of offers that they took. A distractor is an option that is
        not the prediction or a true label.
    """
    answered = trials[trials["response"].notna()]
    kinds, kind_of_trial = _distinct(answered[["options_shown", "prediction", "true_labels"]])
    distractors = [_distractors(*row) for row in kinds.itertuples(index=False)]
    ids = pd.Categorical(answered["participant_id"])
    by_person = answered[["participant_id", "condition"]].drop_duplicates("participant_id")
    condition = by_person.set_index("participant_id")["condition"].reindex(ids.categories)
    response = answered["response"].astype("str").to_numpy()
    rows = []
    for option in sorted(set().union(*distractors)):
        offered = np.array([option in found for found in distractors])[kind_of_trial]
        n_offered, n_taken = (
            np.bincount(ids.codes[chosen], minlength=len(ids.categories))
            for chosen in (offered, offered & (response == option))
        )
        for name in sorted(condition.dropna().unique()):
            own = (condition == name).to_numpy() & (n_offered > 0)
            if own.any():
                counts = int(n_offered[own].sum()), int(n_taken[own].sum())
                rows.append((name, option, *counts, *_mean(n_taken[own] / n_offered[own])))
    table = pd.DataFrame(rows, columns=list(DISTRACTOR_COLUMNS))
    return table.sort_values(["condition", "option"], ignore_index=True)


def _distinct(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The distinct rows, of which many trials have few, and the number of each row's."""
    codes = frame.groupby(list(frame.columns), observed=True, sort=False).ngroup().to_numpy()
    first = ~pd.Series(codes).duplicated().to_numpy()
    order = np.argsort(codes[first])
    return frame[first].iloc[order].astype("str"), codes


def _distractors(options: str, prediction: str, true_labels: str) -> set[str]:
    return set(options.split(";")) - {prediction, CANT_TELL} - set(true_labels.split(";"))


def _mean(shares: "np.ndarray | pd.Series[float]") -> tuple[float, ...]:
    found = share_with_interval(np.asarray(shares, dtype=float))
    return tuple(found[name] for name in SHARE_COLUMNS)
