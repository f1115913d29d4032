"""Sensitivity, bias and exact shares agree with R: fixtures/reference/detection.R."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from analysis.statistics.choices.detection import detection, exact_share

R = json.loads((Path(settings.BASE_DIR) / "fixtures/reference/detection.json").read_text())


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("row", R["detections"], ids=lambda row: str(row["counts"]))
def test_sensitivity_and_bias_agree_with_r(row):
    # stats::qnorm
    found = detection(*row["counts"])
    assert found.d_prime == near(row["d_prime"])
    assert found.criterion == near(row["criterion"])


@pytest.mark.parametrize("row", R["shares"], ids=lambda row: str(row["counts"]))
def test_exact_shares_agree_with_r(row):
    # stats::binom.test
    assert exact_share(*row["counts"]) == near((row["share"], row["low"], row["high"]))


def test_what_cannot_be_estimated_is_not_a_number():
    assert np.isnan(detection(0, 0, 1, 5).d_prime)


def test_answering_always_yes_has_bias_and_no_sensitivity():
    found = detection(10, 10, 10, 10)
    assert found.d_prime == near(0)
    assert found.criterion < -1
