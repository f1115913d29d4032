"""From where a sign-in is tried, as far as it can be known; never asked of a participant."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Who has one address of an IPv6 network usually has all of its 2^64.
IPV6_NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own PROXY_COUNT proxies saw; None where there is none.

    Anything further left in X-Forwarded-For was written by the client itself and proves nothing.
    An IPv6 address is told as its network, so that nobody gets new tries by changing its end.
    """
    address = _parse(_forwarded(request)) or _parse(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        network = ip_network((address.packed, IPV6_NETWORK_BITS), strict=False)
        return str(network.network_address)
    return str(address) if address else None


def _forwarded(request: HttpRequest) -> str:
    count: int = settings.PROXY_COUNT
    if not count:
        return ""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return hops[-count].strip() if len(hops) >= count else ""


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
