"""Everything but the database and the commands works in a notebook that knows no Django."""

import subprocess
import sys
from pathlib import Path

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
