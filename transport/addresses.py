"""How many connections come from where, so that one machine can't take all that the server can hold."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def connected(self, address: str | None) -> Iterator[None]:
        """Count a connection while it lasts; raise TooManyFromThere where it is one too many.

        `None` and what is no address (a Unix socket) are not counted: a proxy stands before them.
        """
        source = _source(address)
        if source is None:
            yield
            return
        if self._open[source] >= self.most:
            raise TooManyFromThere
        self._open[source] += 1
        try:
            yield
        finally:
            self._open[source] -= 1
            if not self._open[source]:
                del self._open[source]


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
