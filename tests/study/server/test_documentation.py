"""The console's documentation comes from a folder, with its own scripts and no others."""

import base64
import hashlib

import pytest
from django.conf import settings

from study.console.navigation import STUDY_GROUPS

pytestmark = pytest.mark.django_db

SCRIPT = "document.title += '!'"


@pytest.fixture
def site(tmp_path, settings):
    settings.DOCS_DIR = tmp_path / "site"
    settings.DOCS_DIR.mkdir()
    page = f"<!doctype html><title>Home</title><script>{SCRIPT}</script>"
    (settings.DOCS_DIR / "index.html").write_text(page)
    (settings.DOCS_DIR / "theme.css").write_text("p {}")
    return settings.DOCS_DIR


def body(response) -> str:
    content = response.streaming_content if response.streaming else [response.content]
    return b"".join(content).decode()


def test_the_address_of_the_documentation_leads_to_its_first_page(client, site):
    response = client.get("/docs/", follow=True)
    assert response.redirect_chain == [("/docs/index.html", 302)]
    assert "<title>Home</title>" in body(response)


def test_a_page_runs_the_scripts_it_was_built_with_and_no_others(client, site):
    response = client.get("/docs/index.html")
    response.close()
    policy = response["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == f"script-src 'self' 'sha256-{digest}'"


def test_its_other_files_are_served(client, site):
    response = client.get("/docs/theme.css")
    assert body(response) == "p {}"
    assert response["Content-Type"] == "text/css"


@pytest.mark.parametrize("path", ["no.html", "../secret.txt", "%2e%2e/secret.txt", "a\0b.html"])
def test_nothing_outside_the_folder_is_served(client, site, path):
    (site.parent / "secret.txt").write_text("classified")
    response = client.get(f"/docs/{path}")
    assert response.status_code in (400, 404)
    assert "classified" not in body(response)


def test_a_server_without_built_documentation_says_how_to_build_it(client, tmp_path, settings):
    settings.DOCS_DIR = tmp_path / "nothing"
    response = client.get("/docs/no_such_page.html")
    assert response.status_code == 404
    assert "<code>make docs</code>" in body(response)


def test_without_built_documentation_its_plain_text_is_shown(client, tmp_path, settings):
    settings.DOCS_DIR, settings.BASE_DIR = tmp_path / "nothing", tmp_path
    (tmp_path / "docs" / "guides").mkdir(parents=True)
    (tmp_path / "docs" / "guides" / "own.md").write_text("# <Own> study\n\nPress “New study”.\n")
    (tmp_path / "secret.md").write_text("classified")
    response = client.get("/docs/guides/own.html")
    assert response.status_code == 200
    assert "# &lt;Own&gt; study\n\nPress “New study”." in body(response)
    for path in ("../secret.html", "%2e%2e/secret.html", "guides/../../secret.html"):
        assert "classified" not in body(client.get(f"/docs/{path}"))


def test_the_help_of_every_page_leads_to_a_page_of_the_documentation():
    folder = settings.BASE_DIR / "docs"
    named = {page.docs for group in STUDY_GROUPS for page in group.pages}
    assert {name for name in named if not (folder / name).with_suffix(".md").is_file()} == set()


@pytest.mark.parametrize("page", ["x" * 300, "a%00b", "x" * 300 + ".html", "%00.html"])
def test_a_name_that_no_file_can_have_is_not_found(client, site, page):
    assert client.get(f"/docs/{page}").status_code in (400, 404)


def test_a_page_by_a_roundabout_address_has_its_own_policy(client, site):
    response = client.get("/docs/nowhere/../index.html")
    assert "<title>Home</title>" in body(response)
    assert "sha256-" in response["Content-Security-Policy"]
