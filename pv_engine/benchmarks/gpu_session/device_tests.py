"""Runs the tests that need a CUDA device, where pytest is installed."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

from pv_engine.benchmarks.gpu_session.session import Session

PROJECT = Path(__file__).resolve().parents[3]
TESTS = PROJECT / "tests" / "pv_engine" / "training" / "test_on_cuda.py"


def run_tests(session: Session, seconds: float) -> dict[str, Any]:
    """Return what pytest says in its last line."""
    if not TESTS.is_file():
        return {"left_out": "The tests are not part of this installation."}
    if importlib.util.find_spec("pytest") is None:
        return {"left_out": "pytest is not installed."}
    # The project's own settings need Django, which a bare GPU machine lacks.
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null",
        "--rootdir", str(PROJECT), "--confcutdir", str(TESTS.parents[1]), str(TESTS),
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=PROJECT, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"The tests took more than {seconds:.0f} s."}
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode:
        (session.out / "tests.txt").write_text(done.stdout + done.stderr)
    return {"status": done.returncode, "result": lines[-1] if lines else done.stderr[-300:]}
