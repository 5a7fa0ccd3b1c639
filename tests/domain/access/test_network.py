from __future__ import annotations

import pytest

from chalicelib.domain.access.network import neighbourhood_of, network_of


@pytest.mark.parametrize(
    ("address", "network", "neighbourhood"),
    [
        ("192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("", "", ""),
        ("nowhere", "nowhere", "nowhere"),
    ],
)
def test_a_caller_is_counted_by_network_and_neighbourhood(address: str, network: str, neighbourhood: str) -> None:
    assert (network_of(address), neighbourhood_of(address)) == (network, neighbourhood)


def test_an_address_of_one_home_more_or_less_is_the_same_network() -> None:
    assert len({network_of(f"2001:db8:1:2::{number:x}") for number in range(500)}) == 1
    assert len({network_of(f"2001:db8:1:{number:x}::1") for number in range(500)}) == 500
    assert len({neighbourhood_of(f"2001:db8:1:{number:x}::1") for number in range(500)}) == 1
