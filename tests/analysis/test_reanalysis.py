"""The programs in an export compute what results.json has, without this software."""

import csv
import io
import json
import math
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.data.exports import read_export
from analysis.report.results import analyse, results_json
from analysis.statistics.ranks.mann_whitney import mann_whitney

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "surveys" / "export" / "scripts"
THREE = {
    (condition, stratum): chance
    for condition, wrong, right in (("gradcam", 0.2, 0.9), ("none", 0.25, 0.8), ("pv", 0.5, 0.7))
    for stratum, chance in (("model_wrong", wrong), ("model_right", right))
}


@pytest.fixture
def with_programs(export_folder):
    """Writes an export folder with the programs and its results; returns folder and results."""

    def write(**kwargs):
        folder = export_folder(**kwargs)
        for table in ("participants", "trials"):
            file = folder / "data" / f"{table}.csv"
            file.rename(file.with_name(f"study-x_description-{table}_data.csv"))
        (folder / "analysis").mkdir()
        for name in ("reanalyse.py", "reanalyse.R"):
            shutil.copy(SCRIPTS / name, folder / "analysis" / name)
        results = results_json(analyse(read_export(folder)))
        (folder / "results.json").write_text(json.dumps(results))
        return folder, results

    return write


def run(program, *command):
    return subprocess.run(
        [program, *map(str, command)], cwd="/", capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def rscript():
    """The program Rscript, where it is there with lme4; elsewhere the test is skipped."""
    program = shutil.which("Rscript")
    if program is None or run(program, "-e", "library(lme4)").returncode:
        pytest.skip("R with lme4 is not installed")
    return program


def python(folder):
    script = folder / "analysis" / "reanalyse.py"
    # Isolated: this software cannot be imported by chance.
    return run(sys.executable, "-I", script, "--results", folder / "results.json")


def test_the_python_program_agrees_with_the_results(with_programs):
    folder, _ = with_programs(n_participants=24, finished_share=0.8)
    done = python(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "agree with results.json" in done.stdout
    assert "gradcam model_wrong" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("section", "name", "shown"),
    [("accuracy", "mean", "gradcam model_wrong, mean"), ("tests", "p_value", "less, p")],
)
def test_the_python_program_names_a_number_that_differs(with_programs, section, name, shown):
    folder, results = with_programs()
    results[section][0][name] += 1e-8
    (folder / "results.json").write_text(json.dumps(results))
    done = python(folder)
    assert done.returncode == 1
    assert shown in done.stdout


def test_the_python_program_finds_exact_p_without_ties():
    program = runpy.run_path(str(SCRIPTS / "reanalyse.py"))
    a, b = [0.1, 0.3, 0.55, 0.7], [0.2, 0.6, 0.65, 0.9, 0.95]
    for side in ("two-sided", "less", "greater"):
        expected = mann_whitney(np.array(a), np.array(b), side)
        assert program["u_test"](a, b, side) == pytest.approx(
            (expected.statistic, expected.pvalue), rel=1e-12
        )


def sections(text):
    """Title -> rows of the tables that the R program prints."""
    found = {}
    for part in text.split("# ")[1:]:
        title, _, table = part.partition("\n")
        found[title] = list(csv.DictReader(io.StringIO(table.strip())))
    return found


@pytest.mark.parametrize("chances", [None, THREE], ids=["two conditions", "three conditions"])
def test_the_r_program_agrees_with_the_results(rscript, with_programs, chances):
    folder, results = with_programs(n_participants=30, chances=chances, finished_share=0.9)
    done = run(rscript, folder / "analysis" / "reanalyse.R")
    assert done.returncode == 0, done.stderr
    found = sections(done.stdout)
    accuracy = {(row["condition"], row["stratum"]): row for row in found["accuracy"]}
    assert len(accuracy) == len(results["accuracy"])
    for row in results["accuracy"]:
        own = accuracy[row["condition"], row["stratum"]]
        for name in ("mean", "standard_error"):
            assert float(own[name]) == pytest.approx(row[name], rel=1e-9)
    keys = ("stratum", "condition_a", "condition_b", "alternative")
    tests = {tuple(row[name] for name in keys): row for row in found["tests"]}
    assert results["tests"]
    for row in results["tests"]:
        own = tests[tuple(row[name] for name in keys)]
        assert float(own["u_statistic"]) == row["u_statistic"]
        assert float(own["p_value"]) == pytest.approx(row["p_value"], rel=1e-9)
    model = results["mixed_model"]
    fixed = {row["term"]: float(row["estimate"]) for row in found["mixed model, fixed effects"]}
    expected = {row["term"]: row["estimate"] for row in model["fixed"]}
    assert fixed == pytest.approx(expected, abs=1e-5)
    own = {
        (row["effect"], row["stratum_a"], row["stratum_b"]): float(row["variance"])
        for row in found["mixed model, variances"]
    }
    expected = {(row["effect"], row["stratum"], ""): row["variance"] for row in model["variances"]}
    expected |= {
        (row["effect"], row["stratum_a"], row["stratum_b"]): row["covariance"]
        for row in model["correlations"]
    }
    assert own == pytest.approx(
        {
            (effect.replace("participant", "participant_id"), *strata): value
            for (effect, *strata), value in expected.items()
        },
        abs=1e-5,
    )
    [likelihood] = found["mixed model, log-likelihood"]
    assert math.isclose(float(likelihood["log_likelihood"]), model["log_likelihood"], abs_tol=1e-5)


# lme4's inner loop fails at these tolerances, as it does where a variance is 0.
BRITTLE = """
real <- lme4::glmer
brittle <- function(..., control = lme4::glmerControl()) {
  if (control$tolPwrss %s) stop("PIRLS step-halvings failed")
  real(..., control = control)
}
assignInNamespace("glmer", brittle, "lme4")
setwd("%s")
source("analysis/reanalyse.R")
"""


def test_the_r_program_fits_less_tightly_where_lme4_stops(rscript, with_programs):
    folder, results = with_programs(n_participants=30)
    done = run(rscript, "-e", BRITTLE % ("< 1e-11", folder))
    assert done.returncode == 0, done.stderr
    rows = sections(done.stdout)["mixed model, fixed effects"]
    expected = {row["term"]: row["estimate"] for row in results["mixed_model"]["fixed"]}
    assert {row["term"]: float(row["estimate"]) for row in rows} == pytest.approx(
        expected, abs=1e-4
    )


def test_the_r_program_says_that_lme4_fits_no_model(rscript, with_programs):
    folder, _ = with_programs(n_participants=12)
    done = run(rscript, "-e", BRITTLE % ("< 1", folder))
    assert done.returncode == 0, done.stderr
    assert "# mixed model: not fitted, lme4 stopped with: PIRLS" in done.stdout
    assert sections(done.stdout)["accuracy"]
