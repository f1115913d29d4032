"""How numbers are written."""

import numpy as np
import pytest

from analysis.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.005, "1.00"), (-6.409, "−6.41"), (-0.001, "0.00"), (np.nan, "–"), (None, "–")],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(value, text):
    assert numbers.fixed(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0314, "0.031"),
        (1.0, "1.000"),
        (0.00099, "9.9 × 10⁻⁴"),
        (7.47e-11, "7.5 × 10⁻¹¹"),
        (0, "< 10⁻³⁰⁰"),
    ],
)
def test_small_p_are_powers_of_ten(p, text):
    assert numbers.p_value(p) == text


def test_percentages_are_written_as_in_the_paper():
    assert numbers.plus_minus(0.08251, 0.01336) == "8.3 ± 1.3"
    assert numbers.percent_interval(0.0558, 0.1093) == "5.6 to 10.9"
    assert numbers.count(33000) == "33\u202f000"
