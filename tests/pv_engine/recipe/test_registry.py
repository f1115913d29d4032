"""What recipes may name comes from one registry a kind, to which installed packages add."""

import importlib
import subprocess
import sys

import pytest

from pv_engine.recipe.phases import EVERY
from pv_engine.recipe.registries.networks import NETWORKS
from pv_engine.recipe.registries.profiles import PROFILES
from pv_engine.recipe.registries.saliency import SALIENCY
from pv_engine.recipe.registries.sources import OWN as OWN_SOURCES
from pv_engine.recipe.registries.sources import SHORT, SOURCES
from pv_engine.registry import SaliencyMethod, imported, registry

MODULE = """
from pv_engine.registry import SaliencyMethod
from pv_engine.registry import DataSource

METHOD = SaliencyMethod("pytorch_grad_cam:HiResCAM", "gradient", "a test", "https://example.org")
GREYS = DataSource("own_declared:open_greys", "greys", "greys", needs_root=False, has_splits=False)
WRONG = 5


class Greys:
    classes = ("dark", "light")

    def names(self, split):
        return [f"{split}-{number}" for number in range(4)]

    def labels(self, name):
        return (self.classes[int(name[-1]) % 2],)

    def load(self, name, size):
        raise NotImplementedError


def open_greys(data, root, seed):
    return Greys()
"""
POINTS = """[foresee.saliency_methods]
mymethod = own_declared:METHOD

[foresee.data_sources]
greys = own_declared:GREYS

[foresee.test_wrong_kind]
other = own_declared:WRONG

[foresee.test_taken]
gradcam = own_declared:METHOD
"""
# A recipe that names both, opened in a process where the package is installed.
USES = """
from pathlib import Path
from pv_engine.recipe.reading import parse_recipe
from pv_engine.data.sources import open_source
text = '[data]\\nkind = "greys"\\n[rendering]\\nsaliency = "mymethod"'
recipe = parse_recipe(text, "own.toml", Path("."))
assert recipe.rendering.saliency == "mymethod"
print(open_source(recipe).names("train"))
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with entry points, as it lies in site-packages."""
    (tmp_path / "own_declared.py").write_text(MODULE)
    info = tmp_path / "own_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("own_declared", None)


def test_a_packages_method_stands_behind_the_projects_own(package):
    found = registry("foresee.saliency_methods", SALIENCY)
    assert list(found) == [*SALIENCY, "mymethod"]
    assert found["mymethod"].reads == "gradient"


@pytest.mark.parametrize(
    ("group", "wrong"),
    [("foresee.test_wrong_kind", "is a int"), ("foresee.test_taken", "is taken")],
)
def test_an_entry_point_that_cannot_be_used_is_named(package, group, wrong):
    with pytest.raises(TypeError, match=rf"{wrong}; it must name a SaliencyMethod"):
        registry(group, SALIENCY)


def test_a_recipe_names_a_packages_source_and_method(package):
    ran = subprocess.run(
        [sys.executable, "-c", USES],
        env={"PYTHONPATH": f"{package}:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "['train-0', 'train-1', 'train-2', 'train-3']\n"


@pytest.mark.parametrize("name", SALIENCY)
def test_every_formula_and_gradient_can_be_imported(name):
    method: SaliencyMethod = SALIENCY[name]
    assert callable(imported(method.formula))
    assert callable(imported(method.gradient))


@pytest.mark.parametrize("source", [*OWN_SOURCES.values(), *SHORT.values()])
def test_every_source_can_be_imported(source):
    assert callable(imported(source.opens))


def test_no_name_of_a_source_means_two_things():
    assert set(SOURCES).isdisjoint(SHORT)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_can_be_imported_and_ends_with_the_decoder(name):
    profile = PROFILES[name]
    assert callable(imported(profile.creates))
    assert all(callable(imported(training)) for _, training in profile.stages)
    phases = [phase for phase, _ in profile.stages]
    assert phases[-1] == "decoder"
    assert set(phases) <= set(EVERY)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_family_can_be_imported(name):
    assert callable(imported(NETWORKS[name].family)().create)
