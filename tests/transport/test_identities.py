"""A client id is taken up again with the secret that came with it, and with nothing else."""

from __future__ import annotations

import random

import pytest

from transport.identities import BadResume, Credentials, Identities
from transport.messages import Hello

KEY = b"k" * 32


def newcomer(seed: int = 1, key: bytes = KEY) -> Credentials:
    return Identities(key).greet(Hello(), random.Random(seed))


def test_a_newcomer_gets_an_id_of_128_random_bits() -> None:
    ids = {newcomer(seed).client for seed in range(200)}
    assert len(ids) == 200
    assert all(len(client) == 32 and int(client, 16) >= 0 for client in ids)


def test_the_secret_holds_on_every_server_with_the_same_key() -> None:
    given = newcomer()
    again = Identities(KEY).greet(Hello(client=given.client, resume=given.resume), random.Random(9))
    assert again == given


@pytest.mark.parametrize(
    "resume", [None, "", "wrong", newcomer(2).resume, newcomer(1, b"x" * 32).resume, "ü"]
)
def test_any_other_secret_is_refused_and_never_silently_replaced(resume: str | None) -> None:
    with pytest.raises(BadResume, match="connect without them as a new client"):
        Identities(KEY).greet(Hello(client=newcomer().client, resume=resume), random.Random(9))


@pytest.mark.parametrize("client", ["", "somebody", "ü"])
def test_an_id_that_was_never_given_out_is_refused(client: str) -> None:
    with pytest.raises(BadResume):
        Identities(KEY).greet(Hello(client=client, resume=newcomer().resume), random.Random(9))


def test_a_secret_without_an_id_is_a_newcomer() -> None:
    given = newcomer()
    other = Identities(KEY).greet(Hello(resume=given.resume), random.Random(9))
    assert other.client != given.client


def test_neither_key_nor_secret_shows_where_identities_are_printed() -> None:
    assert "kkk" not in repr(Identities(KEY))
