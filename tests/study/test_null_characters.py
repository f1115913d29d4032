"""A NUL character in an address finds nothing, on every database."""

import pytest
from django.urls import reverse

from tests.factories import make_survey


@pytest.mark.parametrize(
    "address",
    [
        "/console/builds/sets/%00/",
        "/console/builds/sets/abc%00def/quality/",
        "/stimuli/%00.webp",
        "/console/?order=%00",
    ],
)
def test_an_address_with_one_is_not_found(admin_client, address):
    assert admin_client.get(address).status_code == 404


def test_a_panels_id_with_one_lets_nobody_in(client, db, tmp_path):
    survey = make_survey(tmp_path)
    start = reverse("surveys:start", args=[survey.slug])
    assert client.get(f"{start}?PROLIFIC_PID=a%00b").status_code == 404
    assert client.get(f"{start}?PROLIFIC_PID=ab").status_code == 200
