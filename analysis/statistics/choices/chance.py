"""How often guessing would be right."""

import numpy as np
import pandas as pd

from analysis.data.schema import CANT_TELL


def chance_of(trials: pd.DataFrame) -> np.ndarray:
    """Return the chance of guessing right in each trial.

    Parameters
    ----------
    trials : DataFrame
        Column `options_shown`, options joined by semicolons.

    Returns
    -------
    ndarray, shape (n,)
        One divided by the number of options, "I just can't tell" left aside.
    """
    # Few lists of options are shown in many trials.
    places, shown = pd.factorize(trials["options_shown"], use_na_sentinel=False)
    sizes = [len(set(str(each).split(";")) - {CANT_TELL}) for each in shown]
    chances: np.ndarray = np.reciprocal(np.array(sizes, dtype=float))[places]
    return chances
