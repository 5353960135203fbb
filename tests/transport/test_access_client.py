"""The Python client as somebody: fresh tokens, edits that are refused, documents that are taken away."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from aiohttp import web

from tests.transport.access_policy import Policy, without
from tests.transport.served import Served
from transport import ConnectionStopped, DocumentClosed, Identity, connect
from transport.client_effects import Transmit
from transport.client_state import RENEW_AGAIN, RENEW_BEFORE, ClientState
from transport.messages import Error, Hello, Renew, Renewed, SentLimits, Welcome


def guarded(policy: Policy) -> Served:
    return Served(authenticate=policy.authenticate, authorize=policy.authorize)


class Tokens:
    """A callback that counts how often it is asked."""

    def __init__(self) -> None:
        self.given = 0
        self.faults: list[Exception] = []

    async def __call__(self) -> str:
        if self.faults:
            raise self.faults.pop()
        self.given += 1
        return f"token-ada/{self.given}"


async def test_a_client_gets_a_fresh_token_for_each_connection_and_stays_who_it_is() -> None:
    policy, tokens = Policy(), Tokens()
    policy.let_all("ada")
    async with guarded(policy) as served, connect(served.url, token=tokens) as connection:
        doc = await connection.open("notes", doc_type="text")
        assert (connection.identity, tokens.given) == (Identity("ada", "Ada"), 1)
        client = connection.client
        served.cut()
        doc.submit(["while away"])
        await doc.settled()
        assert (connection.client, tokens.given) == (client, 2)


async def test_a_token_that_ends_is_renewed_before_that_and_nobody_notices() -> None:
    policy, tokens = Policy(lasts=1.5), Tokens()
    policy.let_all("ada")
    async with guarded(policy) as served, connect(served.url, token=tokens) as connection:
        doc = await connection.open("notes", doc_type="text")
        (session,) = [one.session for one in served.hub.connections.values()]
        while tokens.given < 3:
            doc.submit(["x"])
            await doc.settled()
            await asyncio.sleep(0.05)  # it is time itself that passes here
        assert [one.session for one in served.hub.connections.values()] == [session]


async def test_a_token_that_ended_all_the_same_is_followed_by_another_and_nothing_is_lost() -> None:
    policy, tokens = Policy(lasts=0.6), Tokens()
    policy.let_all("ada")
    async with guarded(policy) as served, connect(served.url, token=tokens) as connection:
        doc = await connection.open("notes", doc_type="text")
        tokens.faults = [ValueError("the issuer is away")]
        async with asyncio.timeout(10.0):
            while tokens.given < 2:
                doc.submit(["x"])
                await asyncio.sleep(0.05)  # it is time itself that passes here
            await doc.settled()
        made = doc.snapshot
        assert not doc.handed_back
        stored = await served.hub.store.entries("notes", after=0)
        assert set(made) == {"x"} and stored


async def test_a_token_that_does_not_change_and_does_not_hold_ends_the_client() -> None:
    async with guarded(Policy()) as served, connect(served.url, token="nobody") as connection:
        with pytest.raises(ConnectionStopped, match="unauthorized"):
            await connection.open("notes")


async def test_headers_go_with_the_request_for_the_websocket() -> None:
    async def authenticate(request: web.Request, token: str | None) -> Identity:
        return Identity(request.headers["X-User"], "By header")

    async with (
        Served(authenticate=authenticate) as served,
        connect(served.url, headers={"X-User": "ada"}) as connection,
    ):
        await connection.open("notes", doc_type="text")
        assert connection.identity == Identity("ada", "By header")


async def test_an_edit_of_a_reader_is_handed_back_and_taken_off_the_screen() -> None:
    policy = Policy()
    policy.let_all("ada")
    policy.let("bob", "open", "present")
    async with (
        guarded(policy) as served,
        connect(served.url, token="token-ada") as ours,
        connect(served.url, token="token-bob") as theirs,
    ):
        await ours.open("notes", doc_type="text", create="as it was")
        doc = await theirs.open("notes")
        assert doc.access == "read"
        doc.submit(["mine, "])
        await doc.settled()
        assert doc.snapshot == "as it was"
        assert [(one.code, one.ops) for one in doc.handed_back] == [("forbidden", (["mine, "],))]


async def test_who_may_only_read_from_now_on_is_told_by_the_first_refusal() -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served, connect(served.url, token="token-ada") as connection:
        doc = await connection.open("notes", doc_type="text")
        assert doc.access == "write"
        policy.let("ada", *without("edit"))
        served.hub.revoked()
        doc.submit(["x"])
        await doc.settled()
        assert (doc.access, doc.snapshot) == ("read", "")


async def test_a_document_that_is_taken_away_hands_back_what_was_not_sent_yet() -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served, connect(served.url, token="token-ada") as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.hold()
        doc.submit(["unsent"])
        policy.let("ada")
        served.hub.revoked(identity="ada")
        with pytest.raises(DocumentClosed, match="access-denied"):
            await doc.settled()
        assert [(one.code, one.ops) for one in doc.handed_back] == [("access-denied", (["unsent"],))]


# When, by a clock.


def online(expires: float | None) -> ClientState:

    state = ClientState(random.Random(1), "old")
    assert state.connected(0.0) == [Transmit(Hello("old"))]
    limits = SentLimits(1, 1, 1, 1, 1, 1, 1, 1, 1)
    state.received(Welcome("c", Identity("ada", "Ada"), "r", 20.0, limits, expires), 0.0)
    return state


@pytest.mark.parametrize(
    ("expires", "due"), [(3600.0, 3600.0 - RENEW_BEFORE), (100.0, 50.0), (120.0, 60.0), (1.0, 0.5)]
)
def test_a_renewal_is_due_a_minute_before_the_end_or_after_half(expires: float, due: float) -> None:
    state = online(expires)
    assert not state.renewal_due(due - 0.01)
    assert state.renewal_due(due)
    assert state.renew("new") == [Transmit(Renew("new"))]
    assert not state.renewal_due(due)
    state.received(Renewed(expires), due)
    assert not state.renewal_due(2 * due - 0.01)
    assert state.renewal_due(2 * due)


def test_a_token_that_does_not_end_is_not_renewed() -> None:
    assert not online(None).renewal_due(1e9)


@pytest.mark.parametrize("code", ["bad-token", "unavailable", "rate-limited"])
def test_a_renewal_that_was_not_taken_is_tried_again(code: str) -> None:
    state = online(1000.0)
    state.renew("new")
    refused: Any = Error(code, "no", fatal=False)
    assert state.received(refused, 900.0) == []
    assert not state.renewal_due(900.0)
    assert state.renewal_due(900.0 + RENEW_AGAIN)


def test_no_token_shows_where_a_client_is_printed() -> None:
    assert "old" not in repr(online(None))
