"""What `authorize` has said, kept for some seconds, so that typing does not wait for it.

An answer counts from when it was asked for. Messages are let through by answers of the last `FRESH`
seconds; of those who follow a document it is asked again after `RENEWED`, and who has no answer younger than
`LONGEST` is sent away: so whatever is revoked ends within five seconds, also where `authorize` hangs.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Collection
from typing import Final

import attrs

from storage.events import event_log
from transport.access import AUTHORIZE_SECONDS, Authorize
from transport.actions import ACTIONS, Action
from transport.messages import Identity

log = event_log()

RENEWED: Final = 1.0
FRESH: Final = 3.0
LONGEST: Final = 4.0

ATTEMPTS: Final = 5
"""Times that an answer is asked for again because permissions were revoked meanwhile."""


class Unanswered(Exception):
    """Nobody can say now what is allowed: `authorize` failed, or took too long. That is never a yes."""


@attrs.define
class _Answer:
    allowed: bool
    asked_at: float
    revoked: bool = False


class Answers:
    """The answers of one `authorize`; without one everything is allowed."""

    def __init__(self, authorize: Authorize | None, now: Callable[[], float]) -> None:
        self._authorize = authorize
        self._now = now
        self._kept: dict[tuple[Identity, str], dict[Action, _Answer]] = {}
        self._revocations = 0

    @property
    def everything(self) -> bool:
        """Whether everything is allowed to everybody, for ever."""
        return self._authorize is None

    def known(self, identity: Identity, doc: str, actions: Collection[Action]) -> frozenset[Action] | None:
        """Return which of `actions` are allowed; None where that has to be asked for."""
        if self._authorize is None:
            return ACTIONS
        kept = self._kept.get((identity, doc))
        if kept is None:
            return None
        oldest = self._now() - FRESH
        allowed: list[Action] = []
        for action in actions:
            answer = kept.get(action)
            if answer is None or answer.revoked or answer.asked_at < oldest:
                return None
            if answer.allowed:
                allowed.append(action)
        return frozenset(allowed)

    async def ask(self, identity: Identity, doc: str, actions: Collection[Action]) -> frozenset[Action]:
        """Return which of `actions` are allowed, asked for anew; raise Unanswered where nobody can say."""
        authorize = self._authorize
        if authorize is None:
            return ACTIONS
        for _ in range(ATTEMPTS):
            asked_at, revocations = self._now(), self._revocations
            said = await asyncio.gather(*(_said(authorize, identity, doc, action) for action in actions))
            if revocations == self._revocations:
                break
        else:
            raise Unanswered
        kept = self._kept.setdefault((identity, doc), {})
        for action, allowed in zip(actions, said, strict=True):
            if allowed is not None:
                kept[action] = _Answer(allowed, asked_at)
        if None in said:
            raise Unanswered
        return frozenset(action for action, allowed in zip(actions, said, strict=True) if allowed)

    def standing(self, identity: Identity, doc: str, action: Action) -> bool | None:
        """Return the last answer, if it is not too old to go by; None: there is none."""
        answer = self._kept.get((identity, doc), {}).get(action)
        if answer is None or self._now() - answer.asked_at > LONGEST:
            return None
        return answer.allowed

    def due(self, identity: Identity, doc: str, action: Action) -> bool:
        """Tell whether an answer by which somebody stays is to be asked for again."""
        answer = self._kept.get((identity, doc), {}).get(action)
        return answer is None or answer.revoked or self._now() - answer.asked_at >= RENEWED

    def renewed(self, before: Identity, after: Identity) -> None:
        """Go by what was said of an identity until it is asked about in its new form.

        Whoever is in a document stays for as long as these answers last; nothing more is let through by them.
        """
        if before != after:
            for (who, doc), kept in list(self._kept.items()):
                if who == before:
                    said = {action: attrs.evolve(answer, revoked=True) for action, answer in kept.items()}
                    self._kept[after, doc] = said | self._kept.get((after, doc), {})

    def revoked(self, identity: str | None, doc: str | None) -> None:
        """Ask again before anything more is allowed to the identity of an id, or on a document.

        What is being asked at this moment may have been answered before, and does not count.
        """
        self._revocations += 1
        for (who, where), kept in self._kept.items():
            if identity in (None, who.id) and doc in (None, where):
                for answer in kept.values():
                    answer.revoked = True

    def forget(self) -> None:
        """Let go of what is too old to be of use."""
        oldest = self._now() - LONGEST
        for key, kept in list(self._kept.items()):
            if all(answer.asked_at < oldest for answer in kept.values()):
                del self._kept[key]


async def _said(authorize: Authorize, identity: Identity, doc: str, action: Action) -> bool | None:
    """Return what `authorize` says; None, and a line in the log, where it says nothing."""
    try:
        async with asyncio.timeout(AUTHORIZE_SECONDS):
            return await authorize(identity, doc, action) is True
    except TimeoutError:
        log.error("authorize_timed_out", doc=doc, identity=identity.id, action=action)
    except Exception as error:
        failure = "".join(traceback.format_exception(error))
        log.error("authorize_failed", doc=doc, identity=identity.id, action=action, exception=failure)
    return None
