"""Which networks an address is in."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from scim.middleware.addresses import is_among

NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("::ffff:10.1.2.3", True),
        ("fd00::1", True),
        ("fd00::1%eth0", True),
        ("fe80::1", False),
    ],
)
def test_an_address_belongs_to_one_of_them(address: str, *, expected: bool) -> None:
    assert is_among(address, NETWORKS) is expected
    assert not is_among(address, ())
