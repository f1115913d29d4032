"""Krippendorff's alpha against the worked examples of its author."""

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.answers.reliability import (
    agreement,
    jackknife_interval,
    krippendorff_alpha,
)

# Krippendorff (2011), section C: four observers, twelve units, five values, missing data.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def counted(rows):
    table = np.zeros((12, 5))
    for row in rows:
        for unit, value in enumerate(row.split()):
            if value != ".":
                table[unit, int(value) - 1] += 1
    return table


def test_it_gives_the_published_alpha_of_the_worked_example():
    assert krippendorff_alpha(counted(OBSERVERS)) == pytest.approx(0.743, abs=0.0005)


def test_it_gives_the_published_alpha_of_binary_data_without_gaps():
    # Section A: two observers, ten units: 0 1 0 0 0 0 0 0 1 0 and 1 1 1 0 0 1 0 0 0 0.
    pairs = zip("0100000010", "1110010000", strict=True)
    table = np.array([[pair.count("0"), pair.count("1")] for pair in pairs])
    assert krippendorff_alpha(table) == pytest.approx(0.095, abs=0.0005)


def test_agreement_everywhere_is_one_and_one_value_alone_says_nothing():
    assert krippendorff_alpha(np.array([[4, 0], [0, 4]])) == 1
    assert np.isnan(krippendorff_alpha(np.array([[4, 0], [3, 0]])))
    assert np.isnan(krippendorff_alpha(np.array([[1, 0], [0, 1]])))


def test_guessing_agrees_no_more_than_chance():
    random = np.random.default_rng(1)
    table = random.multinomial(50, [0.25] * 4, size=200)
    assert krippendorff_alpha(table) == pytest.approx(0, abs=0.01)


def test_its_interval_covers_it_and_needs_two_items():
    trials = pd.DataFrame(
        {"item": list("aaabbbccc"), "response": ["x", "x", "y", "y", "y", "y", "x", "x", "x"]}
    )
    found = agreement(trials)
    assert found.ci_low <= found.estimate <= found.ci_high <= 1
    assert np.isnan(agreement(trials[trials["item"] == "a"]).ci_low)


def test_the_interval_reaches_further_up_than_down_where_people_hardly_agree():
    random = np.random.default_rng(2)
    counts = random.multinomial(40, random.dirichlet([1, 1, 1, 1], size=14)).astype(float)
    estimate = krippendorff_alpha(counts)
    low, high = jackknife_interval(counts, estimate)
    assert low < estimate < high
    assert high - estimate > 1.2 * (estimate - low)


def test_one_item_with_all_disagreement_still_has_an_interval():
    counts = np.array([[9.0, 1.0], [10.0, 0.0], [0.0, 10.0]])
    estimate = krippendorff_alpha(counts)
    low, high = jackknife_interval(counts, estimate)
    assert low < estimate < high <= 1
