"""Agreement with lme4: fixtures/reference/mixed_model.R computed every expected number here."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.statistics.mixed.model import mixed_model

FOLDER = Path(__file__).resolve().parents[4] / "fixtures" / "reference"
R = json.loads((FOLDER / "mixed_model.json").read_text())
CASES = [name for name in R if name != "versions"]


@pytest.fixture(scope="module", params=CASES)
def both(request):
    """One data set fitted here, and by lme4."""
    trials = pd.read_csv(FOLDER / "mixed_samples" / f"{request.param}.csv")
    return mixed_model(trials), R[request.param]


def test_the_log_likelihood_agrees_with_lme4(both):
    # logLik(glmer(..., nAGQ = 1))
    found, expected = both
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-6)
    assert found.converged


def test_the_fixed_effects_agree_with_lme4(both):
    # fixef(...)
    found, expected = both
    estimates = dict(zip(found.fixed["term"], found.fixed["estimate"], strict=True))
    assert estimates == pytest.approx(expected["fixed"], abs=1e-5)


def parameters_of(rows):
    """Variances and covariances of as.data.frame(VarCorr(...)) by effect and strata."""
    return {
        (
            row["grp"].replace("participant_id", "participant"),
            *(
                (row.get(name) or "").replace("(Intercept)", "").removeprefix("stratum")
                for name in ("var1", "var2")
            ),
        ): row["vcov"]
        for row in rows
    }


def test_variances_and_covariances_agree_with_lme4(both):
    # VarCorr(...)
    found, expected = both
    own = {(row.effect, row.stratum, ""): row.variance for row in found.variances.itertuples()}
    own |= {
        (row.effect, row.stratum_a, row.stratum_b): row.covariance
        for row in found.correlations.itertuples()
    }
    assert own == pytest.approx(parameters_of(expected["variances"]), abs=1e-5)


def test_the_standard_errors_agree_with_lme4(both):
    # sqrt(diag(vcov(...))), from second differences of the deviance, which R rounds more
    found, expected = both
    errors = dict(zip(found.fixed["term"], found.fixed["standard_error"], strict=True))
    assert errors == pytest.approx(expected["standard_errors"], rel=2e-4)
