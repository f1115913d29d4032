"""Console and studies on names of their own."""

import pytest

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
        ("/s/shapes/trial/1/", 404, 302),
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


def test_without_the_setting_both_are_under_every_name(client, survey):
    assert client.get("/console/login/").status_code == 200
    assert client.get("/s/shapes/").status_code == 200


def test_a_name_that_is_not_ours_gets_nothing(client, survey, apart):
    assert status(client, "/s/shapes/", "evil.example.org") == 400
