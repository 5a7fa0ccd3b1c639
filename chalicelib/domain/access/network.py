"""Networks: what a caller's address says about how many callers there may be behind it, or before it.

One IPv4 address may be a whole town's. One home has 2^64 addresses of IPv6, and whoever rents a /48 has 65,536 such
homes. So callers are counted by network, which is an IPv4 address or an IPv6 /64, and by neighbourhood, which is an
IPv4 /24 or an IPv6 /48.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


def network_of(address: str) -> str:
    """Return the network that an address is counted by; what is no address counts as itself."""
    found = _read(address)
    return address if found is None else _within(found, 32, 64)


def neighbourhood_of(address: str) -> str:
    """Return the wider network, for whoever has many."""
    found = _read(address)
    return address if found is None else _within(found, 24, 48)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _within(address: IPv4Address | IPv6Address, bits_of_4: int, bits_of_6: int) -> str:
    if isinstance(address, IPv4Address):
        return str(IPv4Network((int(address), bits_of_4), strict=False))
    return str(IPv6Network((int(address), bits_of_6), strict=False))
