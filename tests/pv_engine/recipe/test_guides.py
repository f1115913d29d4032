"""The guides "add a decoder profile" and "add a data source", done as they say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GUIDES = ROOT / "docs" / "guides"
BLOCK = re.compile(r'^```(\w+) title="([\w./]+)"\n(.*?)^```$', re.M | re.S)
POINT = re.compile(r'\[project\.entry-points\."([\w.]+)"\]\n(\w+) = "([\w.:]+)"')

# Everything of the guides, in a process where the package is installed.
USES = """
import sys
from pathlib import Path
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.recipe.conditions import introduction
from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.manifest import read_manifest
folder = Path(sys.argv[1])
recipe = parse_recipe((folder / "own.toml").read_text(), "own.toml", folder)
while True:
    done = StimulusBuild(recipe, folder / "work", folder / "out").advance(60.0)
    if done.stimulus_folder:
        break
manifest = read_manifest(done.stimulus_folder)
print(manifest["conditions"], len(manifest["items"]), manifest["classifier"]["identity_error"])
print(introduction("unseen@second", {})[:40])
"""
RECIPE = """
seed = 1
[data]
kind = "greys"
image_size = 32
train = 24
held_out = 24
[classifier]
architecture = "own:8"
task = "single_label"
epochs = 1
batch_size = 8
[decoder]
profile = "tiles"
epochs = 1
batch_size = 8
[selection]
options = 2
model_wrong = 1
model_right = 2
examples = 0
on_shortage = "fewer"
[rendering]
conditions = ["unseen", "pv"]
image_size = 32
"""


def written(folder: Path, guide: str) -> list[tuple[str, str, str]]:
    """Write the modules of a guide; return its entry points: group, name, object."""
    points = []
    for kind, name, text in BLOCK.findall((GUIDES / guide).read_text()):
        if kind == "python":
            file = folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        points += POINT.findall(text) if kind == "toml" else []
    return points


@pytest.fixture
def package(tmp_path):
    """A package of the guides' modules, as it lies in site-packages."""
    guides = ("add_a_decoder_profile.md", "add_a_data_source.md")
    points = [point for guide in guides for point in written(tmp_path, guide)]
    # As a package, its pictures are in it.
    (tmp_path / "own_pictures.py").rename(tmp_path / "own_package" / "pictures.py")
    info = tmp_path / "own_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-package\nVersion: 1.0\n")
    text = "\n".join(f"[{group}]\n{name} = {named}" for group, name, named in points)
    (info / "entry_points.txt").write_text(text)
    (tmp_path / "own.toml").write_text(RECIPE)
    return tmp_path


def test_a_package_written_as_the_guides_say_builds_stimuli(package):
    ran = subprocess.run(
        [sys.executable, "-c", USES, package],
        env={"PYTHONPATH": f"{package}:{ROOT}", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    conditions, said = ran.stdout.splitlines()
    assert conditions.startswith("['unseen', 'pv']")
    assert said == "The explanation is the same image again,"
    assert float(conditions.split()[-1]) <= 1e-5


def test_what_the_guides_declare_imports_no_torch(package):
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pv_engine.recipe.reading as r; from pv_engine.recipe.conditions import "
            "CONDITIONS; assert 'unseen' in CONDITIONS; "
            "sys.exit('torch' in sys.modules or 'django' in sys.modules)",
        ],
        env={"PYTHONPATH": f"{package}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
