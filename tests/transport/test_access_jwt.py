"""Tokens that hold, and what else people send: an attack is refused, whatever it looks like.

The tokens are put together here, byte by byte, not by the library that reads them.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any, Final

import pytest
from aiohttp.test_utils import make_mocked_request
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from transport import JwtIdentity, JwtPolicy, NotAuthenticated
from transport.access import remaining

SECRET: Final = b"a secret of thirty-two bytes, or more"
REQUEST: Final = make_mocked_request("GET", "/sync")
NOW: Final = int(time.time())
CLAIMS: Final[dict[str, Any]] = {"sub": "u1", "name": "Ada", "exp": NOW + 3600}

KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM: Final = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)

HS: Final = JwtPolicy.hs256(SECRET, audience="notes", issuer="https://issuer.example")
PLAIN: Final = JwtPolicy.hs256(SECRET)
RS: Final = JwtPolicy.rs256(PEM)


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(claims: Any, **header: Any) -> str:
    return f"{coded(json.dumps(header).encode())}.{coded(json.dumps(claims).encode())}"


def signed(claims: Any, secret: bytes = SECRET, digest: str = "sha256", **header: Any) -> str:
    content = unsigned(claims, **{"alg": "HS256", "typ": "JWT", **header})
    return f"{content}.{coded(hmac.new(secret, content.encode(), digest).digest())}"


def rsa_signed(claims: Any, key: rsa.RSAPrivateKey = KEY, **header: Any) -> str:
    content = unsigned(claims, **{"alg": "RS256", **header})
    return f"{content}.{coded(key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def but(**changes: Any) -> dict[str, Any]:
    changed = {**CLAIMS, **changes}
    return {claim: value for claim, value in changed.items() if value is not None}


async def who(policy: JwtPolicy, token: str | None) -> JwtIdentity:
    identity = await policy.authenticate(REQUEST, token)
    assert isinstance(identity, JwtIdentity)
    return identity


async def test_a_token_that_holds_names_somebody_until_it_ends() -> None:
    for policy, token in (
        (HS, signed(but(aud="notes", iss="https://issuer.example"))),
        (HS, signed(but(aud=["mail", "notes"], iss="https://issuer.example"))),
        (PLAIN, signed(CLAIMS)),
        (RS, rsa_signed(CLAIMS)),
    ):
        identity = await who(policy, token)
        assert (identity.id, identity.name, identity.expires) == ("u1", "Ada", CLAIMS["exp"])
        assert remaining(identity, NOW) == 3600


async def test_who_has_no_name_is_shown_by_the_subject() -> None:
    assert (await who(PLAIN, signed(but(name=None)))).name == "u1"


ATTACKS: Final[dict[str, tuple[JwtPolicy, str | None]]] = {
    "no token": (PLAIN, None),
    "nothing": (PLAIN, ""),
    "one dot": (PLAIN, "."),
    "two dots": (PLAIN, ".."),
    "no signature": (PLAIN, unsigned(CLAIMS, alg="HS256") + "."),
    "none": (PLAIN, unsigned(CLAIMS, alg="none") + "."),
    "None": (PLAIN, unsigned(CLAIMS, alg="None") + "."),
    "nOnE, signed all the same": (PLAIN, signed(CLAIMS, alg="nOnE")),
    "no algorithm": (PLAIN, unsigned(CLAIMS, typ="JWT") + "."),
    "an algorithm that is no text": (PLAIN, unsigned(CLAIMS, alg=["HS256"]) + "."),
    "none, to RS256": (RS, unsigned(CLAIMS, alg="none") + "."),
    "HS256 with the public key as secret": (RS, signed(CLAIMS, PEM.encode())),
    "the same, said to be RS256": (RS, signed(CLAIMS, PEM.encode(), alg="RS256")),
    "HS384, right, where HS256 is spoken": (PLAIN, signed(CLAIMS, digest="sha384", alg="HS384")),
    "RS256 where HS256 is spoken": (PLAIN, rsa_signed(CLAIMS)),
    "another secret": (PLAIN, signed(CLAIMS, b"another secret of thirty-two bytes")),
    "another key": (RS, rsa_signed(CLAIMS, OTHER)),
    "a key that it brings itself": (
        RS,
        rsa_signed(CLAIMS, OTHER, jwk={"kty": "RSA", "n": coded(b"x" * 256), "e": "AQAB"}),
    ),
    "a key set that it points to": (RS, rsa_signed(CLAIMS, OTHER, jku="http://127.0.0.1:1/keys", kid="a")),
    "claims changed after signing": (
        PLAIN,
        unsigned(but(sub="root"), alg="HS256") + "." + signed(CLAIMS).rpartition(".")[2],
    ),
    "a header that says critical things": (PLAIN, signed(CLAIMS, crit=["exp"], exp=0)),
    "another audience": (HS, signed(but(aud="mail", iss="https://issuer.example"))),
    "no audience where one is asked for": (HS, signed(but(iss="https://issuer.example"))),
    "an audience where none is known": (PLAIN, signed(but(aud="mail"))),
    "another issuer": (HS, signed(but(aud="notes", iss="https://evil.example"))),
    "no issuer where one is asked for": (HS, signed(but(aud="notes"))),
    "not yet valid": (PLAIN, signed(but(nbf=NOW + 600))),
    "made in the future": (PLAIN, signed(but(iat=NOW + 600))),
    "long expired": (PLAIN, signed(but(exp=NOW - 600))),
    "no end": (PLAIN, signed(but(exp=None))),
    "an end that is no number": (PLAIN, signed(but(exp="never"))),
    "an end that is infinite": (PLAIN, signed(but(exp=float("inf")))),
    "an end that is a list": (PLAIN, signed(but(exp=[NOW + 60]))),
    "nobody": (PLAIN, signed(but(sub=None))),
    "an empty subject": (PLAIN, signed(but(sub=""))),
    "a subject that is a number": (PLAIN, signed(but(sub=1))),
    "a name that is an object": (PLAIN, signed(but(name={"first": "Ada"}))),
    "claims that are a list": (PLAIN, signed(["sub", "exp"])),
    "claims nested without end": (PLAIN, "e30." + coded(b"[" * 9_000) + ".x"),
    "a header nested without end": (PLAIN, coded(b'{"alg":' + b"[" * 9_000) + ".e30.x"),
    "signed claims nested without end": (PLAIN, signed(json.loads("[" * 400 + "]" * 400))),
    "garbage": (PLAIN, "\x00\udc80é🙂" * 3),
    "no base64": (PLAIN, "!!.!!.!!"),
    "a huge one that holds": (PLAIN, signed(but(padding="x" * 20_000))),
    "docs that is a list": (PLAIN, signed(but(docs=["open"]))),
    "an action that there is none": (PLAIN, signed(but(docs={"*": ["open", "edti"]}))),
    "an action that is a list": (PLAIN, signed(but(docs={"*": [["open"]]}))),
    "actions that are a text": (PLAIN, signed(but(docs={"*": "open"}))),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused_as_a_token_that_does_not_hold(attack: str) -> None:
    policy, token = ATTACKS[attack]
    with pytest.raises(NotAuthenticated) as refused:
        await policy.authenticate(REQUEST, token)
    assert str(refused.value)
    assert token is None or len(token) < 4 or token not in str(refused.value)


async def test_leeway_is_for_clocks_that_are_ahead_and_adds_nothing_to_the_end() -> None:
    policy = JwtPolicy.hs256(SECRET, leeway=10.0)
    now = time.time()
    assert (await who(policy, signed(but(nbf=now + 5, iat=now + 5)))).id == "u1"
    ended = await who(policy, signed(but(exp=now - 5)))  # the session, which asks `remaining`, refuses it
    left = remaining(ended, now)
    assert left is not None and left < 0


async def test_an_end_beyond_all_numbers_is_a_far_one() -> None:
    identity = await who(PLAIN, signed(but(exp=10**400)))
    assert remaining(identity, NOW) is None


# What it gives.


@pytest.mark.parametrize(
    ("docs", "doc", "allowed"),
    [
        ({"notes": ["open"]}, "notes", True),
        ({"notes": ["open"]}, "notes2", False),
        ({"notes": ["open"]}, "Notes", False),
        ({"notes": ["edit"]}, "notes", False),
        ({"team/*": ["open"]}, "team/a", True),
        ({"team/*": ["open"]}, "team/a/b", True),
        ({"team/*": ["open"]}, "team/", True),
        ({"team/*": ["open"]}, "team", False),
        ({"team/*": ["open"]}, "teams/a", False),
        ({"team*": ["open"]}, "teams/a", True),
        ({"*": ["open"]}, "anything/at all", True),
        ({"*/a": ["open"]}, "team/a", False),
        ({"*/a": ["open"]}, "*/a", True),
        ({"t?am": ["open"]}, "team", False),
        ({"[a-z]*": ["open"]}, "team", False),
        ({"": ["open"]}, "notes", False),
        ({"notes": ["edit"], "n*": ["open"]}, "notes", True),
        ({"notes": [], "*": ["open"]}, "notes", True),
        ({}, "notes", False),
        (None, "notes", False),
    ],
)
async def test_a_pattern_is_a_name_or_the_beginning_of_names(
    docs: dict[str, list[str]] | None, doc: str, allowed: bool
) -> None:
    identity = await who(PLAIN, signed(but(docs=docs)))
    assert await PLAIN.authorize(identity, doc, "open") == allowed


async def test_tokens_that_give_the_same_are_equal_and_may_share_answers() -> None:
    some, others = signed(but(docs={"a": ["open"]})), signed(but(docs={"b": ["open"]}))
    assert await who(PLAIN, some) == await who(PLAIN, some) != await who(PLAIN, others)
    assert len({await who(PLAIN, token) for token in (some, some, others)}) == 2


# Keys.


def jwk(key: rsa.RSAPrivateKey, **more: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {"kty": "RSA", "n": coded(numbers.n.to_bytes(size, "big")), "e": coded(b"\x01\x00\x01"), **more}


async def test_a_key_set_has_a_key_for_each_id() -> None:
    keys = {"keys": [jwk(KEY, kid="new", use="sig"), jwk(OTHER, kid="old", alg="RS256"), {"kty": "EC"}]}
    policy = JwtPolicy.rs256(json.dumps(keys))
    assert (await who(policy, rsa_signed(CLAIMS, KEY, kid="new"))).id == "u1"
    assert (await who(policy, rsa_signed(CLAIMS, OTHER, kid="old"))).id == "u1"
    for token in (
        rsa_signed(CLAIMS, KEY, kid="old"),
        rsa_signed(CLAIMS, KEY, kid="gone"),
        rsa_signed(CLAIMS, KEY),
        rsa_signed(CLAIMS, KEY, kid=["new"]),
        signed(CLAIMS, json.dumps(keys).encode(), kid="new"),
    ):
        with pytest.raises(NotAuthenticated):
            await policy.authenticate(REQUEST, token)


def private_pem() -> str:
    return KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize(
    ("public", "says"),
    [
        ("", "no RSA public key as PEM"),
        ("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----", "no RSA public key as PEM"),
        ("{}", "no JSON Web Key Set"),
        ('{"keys": []}', "has RSA keys"),
        ('{"keys": [{"kty": "oct", "k": "AAAA"}]}', "has RSA keys"),
        (json.dumps({"keys": [jwk(KEY, kid="a"), jwk(OTHER, kid="a")]}), "a `kid` of its own"),
        (json.dumps({"keys": [jwk(KEY), jwk(OTHER)]}), "a `kid` of its own"),
        (private_pem(), "this is the private key"),
        (json.dumps({"keys": [{"kty": "RSA", "n": coded(b"\xff" * 128), "e": "AQAB"}]}), "1024 bits"),
    ],
)
def test_what_are_no_public_keys_is_refused_at_the_start(public: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        JwtPolicy.rs256(public)


@pytest.mark.parametrize(
    ("secret", "says"), [(b"", "at least 32 bytes"), (b"short", "at least 32"), (PEM.encode(), "public key")]
)
def test_a_secret_that_is_none_is_refused_at_the_start(secret: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        JwtPolicy.hs256(secret)


def test_no_key_shows_where_a_policy_is_printed() -> None:
    assert "secret" not in repr(PLAIN) and "RSA" not in repr(RS)
