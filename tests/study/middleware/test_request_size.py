"""A request that is too large is refused before it is read."""

from io import BytesIO

import pytest
from django.urls import reverse


def test_what_is_larger_than_any_form_is_refused_in_a_sentence(client, db, settings):
    settings.LARGEST_REQUEST_BYTES = 100_000
    response = client.post(reverse("accounts:login"), {"username": "x" * 100_000})
    assert response.status_code == 413
    assert response.content.decode() == ("The request is too large; the limit is 0.1 MB.")


@pytest.mark.parametrize("said", ["", "-1", "twelve", "1e9"])
def test_a_length_that_is_no_number_harms_nothing(client, db, said):
    response = client.get("/healthz", CONTENT_LENGTH=said)
    assert response.status_code == 200


def test_a_form_with_more_fields_than_any_of_ours_is_refused(client, db):
    fields = {f"field-{n}": "x" for n in range(501)}
    assert client.post(reverse("accounts:login"), fields).status_code == 400


def test_an_upload_may_be_larger_where_somebody_signed_in_sends_a_file(
    client, researcher, settings
):
    settings.LARGEST_REQUEST_BYTES = 100_000
    address, sent = reverse("builds:import"), {"archive": BytesIO(bytes(200_000))}
    assert client.post(address, sent).status_code == 413
    page = researcher.post(address, {"archive": BytesIO(bytes(200_000))})
    assert page.status_code == 200
    assert "not a readable ZIP file" in page.content.decode()
    assert researcher.post(address, CONTENT_LENGTH="300000000").status_code == 413
