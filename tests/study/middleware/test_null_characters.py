"""A NUL character in an address finds nothing, on every database."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "/console/builds/sets/%00/",
        "/console/builds/sets/abc%00def/quality/",
        "/stimuli/%00.webp",
    ],
)
def test_an_address_with_one_is_not_found(admin_client, address):
    assert admin_client.get(address).status_code == 404
