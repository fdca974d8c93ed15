"""Which networks an address is in."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from scim.config import Network


def is_among(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address belongs to one of the networks; an IPv4 one may come in IPv6 form."""
    read = ip_address(address.partition("%")[0])
    plain = (read.ipv4_mapped or read) if isinstance(read, IPv6Address) else read
    return any(plain in network for network in networks)
