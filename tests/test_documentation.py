"""Every environment variable is described, and no other."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings

from pv_engine.recipe import SALIENCY
from pv_engine.recipe.reading import SECTIONS
from tests.test_architecture import FILES, ROOMS

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
READERS = {
    "read_text",
    "read_bool",
    "read_int",
    "read_list",
    "read_path",
    "read_url",
    "read_secret",
}


def variables_of(source: str) -> set[str]:
    """The names that a module reads from the environment; a secret may come from a file, too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            reader, arguments = node.func.attr, node.args
            if ast.unparse(node.func) == "os.environ.get" and isinstance(
                arguments[0], ast.Constant
            ):
                names.add(
                    str(arguments[0].value)
                )  # the engine's torch code, which imports no Django
            if reader in READERS and arguments and isinstance(arguments[0], ast.Constant):
                name = str(arguments[0].value)
                names |= {name, f"{name}_FILE"} if reader == "read_secret" else {name}
    return names


def variables_of_the_project() -> set[str]:
    rooms = ("study", "accounts", "pv_engine", "surveys", "analysis")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    return set().union(*(variables_of(file.read_text()) for file in files))


def test_the_reader_of_this_test_finds_names():
    source = "a = env.read_int('PORT', 1)\nb = env.read_secret('KEY')\nc = read('NOT_THIS')"
    assert variables_of(source) == {"PORT", "KEY", "KEY_FILE"}


def test_every_variable_is_described_in_the_configuration_page():
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert (
        set(re.findall(r"^\| `([A-Z0-9_]+)` \|", page, re.MULTILINE)) == variables_of_the_project()
    )


def test_every_variable_is_in_the_example_in_alphabetical_order():
    example = (ROOT / ".env.example").read_text()
    names = re.findall(r"^#?([A-Z0-9_]+)=", example, re.MULTILINE)
    assert names == sorted(variables_of_the_project())


@pytest.mark.parametrize("section", ["data", "classifier", "selection", "rendering"])
def test_every_key_of_a_recipes_section_is_described_with_no_other(section):
    page = (ROOT / "docs" / "recipe.md").read_text()
    table = page.partition(f"## `[{section}]`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    found = fields(SECTIONS[section])  # type: ignore[arg-type] # every table is a dataclass
    assert described == {field.name for field in found}


def test_every_saliency_method_is_described():
    page = (ROOT / "docs" / "reference" / "registries.md").read_text()
    assert all(f"| `{name}` |" in page for name in SALIENCY)


def test_the_version_is_the_newest_of_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == settings.VERSION


def test_every_local_link_of_the_documents_leads_somewhere():
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name} links to {link}"


TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_make_target_that_a_message_or_page_names_exists():
    quoted = re.compile(r"(?:`|\(|: |run )make ([a-z-]+)(?=[`)]| PORT| starts)")
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.*")]
    for file in files:
        if file.suffix in (".py", ".html"):
            assert set(quoted.findall(file.read_text())) <= TARGETS, file


def test_every_make_target_that_the_documents_name_exists():
    for document in DOCUMENTS:
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE))
        assert named <= TARGETS, document.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_path_of_the_project_that_a_document_names_exists(document):
    """Titles are of files that a reader writes; the changelog's paths are of their time."""
    folders = "|".join((*ROOMS, "tests", "docs", "recipes", "protocols", "deploy"))
    text = re.sub(r'title="[^"]*"', "", document.read_text())
    named = set(re.findall(rf"(?<![\w./-])(?:{folders})/[\w./*-]*[\w/*]", text))
    missing = {path for path in named if not any(ROOT.glob(path.rstrip("/")))}
    assert document.name == "CHANGELOG.md" or missing == set()


def test_the_drawing_of_the_house_shows_every_room_in_its_order():
    drawing = (ROOT / "docs" / "images" / "rooms.svg").read_text()
    for app, rooms in ROOMS.items():
        floor = re.search(rf'<g id="{app}">(.*?)</g>', drawing, re.DOTALL)
        if app in ("fixtures", "toml_files"):
            assert floor is None  # stand outside
            continue
        shown = re.findall(r'class="room"[^>]*>(\w+)<', floor[1])
        order = rooms.split()
        assert shown == sorted(shown, key=order.index)
        furniture = {"management", "migrations", "templatetags"}
        folders = {
            name.split(".")[1] for name, file in FILES.items()
            if name.startswith(f"{app}.") and len(file.relative_to(ROOT).parts) > 2
        }  # fmt: skip
        assert folders - furniture <= set(shown), app


def test_the_page_on_the_architecture_is_short():
    assert len((ROOT / "docs" / "architecture.md").read_text().split()) <= 600
