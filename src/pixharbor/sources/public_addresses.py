"""Which addresses a machine of the public internet may have, whatever they are written as."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Network = IPv4Network | IPv6Network

# What Python's own tables (RFC 6890) let pass in one version or another, and one public address
# that answers secrets to whoever runs in its cloud.
_NOT_PUBLIC_4: Final = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; Oracle's metadata service is among them
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("168.63.129.16/32"),  # Azure's WireServer
)
# All that is handed out of IPv6 (RFC 4291, the IANA registry of 2026), and what is cut out of it.
_UNICAST_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation
)
# IPv6 addresses that lead to an IPv4 address, which stands in their last four bytes.
_LEADS_TO_4: Final = (
    IPv6Network("::ffff:0:0/96"),  # mapped (RFC 4291)
    IPv6Network("::ffff:0:0:0/96"),  # translated (RFC 2765)
    IPv6Network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    IPv6Network("::/96"),  # compatible (RFC 4291), and ::1
)
_IPV4_MASK: Final = (1 << 32) - 1


def read_networks(given: str) -> tuple[Network, ...]:
    """Networks as "10.0.0.0/8, fd00::/8"; one address is a network too. Raises ValueError."""
    return tuple(ip_network(one.strip()) for one in given.split(",") if one.strip())


def may_reach(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether `address`, as a socket has it, is a public one or in one of the `allowed` networks.

    An IPv6 address that leads to an IPv4 one is judged as that.
    """
    written = ip_address(address.partition("%")[0])
    reached = _embedded(written) or written
    if any(one in network for network in allowed for one in (written, reached)):
        return True
    if isinstance(reached, IPv4Address):
        return _is_public_4(reached)
    return reached in _UNICAST_6 and not any(reached in network for network in _NOT_PUBLIC_6)


def _embedded(written: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(written, IPv4Address):
        return None
    if any(written in network for network in _LEADS_TO_4):
        return IPv4Address(int(written) & _IPV4_MASK)
    return written.sixtofour


def _is_public_4(address: IPv4Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _NOT_PUBLIC_4)
    )
