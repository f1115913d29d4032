"""The reference in docs/reference/ is what the code says, and the site names every page."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def load_writer():
    spec = importlib.util.spec_from_file_location(
        "reference_pages", ROOT / "docs" / "reference_pages.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITER = load_writer()
PAGES = WRITER.pages()
SCHEMAS = WRITER.schemas()
FILES = PAGES | SCHEMAS
# The files of each kind that the project has, those that use every key included.
WRITTEN = {
    "recipe": [*ROOT.glob("recipes/*.toml"), *ROOT.glob("tests/pv_engine/recipe/hashes/*.toml")],
    "protocol": [
        ROOT / "fixtures" / "demo_protocol.toml",
        *ROOT.glob("protocols/*.toml"),
        *ROOT.glob("tests/surveys/protocol/hashes/*.toml"),
    ],
    "plan": [],
}
BROKEN = {
    "recipe": ROOT / "tests/pv_engine/recipe/broken",
    "protocol": ROOT / "tests/surveys/protocol/broken",
    "plan": ROOT / "tests/analysis/plan/broken",
}


@pytest.mark.parametrize("name", FILES)
def test_each_page_is_what_the_code_says_now(name):
    stored = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert stored == FILES[name], "Run `make docs` and commit docs/reference/."


@pytest.mark.parametrize("name", PAGES)
def test_every_key_has_a_meaning(name):
    rows = [line.split(" | ") for line in PAGES[name].splitlines() if line.startswith("| `")]
    assert rows
    assert [row[0] for row in rows if not row[3].strip(" |")] == []


def errors_of(kind: str, file: Path) -> list[str]:
    """What an editor marks in the file; it takes a date for a text."""
    table = json.loads(json.dumps(tomllib.loads(file.read_text(encoding="utf-8")), default=str))
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMAS[f"{kind}.schema.json"]))
    return [error.message for error in validator.iter_errors(table)]


@pytest.mark.parametrize("kind", WRITTEN)
def test_an_editor_finds_nothing_wrong_with_what_the_project_reads(kind):
    assert [(file.name, found) for file in WRITTEN[kind] if (found := errors_of(kind, file))] == []


def test_an_editor_finds_nothing_wrong_with_the_plan_of_the_documentation(tmp_path):
    file = tmp_path / "plan.toml"
    page = (ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")
    file.write_text(re.findall(r"```toml\n(origin.*?)```", page, re.DOTALL)[0], encoding="utf-8")
    assert errors_of("plan", file) == []


@pytest.mark.parametrize("kind", BROKEN)
def test_an_editor_marks_every_broken_file(kind):
    files = sorted(BROKEN[kind].glob("*.toml"))
    assert len(files) == 10
    assert [file.name for file in files if not errors_of(kind, file)] == []


def test_every_page_is_in_the_sites_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert [page for page in sorted(pages) if f": {page}\n" not in navigation] == []


def test_no_picture_of_the_documents_is_large():
    pictures = list((ROOT / "docs" / "images" / "tutorial").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []
