import pytest

from pv_engine.models import Stimulus


@pytest.fixture
def file_name(survey):
    return Stimulus.objects.first().file_name


def test_it_sends_an_image_that_browsers_may_keep_for_good(client, file_name):
    response = client.get(f"/stimuli/{file_name}")
    assert b"".join(response)[8:12] == b"WEBP"
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in response


@pytest.mark.parametrize(
    "name",
    [
        "0" * 64 + ".webp",
        "manifest.json",
        "..%2Fdb.sqlite3",
        "%2e%2e%2f%2e%2e%2fsecret_key",
        "A" * 64 + ".webp",
        "0" * 64 + ".webp.png",
        "0" * 64 + ".svg",
        "",
    ],
)
def test_it_sends_nothing_else(client, db, name):
    assert client.get(f"/stimuli/{name}").status_code == 404


def test_an_image_costs_no_query(client, file_name, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(f"/stimuli/{file_name}").close()
