"""The order of the house, and that every import keeps it."""

import ast
import functools
import graphlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)

# Apps from the ground up, and the rooms of each from the ground up. A room is a folder or a file of
# the app; what stands in it may import what stands in it or below, never what stands above.
ROOMS = {
    "toml_files": "problems positions document editing tables wording reading",
    "accounts": "errors models migrations audit limits sign_in access views urls checks management"
    " apps",
    "study": "orphans static_files create_models celery configuration snapshot probes middleware"
    " monitoring runs server console templatetags backup settings urls wsgi web_server management"
    " apps",
    "pv_engine": "errors registry models migrations runtime recipe data networks training items"
    " exemplars explain stimulus_sets quality pipeline reports builds tasks templatetags console"
    " benchmarks train read_stimuli caption probes management apps",
    "surveys": "errors protocol models migrations randomisation studies participation preview bots"
    " export monitoring recruiting checks jobs tasks templatetags console benchmarks management"
    " apps",
    "analysis": "errors data statistics plan report sample_size calibration notebook benchmarks"
    " services management apps",
    "fixtures": "scenes",
}

# What an app may import of the apps below it.
WIRING = ("study.celery", "study.configuration", "study.console", "study.create_models",
          "study.probes", "study.runs", "study.server", "study.snapshot")  # fmt: skip
DOORS = {
    "study.backup": ("accounts.audit",),
    "study.server": ("accounts.sign_in",),
    "study.runs": ("accounts.audit",),
    "pv_engine": (*WIRING, "toml_files", "accounts.access", "accounts.audit", "accounts.limits"),
    "surveys": (*WIRING, "toml_files", "accounts", "pv_engine.errors", "pv_engine.models"),
    "surveys.studies": ("pv_engine.recipe.conditions", "pv_engine.stimulus_sets"),
    "analysis": (*WIRING, "toml_files"),
    "analysis.data": ("surveys.export", "surveys.models"),
    "analysis.management": ("surveys.models",),
    "fixtures": ("pv_engine.errors", "pv_engine.recipe"),
}

TORCH = {"torch", "torchvision", "timm", "pytorch_grad_cam"}
TORCH_ROOMS = ("registry", "runtime", "recipe", "data", "networks", "exemplars", "explain",
               "training", "items", "quality", "pipeline", "reports", "benchmarks", "train",
               "read_stimuli", "caption")  # fmt: skip


def name_of(file: Path) -> str:
    """The module of a file, or the package of its __init__.py."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(file): file for app in ROOMS for file in sorted((ROOT / app).rglob("*.py"))}


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Each import, in functions too, with `from a import b` as a.b; none that only types need."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imports_of(node)


@functools.cache
def names_in(module: str) -> frozenset[str]:
    return frozenset(imports_of(ast.parse(FILES[module].read_text())))


def module_of(name: str) -> str | None:
    """The file that an imported name stands in: a.b for a.b.c where c is no module of its own."""
    return next((each for each in (name, name.rpartition(".")[0]) if each in FILES), None)


def graph() -> dict[str, set[str]]:
    """Each module with the modules of the house that it imports."""
    found = {module: {module_of(name) for name in names_in(module)} for module in FILES}
    return {
        module: {each for each in imported if each and each != module}
        for module, imported in found.items()
    }


def place_of(module: str) -> tuple[int, int]:
    """How high a module stands: its app, then its room; an app's own __init__.py is on top."""
    app, _, rest = module.partition(".")
    rooms = [*ROOMS[app].split(), ""]
    return list(ROOMS).index(app), rooms.index(rest.partition(".")[0])


def arrows() -> list[tuple[str, str]]:
    return [(module, each) for module, imported in graph().items() for each in sorted(imported)]


def stands_in(module: str, places: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{place}.") for place in places)


def test_every_file_stands_in_a_room_that_is_listed():
    rooms = {f"{app}.{room}" for app, rooms in ROOMS.items() for room in rooms.split()}
    lost = {module for module in FILES if "." in module} - {
        module for module in FILES if stands_in(module, tuple(rooms))
    }
    assert lost == set()


def test_a_file_imports_only_what_stands_in_its_room_or_below():
    up = [f"{module} -> {each}" for module, each in arrows() if place_of(module) < place_of(each)]
    assert up == []


def test_an_app_is_entered_by_its_doors():
    def may_enter(module: str, each: str) -> bool:
        return any(
            stands_in(module, (room,)) and stands_in(each, doors) for room, doors in DOORS.items()
        )

    others = [arrow for arrow in arrows() if len({place_of(module)[0] for module in arrow}) > 1]
    assert [f"{module} -> {each}" for module, each in others if not may_enter(module, each)] == []


def test_no_files_import_each_other_in_a_circle():
    try:
        graphlib.TopologicalSorter(graph()).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" <- ".join(circle.args[1]))


def test_no_file_imports_tasks_but_the_app_that_registers_them():
    importers = [
        f"{module} -> {each}"
        for module, each in arrows()
        if each.endswith(".tasks") and not module.endswith(".apps")
    ]
    assert importers == []


def test_the_torch_code_needs_no_django():
    """Nor anything that it imports."""
    roots = tuple(f"pv_engine.{room}" for room in TORCH_ROOMS)
    waiting = [module for module in FILES if stands_in(module, roots)]
    reached: set[str] = set()
    imported = graph()
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += imported[module]
    wrong = {
        (module, name)
        for module in reached
        for name in names_in(module)
        if name.partition(".")[0] in {"django", "celery", "kombu"}
    }
    assert wrong == set()


def test_no_torch_outside_the_engine():
    wrong = {
        (module, name)
        for module in FILES
        for name in names_in(module)
        if name.partition(".")[0] in TORCH and not module.startswith("pv_engine")
    }
    assert wrong == set()


def test_the_web_process_starts_without_torch_and_what_else_is_slow_to_import():
    slow = {*TORCH, "numpy", "scipy", "pandas", "matplotlib", "redis"}
    program = (
        "import sys\n"
        "import study.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "import pv_engine.tasks\n"
        f"sys.exit(', '.join(sorted({slow!r} & sys.modules.keys())) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_file_is_a_drawer():
    drawers = {"utils", "common", "helpers"}
    assert [module for module in FILES if module.rpartition(".")[2] in drawers] == []
