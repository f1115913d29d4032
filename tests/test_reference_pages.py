"""The reference in docs/reference/ is what the code says, and the site names every page."""

import importlib.util
from pathlib import Path

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


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_what_the_code_says_now(name):
    stored = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert stored == PAGES[name], "Run `make docs` and commit docs/reference/."


@pytest.mark.parametrize("name", PAGES)
def test_every_key_has_a_meaning(name):
    rows = [line.split(" | ") for line in PAGES[name].splitlines() if line.startswith("| `")]
    assert rows
    assert [row[0] for row in rows if not row[3].strip(" |")] == []


def test_every_page_is_in_the_sites_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert [page for page in sorted(pages) if f": {page}\n" not in navigation] == []


def test_no_picture_of_the_documents_is_large():
    pictures = list((ROOT / "docs" / "images" / "tutorial").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []
