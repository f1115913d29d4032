import pytest
from django.test import RequestFactory

from accounts.limits.addresses import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "address"),
    [
        (0, None, "198.51.100.7", "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "made-up, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.2", "127.0.0.1", "203.0.113.9"),
        (2, "10.0.0.2", "127.0.0.1", "127.0.0.1"),
        (1, "no address", "127.0.0.1", "127.0.0.1"),
        (1, "", "", None),
        (0, None, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, None, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_is_what_the_outermost_own_proxy_saw(
    settings, proxies, forwarded, remote, address
):
    settings.PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert client_address(request) == address
