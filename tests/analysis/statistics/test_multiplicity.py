"""Corrections for several tests."""

import numpy as np
import pytest

from analysis.statistics.multiplicity import benjamini_hochberg, holm


def test_holm_steps_down():
    # 0.01 * 3, then 0.02 * 2 = 0.04, then the largest can be no smaller than the one before.
    assert holm(np.array([0.02, 0.01, 0.03])) == pytest.approx([0.04, 0.03, 0.04])


def test_benjamini_hochberg_steps_up():
    assert benjamini_hochberg(np.array([0.02, 0.01, 0.04])) == pytest.approx([0.03, 0.03, 0.04])


def test_a_test_that_could_not_be_made_does_not_count():
    adjusted = holm(np.array([0.02, np.nan, 0.03]))
    assert adjusted[[0, 2]] == pytest.approx([0.04, 0.04])
    assert np.isnan(adjusted[1])


def test_no_tests_need_no_correction():
    assert holm(np.array([])).size == 0
