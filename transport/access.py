"""Who may do what: the hooks by which an application says so.

    async def authenticate(request, token): ...        # who is this? an Identity, or raise NotAuthenticated
    async def authorize(identity, doc, action): ...    # True if this identity may do that to this document

    mount(app, store, authenticate=authenticate, authorize=authorize)

Without `authenticate` everybody is a guest of their own; without `authorize` whoever gets in may do
everything. What `authenticate` returns is what `authorize` gets: a subclass of Identity carries whatever
the application needs to decide. Identities that are equal share answers, so they have to be hashable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import attrs
from aiohttp import web

from transport.actions import Action
from transport.messages import Identity

Authenticate: TypeAlias = Callable[[web.Request, str | None], Awaitable[Identity]]
"""Says who is behind a request that asks for a WebSocket, and a token; asked again for every `renew`."""

WhoIs: TypeAlias = Callable[[str | None], Awaitable[Identity]]
"""The same for one connection, whose request is known."""

Authorize: TypeAlias = Callable[[Identity, str, Action], Awaitable[bool]]
"""Says whether an identity may do something to the document of a name; what is not `True` is no."""

AUTHENTICATE_SECONDS: Final = 5.0
"""How long `authenticate` may take: half of what a client has for its `hello`."""

AUTHORIZE_SECONDS: Final = 2.0
"""How long one answer of `authorize` may take. With how old answers get, it bounds how long somebody whom
nobody can say anything about goes on seeing a document."""


FOR_GOOD: Final = 1e9
"""Seconds after which an end is none: thirty years."""


class NotAuthenticated(Exception):
    """There is no token, or it does not hold.

    Its text goes to the peer and into the log: never a token, or anything that helps to forge one.
    """


@attrs.frozen(kw_only=True)
class ExpiringIdentity(Identity):
    """An identity that ends: the session ends with it, unless its client renews it before."""

    expires: float | None = None
    """When, in seconds of Unix time; None: never."""


def remaining(identity: Identity, wall: float) -> float | None:
    """Return the seconds until an identity ends, at `wall` in Unix time; None if it does not."""
    if not isinstance(identity, ExpiringIdentity) or identity.expires is None:
        return None
    left = identity.expires - wall
    return left if left < FOR_GOOD else None
