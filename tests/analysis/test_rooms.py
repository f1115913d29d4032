"""Within the analysis imports point one way: data, statistics, plan, report, and what is above."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each may import from those of the same height and below.
HEIGHTS = {
    "errors": 0, "data": 0, "statistics": 1, "plan": 2, "report": 3, "sample_size": 4,
    "calibration": 4, "notebook": 4, "services": 5, "benchmarks": 5, "management": 6, "apps": 6,
}  # fmt: skip


def name_of(file):
    return file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


def imports():
    """Module -> the modules of the analysis that it imports, wherever in it."""
    files = {
        name_of(file): file
        for file in (ROOT / "analysis").rglob("*.py")
        if file.name != "__init__.py"
    }
    found = {}
    for name, file in files.items():
        nodes = [
            node for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
        ]  # fmt: skip
        whole = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
        found[name] = ({node.module for node in nodes} | whole) & set(files)
    return found


def test_no_import_points_up():
    wrong = [
        (name, other)
        for name, others in imports().items()
        for other in others
        if HEIGHTS[other.split(".")[1]] > HEIGHTS[name.split(".")[1]]
    ]
    assert wrong == []


def test_no_imports_go_in_a_circle():
    order = list(TopologicalSorter(imports()).static_order())
    assert len(order) > 60


def test_sample_size_and_calibration_do_not_know_each_other():
    for name, others in imports().items():
        room = name.split(".")[1]
        if room in ("sample_size", "calibration"):
            other = {"sample_size": "calibration", "calibration": "sample_size"}[room]
            assert not any(each.startswith(f"analysis.{other}.") for each in others), name
