"""Everything but the database and the commands works in a notebook that knows no Django."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from analysis.services import results_of_scores
import analysis.data.exports, analysis.sample_size.power
import analysis.calibration.calibrate, analysis.benchmarks
import analysis.plan.reader
results_of_scores(Path("fixtures/published_scores.csv"), Path(sys.argv[1]))
sys.exit("django was imported" if "django" in sys.modules else 0)
"""


LIGHT = """
import sys
import analysis
heavy = {"numpy", "pandas", "scipy", "matplotlib", "statsmodels"} & sys.modules.keys()
sys.exit(", ".join(sorted(heavy)) or 0)
"""


def test_importing_the_package_loads_no_library_of_numbers():
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_public_name_is_there_and_no_other():
    for name, module in analysis.PUBLIC.items():
        assert getattr(analysis, name) is getattr(import_module(module), name)
    assert set(analysis.PUBLIC) <= set(dir(analysis))
    with pytest.raises(AttributeError, match="no attribute 'read_the_scores'"):
        analysis.read_the_scores  # noqa: B018 - asking for it is the test


def test_results_are_built_without_importing_django(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "results")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "results" / "report.html").stat().st_size > 50_000
