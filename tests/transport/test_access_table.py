"""Who may do what, as a table: every role, every message, every state of the document, over real sockets.

The table is written down here from the roles' meaning; nothing in it is computed by what it checks.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.transport.access_policy import Policy
from tests.transport.served import Bare, Served, bare, eventually
from transport import ACTIONS, Action

ROLES: Final[dict[str, frozenset[Action]]] = {
    "owner": ACTIONS,
    "editor": frozenset(("open", "edit", "present")),
    "reader": frozenset(("open", "present")),
    "lurker": frozenset(("open",)),
    "historian": frozenset(("open", "read-history")),
    "maker": frozenset(("open", "create")),
    "blind": ACTIONS - {"open"},
    "stranger": frozenset(),
}

MESSAGES: Final[dict[str, dict[str, Any]]] = {
    "open": {"type": "open", "doc": "notes"},
    "make": {"type": "open", "doc": "notes", "doc_type": "text"},
    "rewind": {"type": "open", "doc": "notes", "rewind": 5},
    "submit": {"type": "submit", "doc": "notes", "revision": 1, "seq": 1, "op": ["x"]},
    "presence": {"type": "presence", "doc": "notes", "revision": 1, "state": {"cursor": 0}},
    "history": {"type": "history", "request": 1, "doc": "notes", "limit": 9, "after": 0},
    "snapshot": {"type": "snapshot", "request": 1, "doc": "notes", "revision": 1},
    "close": {"type": "close", "doc": "notes"},
}

DENIED: Final = "closed access-denied"
NOT_OPEN: Final = "error not-open"

ABSENT: Final[dict[str, dict[str, str]]] = {
    # Nobody has made the document.
    "owner": {"open": "closed no-such-document", "make": "opened write", "rewind": "closed no-such-document"},
    "editor": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "reader": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "lurker": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "historian": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "maker": {"open": "closed no-such-document", "make": "opened read", "rewind": "closed no-such-document"},
    "blind": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "stranger": {"open": DENIED, "make": DENIED, "rewind": DENIED},
}

THERE: Final[dict[str, dict[str, str]]] = {
    # It exists, and has one entry.
    "owner": {"open": "opened write", "make": "opened write", "rewind": "opened write, rewound"},
    "editor": {"open": "opened write", "make": "opened write", "rewind": "opened write"},
    "reader": {"open": "opened read", "make": "opened read", "rewind": "opened read"},
    "lurker": {"open": "opened read", "make": "opened read", "rewind": "opened read"},
    "historian": {"open": "opened read", "make": "opened read", "rewind": "opened read, rewound"},
    "maker": {"open": "opened read", "make": "opened read", "rewind": "opened read"},
    "blind": {"open": DENIED, "make": DENIED, "rewind": DENIED},
    "stranger": {"open": DENIED, "make": DENIED, "rewind": DENIED},
}

REFUSED: Final = "reject forbidden"
NOT_ALLOWED: Final = "error not-allowed"

OPEN: Final[dict[str, dict[str, str]]] = {
    # It exists and was open on this connection when the role began; `taken`: nothing is said, others see it.
    "owner": {"submit": "operations", "presence": "taken", "history": "history", "snapshot": "snapshot"},
    "editor": {"submit": "operations", "presence": "taken", "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
    "reader": {"submit": REFUSED, "presence": "taken", "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
    "lurker": {"submit": REFUSED, "presence": NOT_ALLOWED, "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
    "historian": {"submit": REFUSED, "presence": NOT_ALLOWED, "history": "history", "snapshot": "snapshot"},
    "maker": {"submit": REFUSED, "presence": NOT_ALLOWED, "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
    "blind": {"submit": DENIED, "presence": DENIED, "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
    "stranger": {"submit": DENIED, "presence": DENIED, "history": NOT_ALLOWED, "snapshot": NOT_ALLOWED},
}

CELLS: Final = [
    (role, message, state) for role in ROLES for message in MESSAGES for state in ("absent", "there", "open")
]


def expected(role: str, message: str, state: str) -> str:
    """Return the cell; where the document is not open, what needs it open is answered alike to all."""
    if message == "close":
        return "taken" if state == "open" else NOT_OPEN
    if message in ("open", "make", "rewind"):
        return (ABSENT if state == "absent" else THERE)[role][message]
    return OPEN[role][message] if state == "open" else NOT_OPEN


def told(message: dict[str, Any]) -> str:
    match message["type"]:
        case "opened":
            return f"opened {message['access']}" + (", rewound" if message.get("rewound") else "")
        case "closed" | "error" | "reject":
            return f"{message['type']} {message['code']}"
        case "pong":
            return "taken"
    return str(message["type"])


async def answer(served: Served, person: Bare, message: dict[str, Any]) -> str:
    """Return what is said to a message first, or that it was taken in and nothing said."""
    await person.say(**message)
    if message["type"] in ("presence", "close"):
        await person.say(type="ping")
        heard = await person.hear()
        if heard["type"] != "pong":
            return told(heard)
        await eventually(lambda: not served.hub._gatekeeper._waiting)
        await person.say(type="ping")
    return told(await person.hear())


@pytest.mark.parametrize(("role", "message", "state"), CELLS, ids=lambda part: part)
async def test_a_role_gets_what_the_table_says(role: str, message: str, state: str) -> None:
    policy = Policy()
    policy.let_all("ada", "role")
    async with (
        Served(authenticate=policy.authenticate, authorize=policy.authorize) as served,
        bare(served, greeted=False) as ada,
        bare(served, greeted=False) as person,
    ):
        await ada.hello(token="token-ada")
        await person.hello(token="token-role")
        if state != "absent":
            await ada.open("notes", doc_type="text", create="a secret")
            await ada.submit("notes", 0, 1, ["more of "])
            await ada.hear_until("operations")
        if state == "open":
            await person.open("notes")
        policy.let("role", *ROLES[role])
        served.hub._answers.revoked("role", None)  # not the sweep: what is tested is the message
        assert await answer(served, person, MESSAGES[message]) == expected(role, message, state)
        newest = 0 if state == "absent" else 1
        lands = state == "open" and message == "submit" and "edit" in ROLES[role] and "open" in ROLES[role]
        shown = state == "open" and message == "presence" and {"open", "present"} <= ROLES[role]
        room = served.hub.rooms.get("notes")
        assert (room is not None and bool(room.here.presences)) == shown
        entries = await served.hub.store.entries("notes", after=0)
        assert len(entries) == newest + lands
        made = await served.hub.store.load("notes")
        assert (made is not None) == (
            state != "absent" or (message == "make" and {"open", "create"} <= ROLES[role])
        )
