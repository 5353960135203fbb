"""Asking the application who somebody is: whatever its hook does, the answer is one of three."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from typing import Final, TypeAlias

import attrs

from storage.events import event_log
from transport.access import AUTHENTICATE_SECONDS, NotAuthenticated, WhoIs, remaining
from transport.messages import Identity

log = event_log()


@attrs.frozen
class Known:
    """It is this identity, for so many seconds; None: for good."""

    identity: Identity
    expires: float | None


@attrs.frozen
class NotKnown:
    """The token does not hold, or there is none."""

    reason: str


@attrs.frozen
class NoAnswer:
    """The hook failed, or took too long. It is in the log."""


Answer: TypeAlias = Known | NotKnown | NoAnswer

REASON_CHARACTERS: Final = 200


async def asked_who(ask: WhoIs, token: str | None, wall: Callable[[], float] = time.time) -> Answer:
    """Return who is behind a token; `wall` tells the Unix time, in which tokens end."""
    try:
        async with asyncio.timeout(AUTHENTICATE_SECONDS):
            identity = await ask(token)
        _check(identity)
        return Known(identity, remaining(identity, wall()))
    except NotAuthenticated as error:
        reason = _without(token, str(error))[:REASON_CHARACTERS] or "this connection needs a token"
        log.info("token_refused", reason=reason)
        return NotKnown(reason)
    except TimeoutError:
        log.error("authenticate_timed_out", seconds=AUTHENTICATE_SECONDS)
    except Exception as error:
        failure = "".join(traceback.format_exception(error))
        log.error("authenticate_failed", exception=_without(token, failure))
    return NoAnswer()


def _check(identity: object) -> None:
    """Raise TypeError for what can't be the identity of a session."""
    if not isinstance(identity, Identity):
        raise TypeError(f"authenticate returned a {type(identity).__name__}, not an Identity")
    if not (isinstance(identity.id, str) and identity.id and isinstance(identity.name, str)):
        raise TypeError("an identity has an id and a name, both strings")
    f"{identity.id}{identity.name}".encode()  # UnicodeEncodeError: half a character that nobody could be told
    hash(identity)


def _without(token: str | None, text: str) -> str:
    """Leave the token out of what a hook says: errors like to quote what they are about."""
    return text.replace(token, "(the token)") if token else text
