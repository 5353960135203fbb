"""How many connections come from where, so that one machine can't take all that the server can hold."""

from __future__ import annotations

import ipaddress
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import attrs

IPV6_PREFIX: Final = 64
"""Bits that stand for one customer: the rest of an IPv6 address anybody chooses anew for each connection."""


class TooManyFromThere(Exception):
    """An address has all the connections that it may have."""


@attrs.define
class Addresses:
    """The connections that are open, by where they come from."""

    most: int
    _open: Counter[str] = attrs.field(factory=Counter)

    def connected(self, address: str | None) -> AbstractContextManager[None]:
        """Count a connection while it lasts; entering raises TooManyFromThere where it is one too many.

        `None` and what is no address (a Unix socket) are not counted: a proxy stands before them.
        """
        source = _source(address)
        return nullcontext() if source is None else _Counted(self, source)

    def come(self, source: str) -> None:
        """Count one more from there."""
        if self._open[source] >= self.most:
            raise TooManyFromThere
        self._open[source] += 1

    def gone(self, source: str) -> None:
        """Count one less."""
        self._open[source] -= 1
        if not self._open[source]:
            del self._open[source]


@attrs.define
class _Counted:
    """One connection while it lasts. A generator would take seven times as much."""

    addresses: Addresses
    source: str

    def __enter__(self) -> None:
        self.addresses.come(self.source)

    def __exit__(self, *_: object) -> None:
        self.addresses.gone(self.source)


def _source(address: str | None) -> str | None:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False))
