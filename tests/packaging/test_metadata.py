"""Metadata for other programs agree with Foresee itself."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def read_yaml(name: str):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_citation_has_the_newest_version_with_its_date():
    citation = read_yaml("CITATION.cff")
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.search(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", changelog, re.MULTILINE)
    assert released is not None
    assert (citation["version"], citation["date-released"]) == (
        settings.VERSION, date.fromisoformat(released[2]),
    )  # fmt: skip


def test_the_citation_names_the_paper_that_is_replicated():
    (paper,) = read_yaml("CITATION.cff")["references"]
    assert paper["title"] == "Perception Visualization: Seeing Through the Eyes of a DNN"
    assert [each["family-names"] for each in paper["authors"]] == ["Giulivi", "Carman", "Boracchi"]


def test_the_license_is_the_one_that_the_package_and_the_citation_name():
    assert (
        "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
    )
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert package["license"] == read_yaml("CITATION.cff")["license"] == "Apache-2.0"


def test_the_hooks_run_the_ruff_that_make_check_runs():
    pinned = re.search(r"^ruff==(\S+)$", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    (hooks,) = (
        each for each in read_yaml(".pre-commit-config.yaml")["repos"] if "ruff" in each["repo"]
    )
    assert pinned is not None
    assert hooks["rev"] == f"v{pinned[1]}"


def test_the_workflow_runs_the_projects_own_check_on_the_oldest_python():
    (job,) = read_yaml(".github/workflows/check.yml")["jobs"].values()
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={job['strategy']['matrix']['python'][0]}" == package["requires-python"]
    assert any(step.get("run") == ".ci/run" for step in job["steps"])


@pytest.mark.parametrize("name", [".github/dependabot.yml", "mkdocs.yml"])
def test_a_file_of_settings_can_be_read(name):
    assert read_yaml(name)


def test_the_container_for_development_installs_by_make():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert "make install" in container["postCreateCommand"]


@pytest.mark.parametrize("kind", ["*.md", "*.cff", "*.yml", "*.lock", "Makefile", "manage.py"])
def test_the_source_archive_has_the_files_of_the_checkout(kind):
    named = (ROOT / "MANIFEST.in").read_text().split()
    found = {file.name for file in ROOT.glob(kind)} - {"README.md"}
    assert found - set(named) == {name for name in found if name.startswith(".")}
