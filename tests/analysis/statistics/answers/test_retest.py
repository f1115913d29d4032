"""Answers to questions that were asked twice."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa as reference

from analysis.statistics.answers.retest import answer_pairs, cohens_kappa, retest_table

CLASSES = np.array(["boat", "fish", "house", "cant_tell"])


def make_pairs(n=40, repeats=4, kept=0.7, seed=1):
    """Second answers that repeat the first with a chance, and are drawn otherwise."""
    random = np.random.default_rng(seed)
    own = random.beta(4 * kept, 4 * (1 - kept), n)
    rows = []
    for number in range(n):
        for item in range(repeats):
            first = random.choice(CLASSES, p=[0.5, 0.2, 0.2, 0.1])
            same = random.random() < own[number]
            second = first if same else random.choice(CLASSES, p=[0.5, 0.2, 0.2, 0.1])
            rows.append((f"p{number}", "ab"[number % 2], f"i{item}", "boat", first, second))
    names = ["participant_id", "condition", "item", "prediction", "first", "second"]
    return pd.DataFrame(rows, columns=names)


def test_kappa_is_cohens():
    pairs = make_pairs()
    table = pd.crosstab(pairs["first"], pairs["second"])
    assert cohens_kappa(pairs).estimate == pytest.approx(reference(table, return_results=False))


def test_the_interval_leaves_out_one_participant_at_a_time():
    pairs = make_pairs(n=12, kept=0.4)
    found = cohens_kappa(pairs)
    names = pairs["participant_id"].unique()
    without = [cohens_kappa(pairs[pairs["participant_id"] != name]).estimate for name in names]
    error = np.sqrt(11 / 12 * ((np.array(without) - np.mean(without)) ** 2).sum())
    assert found.ci_high - found.ci_low == pytest.approx(2 * 2.200985 * error, rel=1e-6)


def test_equal_answers_agree_and_their_interval_is_unknown():
    pairs = make_pairs().assign(second=lambda frame: frame["first"])
    found = cohens_kappa(pairs)
    assert found.estimate == 1
    assert np.isnan(found.ci_low)
    assert retest_table(pairs)["agreement"].tolist() == [1, 1]


def test_one_answer_alone_has_no_kappa():
    pairs = make_pairs().assign(first="boat", second="boat")
    assert np.isnan(cohens_kappa(pairs).estimate)


def test_only_questions_that_were_answered_twice_are_pairs():
    first = make_pairs(n=3).rename(columns={"first": "response"})
    again = first[["participant_id", "item", "second"]].rename(columns={"second": "response"})
    first.loc[0, "response"] = np.nan
    again.loc[1, "response"] = np.nan
    pairs = answer_pairs(first, again.iloc[:8])
    assert len(pairs) == 6
    assert pairs["second"].tolist() == again["response"].tolist()[2:8]
