"""A policy that a test changes while it runs, and people with tokens that are their names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import attrs
from aiohttp import web

from transport import ACTIONS, Action, ExpiringIdentity, Identity, NotAuthenticated


@attrs.define
class Policy:
    """Who may do what, by token and document; what is not listed is not allowed."""

    may: dict[tuple[str, str], frozenset[Action]] = attrs.field(factory=dict)
    lasts: float | None = None
    """Seconds for which a token holds."""
    asked: list[tuple[str, str, Action]] = attrs.field(factory=list)
    answering: asyncio.Event = attrs.field(factory=asyncio.Event)
    """Cleared, `authorize` hangs."""
    fault: Exception | None = None
    """What `authorize` raises."""

    def __attrs_post_init__(self) -> None:
        self.answering.set()

    def let(self, who: str, *actions: Action, doc: str = "notes") -> None:
        self.may[who, doc] = frozenset(actions)

    def let_all(self, *people: str, doc: str = "notes") -> None:
        for who in people:
            self.let(who, *ACTIONS, doc=doc)

    async def authenticate(self, _: web.Request, token: str | None) -> Identity:
        if token is None or not token.startswith("token-"):
            raise NotAuthenticated("who are you?")
        name = token.removeprefix("token-").partition("/")[0]
        expires = None if self.lasts is None else time.time() + self.lasts
        return ExpiringIdentity(name, name.title(), expires=expires)

    async def authorize(self, identity: Identity, doc: str, action: Action) -> bool:
        self.asked.append((identity.id, doc, action))
        await self.answering.wait()
        if self.fault is not None:
            raise self.fault
        return action in self.may.get((identity.id, doc), frozenset())


def without(*actions: Action) -> Iterable[Action]:
    return ACTIONS - set(actions)
