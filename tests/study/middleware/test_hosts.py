"""Console and studies on names of their own."""

import pytest
from django.core.management import call_command

from study.configuration.env import with_host
from surveys.studies.lifecycle.pilots import start_pilot

CONSOLE, STUDY = "console.example.org", "study.example.org"


@pytest.fixture
def apart(settings):
    settings.ALLOWED_HOSTS = [CONSOLE, STUDY]
    settings.CONSOLE_HOST = CONSOLE


def status(client, path, host):
    response = client.get(path, headers={"Host": host})
    b"".join(response)  # an image's file is closed at its end
    return response.status_code


@pytest.mark.parametrize(
    ("path", "on_the_console", "on_the_studies"),
    [
        ("/console/login/", 200, 404),
        ("/console/", 302, 404),
        ("/", 302, 404),
        ("/s/shapes/", 404, 200),
        ("/s/shapes/trial/1/", 404, 403),
        ("/healthz", 200, 200),
    ],
)
def test_each_side_exists_under_its_own_name_only(
    client, survey, apart, path, on_the_console, on_the_studies
):
    assert status(client, path, CONSOLE) == on_the_console
    assert status(client, path, f"{CONSOLE}:8443") == on_the_console
    assert status(client, path, STUDY) == on_the_studies


def test_the_console_sees_the_images_of_the_studies(client, cy, apart):
    images = [path for page in cy.seen for path in page.content.decode().split('"')
              if path.startswith("/stimuli/")]  # fmt: skip
    assert images
    assert status(client, images[0], CONSOLE) == status(client, images[0], STUDY) == 200


@pytest.mark.parametrize("page", ["", "pilots/"])
def test_the_console_shows_a_studys_address_under_the_studies_name(
    researcher, survey, apart, settings, page
):
    settings.SITE_URL = f"https://{STUDY}"
    start_pilot(survey, "rosa")
    shown = researcher.get(f"/console/surveys/{survey.slug}/{page}", headers={"Host": CONSOLE})
    slug = "shapes-pilot-1" if page else "shapes"
    assert f'href="https://{STUDY}/s/{slug}/">https://{STUDY}/s/{slug}/</a>' in (
        shown.content.decode()
    )


def test_commands_print_links_to_the_console_under_its_name(db, settings, capsys):
    settings.CONSOLE_URL = f"https://{CONSOLE}"
    call_command("create_researcher", "ada")
    call_command("password_link", "ada")
    links = [line for line in capsys.readouterr().out.splitlines() if "/password/" in line]
    assert len(links) == 2
    assert all(link.startswith(f"https://{CONSOLE}/console/password/") for link in links)


@pytest.mark.parametrize(
    ("site", "host", "console"),
    [
        ("https://study.example.org", CONSOLE, f"https://{CONSOLE}"),
        ("https://study.example.org:8443", CONSOLE, f"https://{CONSOLE}:8443"),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000"),
    ],
)
def test_the_consoles_address_is_the_sites_under_its_own_name(site, host, console):
    assert with_host(site, host) == console


def test_without_the_setting_both_are_under_every_name(client, survey):
    assert client.get("/console/login/").status_code == 200
    assert client.get("/s/shapes/").status_code == 200


def test_a_name_that_is_not_ours_gets_nothing(client, survey, apart):
    assert status(client, "/s/shapes/", "evil.example.org") == 400
