"""Yes-or-no judgements and forced choices: sensitivity, bias and shares."""

from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Detection:
    """How well, and how readily, one of two answers was given.

    Attributes
    ----------
    hits, false_alarms : float
        Corrected rates, between 0 and 1.
    d_prime : float
        Sensitivity in standard deviations; 0: no better than chance.
    criterion : float
        Bias in standard deviations; below 0: the answer was given too readily.
    """

    hits: float
    false_alarms: float
    d_prime: float
    criterion: float


def detection(n_hits: int, n_signals: int, n_false_alarms: int, n_noises: int) -> Detection:
    """Return sensitivity and bias of one participant's yes-or-no answers.

    Parameters
    ----------
    n_hits, n_signals : int
        Answers "yes" among the trials where it was right, and the number of these trials.
    n_false_alarms, n_noises : int
        Answers "yes" among the other trials, and the number of these.

    Returns
    -------
    Detection
        d' = z(H) - z(F) and c = -(z(H) + z(F)) / 2, with the log-linear correction of both rates:
        half an answer is added to each count, and one trial to each number. NaN where there are no
        trials of a kind.

    References
    ----------
    Hautus (1995), doi:10.3758/BF03203619, for the correction; Macmillan and Creelman (2005).

    Examples
    --------
    >>> found = detection(n_hits=9, n_signals=10, n_false_alarms=2, n_noises=10)
    >>> round(found.d_prime, 3), round(found.criterion, 3)
    (1.845, -0.174)
    """
    if not n_signals or not n_noises:
        return Detection(*[float("nan")] * 4)
    hits, false_alarms = (n_hits + 0.5) / (n_signals + 1), (n_false_alarms + 0.5) / (n_noises + 1)
    z_hits, z_false = (float(stats.norm.ppf(rate)) for rate in (hits, false_alarms))
    return Detection(hits, false_alarms, z_hits - z_false, -(z_hits + z_false) / 2)


def exact_share(n_right: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """Return a share of independent answers with its exact interval.

    Parameters
    ----------
    n_right, n : int
        Right answers and all answers; n >= 1.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        The share and the ends of Clopper and Pearson's interval (1934), 0 to 1.

    Examples
    --------
    >>> share, low, high = exact_share(8, 10)
    >>> round(share, 3), round(low, 3), round(high, 3)
    (0.8, 0.444, 0.975)
    """
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, n_right, n - n_right + 1)) if n_right else 0.0
    high = float(stats.beta.ppf(1 - tail, n_right + 1, n - n_right)) if n_right < n else 1.0
    return n_right / n, low, high
