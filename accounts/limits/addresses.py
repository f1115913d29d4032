"""The client's address, for rate limits and sign-in throttling; never stored with participants."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# A client with one address of an IPv6 /64 network usually has all of it.
IPV6_NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str | None:
    """Return the address seen by the outermost of our PROXY_COUNT proxies; None if unknown.

    Anything further left in X-Forwarded-For comes from the client and proves nothing. An IPv6
    address is reduced to its network, so that changing its last 64 bits gives no new attempts.
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
