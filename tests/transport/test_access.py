"""Permission over real sockets: it ends while somebody is connected, and hooks fail, hang and are lied to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web

from tests.transport.access_policy import Policy, without
from tests.transport.served import Bare, Served, bare, eventually
from transport import Identity, access_answers, authentication
from transport.messages import TOKEN_CHARACTERS

TOKEN: Final = "token-ada/kept-secret-0123456789"


@asynccontextmanager
async def guarded(policy: Policy) -> AsyncIterator[Served]:
    async with Served(authenticate=policy.authenticate, authorize=policy.authorize) as served:
        yield served


@asynccontextmanager
async def came(served: Served, *people: str) -> AsyncIterator[list[Bare]]:
    """Connect people who have said hello, each by name."""
    async with aiohttp.ClientSession() as http:
        made: list[Bare] = []
        for name in people:
            one = Bare(await http.ws_connect(served.url))
            await one.hello(token=f"token-{name}")
            made.append(one)
        yield made


async def both_in(policy: Policy, ada: Bare, bob: Bare) -> None:
    policy.let_all("ada", "bob")
    await ada.open("notes", doc_type="text")
    await bob.open("notes")


# While somebody is connected.


async def test_what_is_revoked_ends_at_once_and_nothing_more_is_heard() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        policy.let("bob")
        served.hub.revoked(identity="bob")
        closed = await bob.hear()
        assert (closed["type"], closed["doc"], closed["code"]) == ("closed", "notes", "access-denied")
        await ada.submit("notes", 0, 1, ["not for bob"])
        await ada.hear_until("operations")
        await bob.say(type="ping", nonce=1)
        assert await bob.hear() == {"type": "pong", "nonce": 1}


async def test_what_is_revoked_without_a_word_ends_by_itself_within_five_seconds() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        policy.let("bob")
        async with asyncio.timeout(5.0):
            assert (await bob.hear())["code"] == "access-denied"
        assert served.hub.rooms["notes"].here.sessions == tuple(
            one for one, member in served.hub._members.items() if member.identity.id == "ada"
        )


async def test_the_next_operation_after_a_revocation_is_refused_and_uses_up_its_seq() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        await bob.submit("notes", 0, 1, ["one"])
        await bob.hear_until("operations")
        policy.let("bob", "open")
        served.hub.revoked(doc="notes")
        for seq in (2, 2, 3):
            await bob.submit("notes", 1, seq, ["two"])
            refused = await bob.hear()
            assert (refused["type"], refused["seq"], refused["code"]) == ("reject", seq, "forbidden")
        policy.let_all("bob")
        served.hub.revoked(doc="notes")
        await bob.submit("notes", 1, 3, ["two"])
        assert (await bob.hear())["code"] == "forbidden"  # decided is decided, however often it comes
        await bob.submit("notes", 1, 4, ["four"])
        assert (await bob.hear())["entries"][0]["seq"] == 4


async def test_a_refused_submission_is_refused_after_a_restart_too() -> None:
    policy = Policy()
    async with guarded(policy) as served:
        async with came(served, "ada", "bob") as (ada, bob):
            await both_in(policy, ada, bob)
            policy.let("bob", "open")
            served.hub.revoked()
            await bob.submit("notes", 0, 1, ["x"])
            assert (await bob.hear())["code"] == "forbidden"
            mine = {"client": bob.welcome["client"], "resume": bob.welcome["resume"]}
        await served.stop()
        await served.start()
        policy.let_all("bob")
        async with bare(served, greeted=False) as again:
            await again.hello(token="token-bob", **mine)
            assert (await again.open("notes"))["seq"] == 1
            await again.submit("notes", 0, 1, ["x"])
            assert (await again.hear())["code"] == "forbidden"


async def test_who_may_only_read_sees_edits_and_presence() -> None:
    policy = Policy()
    policy.let_all("ada")
    policy.let("bob", "open")
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await ada.open("notes", doc_type="text")
        assert (await bob.open("notes"))["access"] == "read"
        await ada.submit("notes", 0, 1, ["seen"])
        assert (await bob.hear())["entries"][0]["op"] == ["seen"]
        await ada.say(type="presence", doc="notes", revision=1, state={"cursor": 4})
        assert (await bob.hear())["identity"] == {"id": "ada", "name": "Ada"}


async def test_who_may_not_be_seen_any_more_is_gone_for_the_others_and_stays() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        await bob.say(type="presence", doc="notes", revision=0, state={"cursor": 0})
        assert (await ada.hear())["state"] == {"cursor": 0}
        policy.let("bob", *without("present"))
        served.hub.revoked(identity="bob")
        assert (await ada.hear())["state"] is None
        await bob.submit("notes", 0, 1, ["x"])
        assert (await bob.hear())["type"] == "operations"


async def test_messages_keep_their_order_while_permission_is_asked_for() -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        policy.answering.clear()
        await ada.say(type="open", doc="notes", doc_type="text")
        await ada.say(type="close", doc="notes")
        await ada.say(type="open", doc="notes", doc_type="text")
        await eventually(lambda: len(policy.asked) >= 4)
        policy.answering.set()
        first, second = await ada.hear(), await ada.hear()
        assert (first["type"], first["code"]) == ("closed", "closed-early")
        assert second["type"] == "opened"
        assert len(served.hub.rooms["notes"].here.members) == 1
        await ada.submit("notes", 0, 1, ["it is open"])
        assert (await ada.hear())["type"] == "operations"


async def test_an_open_that_is_refused_after_it_was_closed_is_answered_too() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        policy.answering.clear()
        await ada.say(type="open", doc="notes", doc_type="text")
        await ada.say(type="close", doc="notes")
        policy.answering.set()
        assert (await ada.hear())["code"] == "access-denied"
        policy.let_all("ada")
        served.hub.revoked(identity="ada")
        assert (await ada.open("notes", doc_type="text"))["type"] == "opened"
        await ada.submit("notes", 0, 1, ["it is open"])
        assert (await ada.hear())["type"] == "operations"


async def test_an_open_that_waits_for_permission_is_answered_once_though_its_session_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        await ada.open("notes", doc_type="text")
        policy.answering.clear()
        monkeypatch.setattr(access_answers, "LONGEST", 0.1)
        served.hub.revoked(identity="ada")
        await ada.say(type="open", doc="notes")
        await eventually(lambda: not served.hub.rooms["notes"].here.members)
        monkeypatch.undo()
        policy.answering.set()
        assert (await ada.hear())["type"] == "opened"
        await ada.submit("notes", 0, 1, ["it is open"])
        assert (await ada.hear())["type"] == "operations"
        assert len(served.hub.rooms["notes"].here.members) == 1


async def test_a_document_that_was_closed_while_permission_was_asked_for_is_not_followed() -> None:
    policy = Policy()
    policy.let_all("ada", "bob")
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await bob.open("notes", doc_type="text")
        policy.answering.clear()
        await ada.say(type="open", doc="notes")
        await ada.say(type="close", doc="notes")
        policy.answering.set()
        assert (await ada.hear())["code"] == "closed-early"
        assert len(served.hub.rooms["notes"].here.members) == 1


async def test_a_connection_that_has_gone_while_permission_was_asked_for_leaves_nothing() -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served:
        async with came(served, "ada") as (ada,):
            policy.answering.clear()
            await ada.say(type="open", doc="notes", doc_type="text")
            await eventually(lambda: policy.asked)
            served.cut()
            await eventually(lambda: not served.hub.connections)
        policy.answering.set()
        await eventually(lambda: not served.hub._gatekeeper._waiting)
        assert not served.hub.rooms


async def test_an_open_document_opens_no_other() -> None:
    """One that may be written, one that may not, and messages that name both."""
    policy = Policy()
    policy.let_all("ada", doc="theirs")
    policy.let_all("bob", doc="ours")
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await ada.open("theirs", doc_type="text", create="a secret")
        await bob.open("ours", doc_type="text")
        hidden = {"doc": "theirs", "document": "theirs", "type": "submit"}
        for said in (
            {"type": "submit", "doc": "theirs", "revision": 0, "seq": 1, "op": ["x"]},
            {"type": "submit", "doc": "ours", "docs": ["theirs"], "revision": 0, "seq": 1, "op": ["x"]},
            {"type": "submit", "doc": ["ours", "theirs"], "revision": 0, "seq": 1, "op": ["x"]},
            {"type": "submit", "doc": "ours", "revision": 0, "seq": 1, "op": [hidden]},
            {"type": "presence", "doc": "theirs", "revision": 0, "state": {"cursor": 0}},
            {"type": "history", "request": 1, "doc": "theirs", "limit": 9, "after": 0},
            {"type": "snapshot", "request": 2, "doc": "theirs", "revision": 0},
            {"type": "open", "doc": "theirs", "epoch": "e", "revision": 0, "tag": "t"},
            {"type": "close", "doc": "theirs"},
        ):
            await bob.say(**said)
            answer = await bob.hear()
            assert answer["type"] in ("error", "reject", "closed"), answer
            assert "secret" not in str(answer)
        opened = await ada.open("theirs")
        assert (opened["revision"], opened["presences"]) == (0, [])


# What cannot be told apart.


async def test_a_document_that_one_may_not_open_and_one_that_is_not_there_answer_alike() -> None:
    policy = Policy()
    policy.let_all("ada")
    policy.let("bob", "open", doc="absent")
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await ada.open("notes", doc_type="text", create="a secret")
        answers = []
        for doc in ("notes", "nowhere", "absent"):
            for more in ({}, {"doc_type": "text"}, {"doc_type": "nonsense"}):
                await bob.say(type="open", doc=doc, **more)
                answer = await bob.hear()
                assert answer.pop("doc") == doc
                answers.append(answer)
        assert answers == [answers[0]] * len(answers)
        assert answers[0]["code"] == "access-denied"


async def test_the_store_is_not_asked_for_what_one_may_not_open() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        await ada.say(type="open", doc="notes", doc_type="text")
        assert (await ada.hear())["type"] == "closed"
        assert not served.hub.rooms


# The past.


async def test_who_may_not_read_history_learns_nothing_of_it_by_catching_up() -> None:
    policy = Policy()
    policy.let_all("ada")
    policy.let("bob", *without("read-history"))
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        start = await ada.open("notes", doc_type="text")
        for revision, op in enumerate((["a secret"], [{"d": 8}], ["public"])):
            await ada.submit("notes", revision, revision + 1, op)
            await ada.hear_until("operations")
        forged = {
            "epoch": start["epoch"],
            "revision": 0,
            "tag": start["tag"],
        }  # who knows the epoch knows the tag
        for inflight in ({}, {"inflight": 1}):
            await bob.say(type="open", doc="notes", **forged, **inflight)
            heard = await bob.hear_until("opened")
            assert "secret" not in str(heard)
            assert [(one["span"], one["op"]) for one in heard[-1]["entries"]] == [(3, ["public"])]
            await bob.say(type="close", doc="notes")
        own = (await bob.open("notes"))["seq"] + 1
        await bob.submit("notes", 3, own, [6, "!"])
        await bob.hear_until("operations")
        await bob.say(type="close", doc="notes")
        await bob.say(type="open", doc="notes", **forged, inflight=own)
        caught_up = (await bob.hear_until("opened"))[-1]
        assert [one["op"] for one in caught_up["entries"]] == [["public"], [6, "!"]]
        assert caught_up["fate"]["landed"] == 4


async def test_history_that_was_asked_for_in_time_is_not_told_to_who_has_lost_the_right_meanwhile() -> None:
    policy = Policy()
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        await ada.open("notes", doc_type="text", create="a secret")
        entries, asked = served.hub.store.entries, asyncio.Event()
        go_on = asyncio.Event()

        async def slow(*args: Any, **more: Any) -> Any:
            asked.set()
            await go_on.wait()
            return await entries(*args, **more)

        served.hub.store.entries = slow  # type: ignore[method-assign]
        await ada.say(type="history", request=1, doc="notes", limit=9, after=0)
        await asked.wait()
        policy.let("ada", "open")
        served.hub.revoked()
        go_on.set()
        assert (await ada.hear())["code"] == "not-allowed"


# Hooks that fail.


async def test_an_authorize_that_raises_is_never_a_yes_and_the_next_try_is_answered() -> None:
    policy = Policy(fault=ValueError("no database"))
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        await ada.say(type="open", doc="notes", doc_type="text")
        closed = await ada.hear()
        assert (closed["type"], closed["code"]) == ("closed", "document-unavailable")
        assert "database" not in closed["message"]
        policy.fault = None
        assert (await ada.open("notes", doc_type="text"))["access"] == "write"


async def test_a_submission_about_which_nobody_can_say_uses_nothing_up() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        served.hub._answers.revoked(None, None)
        policy.fault = ValueError("no database")
        await ada.submit("notes", 0, 1, ["x"])
        error = await ada.hear()
        assert (error["code"], error["seq"], error["retry_after"]) == ("unavailable", 1, 1.0)
        policy.fault = None
        await ada.submit("notes", 0, 1, ["x"])
        assert (await ada.hear())["entries"][0]["seq"] == 1


async def test_an_authorize_that_hangs_ends_by_its_deadline_and_others_do_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(access_answers, "AUTHORIZE_SECONDS", 0.05)
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        policy.answering.clear()
        await bob.say(type="open", doc="another")
        await ada.submit("notes", 0, 1, ["x"])
        assert (await ada.hear())["type"] == "operations"
        heard = await bob.hear_until("closed")
        assert heard[-1]["code"] == "document-unavailable"


async def test_who_is_in_is_sent_away_where_nobody_can_say_for_too_long() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        policy.fault = ValueError("no database")
        async with asyncio.timeout(6.0):
            assert (await bob.hear())["code"] == "document-unavailable"


@pytest.mark.parametrize("made", [None, {"id": "ada"}, "ada", Identity("", "x"), Identity("\ud800", "x")])
async def test_an_authenticate_that_returns_no_identity_lets_nobody_in(made: Any) -> None:
    async def authenticate(_: web.Request, token: str | None) -> Identity:
        return made  # type: ignore[no-any-return]

    async with Served(authenticate=authenticate) as served, bare(served, greeted=False) as person:
        await person.say(type="hello", token="t")
        heard, code = await person.hear_out()
        assert ([one["code"] for one in heard], code) == (["internal-error"], 4103)


async def test_an_authenticate_that_hangs_ends_by_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "AUTHENTICATE_SECONDS", 0.05)

    async def authenticate(_: web.Request, token: str | None) -> Identity:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async with Served(authenticate=authenticate) as served, bare(served, greeted=False) as person:
        await person.say(type="hello", token="t")
        await person.say(type="open", doc="notes", doc_type="text")
        heard, code = await person.hear_out()
        assert ([one["code"] for one in heard], code) == (["internal-error"], 4103)
        assert not served.hub.rooms


# Who somebody is.


async def test_the_server_says_what_others_see_whatever_a_client_says() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada", "bob") as (ada, bob):
        await both_in(policy, ada, bob)
        lie = {"identity": {"id": "ada", "name": "Ada"}, "client": ada.welcome["client"], "cursor": 0}
        await bob.say(type="presence", doc="notes", revision=0, state=lie)
        seen = await ada.hear()
        assert seen["identity"] == {"id": "bob", "name": "Bob"}
        assert seen["client"] == bob.welcome["client"]
        await bob.say(type="presence", doc="notes", revision=0, state={}, client=ada.welcome["client"])
        assert (await bob.hear())["code"] == "bad-message"


async def test_a_hello_without_a_token_that_holds_is_told_so_and_does_not_come_back() -> None:
    async with guarded(Policy()) as served:
        for hello in ({}, {"token": ""}, {"token": "guess"}):
            async with bare(served, greeted=False) as person:
                await person.say(type="hello", **hello)
                heard, code = await person.hear_out()
                assert ([one["code"] for one in heard], code) == (["unauthorized"], 4001)


async def test_a_token_that_is_too_long_never_reaches_the_application() -> None:
    asked: list[str | None] = []

    async def authenticate(_: web.Request, token: str | None) -> Identity:
        asked.append(token)
        return Identity("ada", "Ada")

    async with Served(authenticate=authenticate) as served, bare(served, greeted=False) as person:
        await person.say(type="hello", token="x" * (TOKEN_CHARACTERS + 1))
        assert (await person.hear())["code"] == "bad-message"
        assert asked == []
        await person.hello(token="x" * TOKEN_CHARACTERS)
        assert person.welcome["type"] == "welcome"


async def test_a_client_id_of_somebody_else_is_refused_though_the_secret_is_right() -> None:
    policy = Policy()
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        mine = {"client": ada.welcome["client"], "resume": ada.welcome["resume"]}
        async with bare(served, greeted=False) as bob:
            await bob.say(type="hello", token="token-bob", **mine)
            heard, code = await bob.hear_out()
            assert ([one["code"] for one in heard], code) == (["bad-resume"], 4002)
        await ada.say(type="ping")
        assert (await ada.hear())["type"] == "pong"  # and she was not ended by it


async def test_the_hook_sees_the_request_so_a_cookie_can_say_who_it_is() -> None:
    async def authenticate(request: web.Request, token: str | None) -> Identity:
        return Identity(request.cookies["user"], "By cookie")

    async with (
        Served(authenticate=authenticate) as served,
        aiohttp.ClientSession(headers={"Cookie": "user=ada"}) as http,
        http.ws_connect(served.url) as socket,
    ):
        await socket.send_json({"type": "hello"})
        assert (await socket.receive_json())["identity"] == {"id": "ada", "name": "By cookie"}


# Tokens end.


async def test_a_token_ends_its_session_with_a_code_that_comes_back() -> None:
    policy = Policy(lasts=0.5)
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        assert 0 < ada.welcome["expires"] <= 0.5
        await ada.open("notes", doc_type="text")
        heard, code = await ada.hear_out()
        assert ([one["code"] for one in heard], code) == (["expired"], 4202)


async def test_a_renewed_token_lets_a_session_go_on_as_who_it_was() -> None:
    policy = Policy(lasts=1.0)
    policy.let_all("ada")
    async with guarded(policy) as served, came(served, "ada") as (ada,):
        await ada.open("notes", doc_type="text")
        policy.lasts = 3600.0
        await ada.say(type="renew", token="token-ada")
        assert (await ada.hear())["expires"] > 3000
        session = next(iter(served.hub.connections.values())).session
        assert session.tick(asyncio.get_running_loop().time() + 2.0) == []
        await ada.say(type="renew", token="token-bob")
        assert (await ada.hear())["code"] == "bad-token"
        await ada.submit("notes", 0, 1, ["x"])
        assert (await ada.hear())["type"] == "operations"


async def test_who_renews_is_not_sent_away_while_it_is_asked_what_they_may_do() -> None:
    """Each token ends at another time, so whoever renews is asked about anew, by a slow hook."""
    names, answering, asked = iter(["Ada", "Countess"]), asyncio.Event(), asyncio.Event()
    answering.set()

    async def authenticate(_: web.Request, token: str | None) -> Identity:
        return Identity("ada", next(names))

    async def authorize(*_: object) -> bool:
        asked.set()
        await answering.wait()
        return True

    async with (
        Served(authenticate=authenticate, authorize=authorize) as served,
        bare(served, greeted=False) as ada,
    ):
        await ada.hello(token="ada")
        await ada.open("notes", doc_type="text")
        answering.clear()
        asked.clear()
        await ada.say(type="renew", token="ada")
        assert (await ada.hear())["type"] == "renewed"
        await asked.wait()
        await served.hub._tick()
        answering.set()
        await ada.submit("notes", 0, 1, ["x"])
        assert (await ada.hear())["type"] == "operations"


async def test_who_renews_while_an_open_waits_for_permission_is_let_in() -> None:
    names, asked = iter(["Ada", "Countess"]), asyncio.Event()
    answering = {"Ada": asyncio.Event(), "Countess": asyncio.Event()}

    async def authenticate(_: web.Request, token: str | None) -> Identity:
        return Identity("ada", next(names))

    async def authorize(identity: Identity, *_: object) -> bool:
        asked.set()
        await answering[identity.name].wait()
        return True

    async with (
        Served(authenticate=authenticate, authorize=authorize) as served,
        bare(served, greeted=False) as ada,
    ):
        await ada.hello(token="ada")
        await ada.say(type="open", doc="notes", doc_type="text")
        await asked.wait()
        await ada.say(type="renew", token="ada")
        assert (await ada.hear())["type"] == "renewed"
        answering["Ada"].set()
        await ada.say(type="ping", nonce=1)
        assert await ada.hear() == {"type": "pong", "nonce": 1}
        answering["Countess"].set()
        assert (await ada.hear())["type"] == "opened"


async def test_a_renewed_name_is_what_others_see_from_then_on() -> None:
    names = iter(["Ada", "Countess"])

    async def authenticate(_: web.Request, token: str | None) -> Identity:
        return Identity("ada", next(names)) if token == "ada" else Identity("bob", "Bob")

    async with (
        Served(authenticate=authenticate) as served,
        bare(served, greeted=False) as ada,
        bare(served, greeted=False) as bob,
    ):
        await ada.hello(token="ada")
        await bob.hello(token="bob")
        await ada.open("notes", doc_type="text")
        await bob.open("notes")
        await ada.say(type="renew", token="ada")
        assert (await ada.hear())["type"] == "renewed"
        await ada.say(type="presence", doc="notes", revision=0, state={})
        assert (await bob.hear())["identity"] == {"id": "ada", "name": "Countess"}


# What is written down.


async def test_no_token_comes_into_a_log_or_an_answer(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    faults: list[Exception] = [ValueError(f"cannot read {TOKEN}"), RuntimeError(TOKEN)]
    policy = Policy()
    policy.let_all("ada")
    heard: list[str] = []

    async def authenticate(request: web.Request, token: str | None) -> Identity:
        if faults:
            raise faults.pop()
        return await policy.authenticate(request, token)

    async with Served(authenticate=authenticate, authorize=policy.authorize) as served:
        for extra in ({}, {}, {"client": "c", "resume": "r"}, {"unknown": 1}):
            async with bare(served, greeted=False) as person:
                await person.say(type="hello", token=TOKEN, **extra)
                heard.append(str(await person.hear()))
        async with bare(served, greeted=False) as person:
            await person.ws.send_str(f'{{"type": "hello", "token": "{TOKEN}"')
            heard.append(str(await person.hear()))
        async with bare(served, greeted=False) as person:
            await person.hello(token=TOKEN)
            policy.lasts = -1.0
            await person.say(type="renew", token=TOKEN)
            heard.append(str(await person.hear()))
            await person.ws.send_str(f'{{"type": "renew", "token": ["{TOKEN}"]}}')
            heard.append(str(await person.hear()))
    written = "".join([*heard, caplog.text, *capsys.readouterr()])
    assert "authenticate_failed" in written and "(the token)" in written
    assert "kept-secret" not in written
