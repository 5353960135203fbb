"""How long an answer of `authorize` counts, by a clock of the test's: revoked, it is gone in five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from transport import ACTIONS, Action, Identity
from transport.access import AUTHORIZE_SECONDS
from transport.access_answers import FRESH, LONGEST, RENEWED, Answers, Unanswered

ADA, BOB = Identity("ada", "Ada"), Identity("bob", "Bob")
OPEN: frozenset[Action] = frozenset(("open",))


class Asked:
    """An `authorize` that says what it is told to, and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.says: object = True
        self.questions: list[tuple[str, str, Action]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def authorize(self, identity: Identity, doc: str, action: Action) -> bool:
        self.questions.append((identity.id, doc, action))
        answer = self.says
        await asyncio.sleep(0)
        self.meanwhile()
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]  # what an application returns by mistake


def made() -> tuple[Asked, Answers]:
    asked = Asked()
    return asked, Answers(asked.authorize, lambda: asked.now)


async def test_an_answer_counts_for_some_seconds_and_then_is_asked_for() -> None:
    asked, answers = made()
    assert answers.known(ADA, "notes", ["open"]) is None
    assert await answers.ask(ADA, "notes", ["open"]) == OPEN
    asked.now = FRESH
    assert answers.known(ADA, "notes", ["open"]) == OPEN
    asked.now = FRESH + 0.01
    assert answers.known(ADA, "notes", ["open"]) is None


async def test_an_answer_is_for_one_identity_one_document_and_one_action() -> None:
    _, answers = made()
    await answers.ask(ADA, "notes", ["open"])
    assert answers.known(BOB, "notes", ["open"]) is None
    assert answers.known(ADA, "other", ["open"]) is None
    assert answers.known(ADA, "notes", ["edit"]) is None
    assert answers.known(ADA, "notes", ["open", "edit"]) is None
    assert answers.known(Identity("ada", "Ada"), "notes", ["open"]) == OPEN
    assert answers.known(Identity("ada", "Another name"), "notes", ["open"]) is None


def test_it_takes_less_than_five_seconds_until_a_change_has_taken_effect() -> None:
    look = 1.0  # seconds between two looks at those who are there
    assert FRESH < 5
    assert RENEWED + look + AUTHORIZE_SECONDS < 5  # asked again, and answered
    assert LONGEST + look <= 5  # not answered


@pytest.mark.parametrize("says", [None, 0, 1, "yes", [], "", object()])
async def test_what_is_not_true_is_no(says: object) -> None:
    asked, answers = made()
    asked.says = says
    assert await answers.ask(ADA, "notes", ["open"]) == frozenset()


async def test_a_hook_that_fails_says_nothing_and_that_is_kept_as_nothing() -> None:
    asked, answers = made()
    asked.says = ValueError("the database is away")
    with pytest.raises(Unanswered):
        await answers.ask(ADA, "notes", ["open", "edit"])
    assert answers.known(ADA, "notes", ["open"]) is None
    assert answers.standing(ADA, "notes", "open") is None
    assert answers.due(ADA, "notes", "open")


async def test_who_is_there_stays_by_the_last_answer_until_that_is_too_old() -> None:
    asked, answers = made()
    await answers.ask(ADA, "notes", ["open"])
    asked.now, asked.says = LONGEST, ValueError()
    with pytest.raises(Unanswered):
        await answers.ask(ADA, "notes", ["open"])
    assert answers.standing(ADA, "notes", "open") is True
    asked.now = LONGEST + 0.01
    assert answers.standing(ADA, "notes", "open") is None


async def test_an_answer_counts_from_when_it_was_asked_for() -> None:
    asked, answers = made()

    def slow() -> None:
        asked.now = 2.0

    asked.meanwhile = slow
    await answers.ask(ADA, "notes", ["open"])
    asked.now = FRESH + 0.01
    assert answers.known(ADA, "notes", ["open"]) is None


async def test_after_a_revocation_no_message_goes_by_an_earlier_answer() -> None:
    _, answers = made()
    for identity, doc in ((ADA, "notes"), (ADA, "other"), (BOB, "notes")):
        await answers.ask(identity, doc, ["open"])
    answers.revoked("ada", "notes")
    assert answers.known(ADA, "notes", ["open"]) is None
    assert answers.due(ADA, "notes", "open")
    assert answers.known(ADA, "other", ["open"]) == answers.known(BOB, "notes", ["open"]) == OPEN
    answers.revoked("bob", None)
    assert answers.known(BOB, "notes", ["open"]) is None
    answers.revoked(None, "other")
    assert answers.known(ADA, "other", ["open"]) is None


async def test_who_has_renewed_stays_by_what_was_said_before_and_does_nothing_more_by_it() -> None:
    asked, answers = made()
    later = Identity("ada", "Countess")
    await answers.ask(ADA, "notes", ["open"])
    asked.now = LONGEST
    answers.renewed(ADA, later)
    assert answers.standing(later, "notes", "open") is True
    assert answers.known(later, "notes", ["open"]) is None
    assert answers.due(later, "notes", "open")
    assert answers.standing(BOB, "notes", "open") is None
    asked.now = LONGEST + 0.01
    assert answers.standing(later, "notes", "open") is None
    asked.says = False
    assert await answers.ask(later, "notes", ["open"]) == frozenset()
    answers.renewed(ADA, later)
    assert answers.standing(later, "notes", "open") is False


async def test_what_was_being_asked_when_permissions_were_revoked_is_asked_again() -> None:
    asked, answers = made()

    def revoke() -> None:
        asked.meanwhile, asked.says = (lambda: None), False
        answers.revoked("ada", None)

    asked.meanwhile = revoke
    assert await answers.ask(ADA, "notes", ["open"]) == frozenset()
    assert len(asked.questions) == 2


async def test_permissions_that_never_stand_still_are_none() -> None:
    asked, answers = made()
    asked.meanwhile = lambda: answers.revoked("ada", None)
    with pytest.raises(Unanswered):
        await answers.ask(ADA, "notes", ["open"])


async def test_old_answers_leave_memory() -> None:
    asked, answers = made()
    for number in range(100):
        await answers.ask(ADA, f"doc-{number}", ["open"])
    asked.now = LONGEST + 1.0
    answers.forget()
    assert len(answers._kept) == 0


async def test_without_a_hook_everything_is_allowed_and_nothing_kept() -> None:
    answers = Answers(None, lambda: 0.0)
    assert answers.known(ADA, "notes", ["open"]) == await answers.ask(ADA, "notes", ["open"]) == ACTIONS
    answers.revoked(None, None)
    assert answers.everything and not answers._kept
