"""JSON Web Tokens as a policy: whoever holds the key says who somebody is and what they may do.

    policy = JwtPolicy.hs256(secret, audience="notes")
    mount(app, store, authenticate=policy.authenticate, authorize=policy.authorize)

The claims of a token:

    {"sub": "u1", "name": "Ada", "exp": 1764000000, "docs": {"team/*": ["open", "edit", "present"]}}

`sub` and `exp` have to be there; who has no `name` is shown by `sub`. `docs` gives actions to patterns: one
that ends in `*` stands for every document whose name begins with what is before it (`*` alone: all), any
other for the document of just that name. Where several fit, their actions add up; where none does, nothing
is allowed.

The algorithm is the policy's, never the token's: a header that names another is refused (RFC 8725, 3.1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, Self, TypeAlias

import attrs
import jwt
from aiohttp import web

from transport.access import ExpiringIdentity, NotAuthenticated
from transport.actions import ACTIONS, Action
from transport.messages import TOKEN_CHARACTERS, Identity

Algorithm: TypeAlias = Literal["HS256", "RS256"]

SECRET_BYTES: Final = 32
"""At least so many for HS256 (RFC 7518, 3.2): shorter ones are guessed from one token, away from here."""

RSA_BITS: Final = 2048
"""At least so many for RS256 (RFC 7518, 3.3)."""

LEEWAY: Final = 10.0
"""Seconds by which the issuer's clock may be ahead."""

REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (jwt.ExpiredSignatureError, "the token has expired"),
    (jwt.ImmatureSignatureError, "the token is not valid yet"),
    (jwt.InvalidAudienceError, "the token is for another audience"),
    (jwt.InvalidIssuerError, "the token is of another issuer"),
    (
        jwt.MissingRequiredClaimError,
        "the token lacks a claim: sub and exp are needed, and what is configured",
    ),
)
"""What is told of a token whose signature holds; of any other, only that it does not hold."""


@attrs.frozen
class Rule:
    """Actions that a token gives for a pattern of document names."""

    pattern: str
    actions: frozenset[Action]

    def covers(self, doc: str) -> bool:
        """Tell whether the pattern stands for a document."""
        if self.pattern.endswith("*"):
            return doc.startswith(self.pattern[:-1])
        return doc == self.pattern


@attrs.frozen(kw_only=True)
class JwtIdentity(ExpiringIdentity):
    """Whom a token names, and what it gives them."""

    rules: tuple[Rule, ...] = ()


@attrs.frozen
class JwtPolicy:
    """Authenticates by signed tokens, and authorizes by their claims."""

    algorithm: Algorithm
    keys: Mapping[str | None, Any] = attrs.field(repr=False)
    """By the `kid` of a token's header; None: for a token without one."""
    audience: str | None = None
    """What `aud` has to hold. Without it only tokens without `aud` are taken."""
    issuer: str | None = None
    """What `iss` has to be; without it, it may be anything."""
    leeway: float = LEEWAY
    """For `nbf` and `iat`, in seconds: `exp` is exact."""

    @classmethod
    def hs256(
        cls,
        secret: bytes,
        *,
        audience: str | None = None,
        issuer: str | None = None,
        leeway: float = LEEWAY,
    ) -> Self:
        """Take tokens signed with a secret that is shared with the issuer; ValueError if it is weak."""
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"a secret for HS256 has at least {SECRET_BYTES} bytes, not {len(secret)}")
        try:
            key = jwt.get_algorithm_by_name("HS256").prepare_key(secret)
        except jwt.InvalidKeyError:  # signed with what is public, everybody could make tokens
            raise ValueError("this is a public key or a certificate, no secret; it is for RS256") from None
        return cls("HS256", {None: key}, audience, issuer, leeway)

    @classmethod
    def rs256(
        cls,
        public: str,
        *,
        audience: str | None = None,
        issuer: str | None = None,
        leeway: float = LEEWAY,
    ) -> Self:
        """Take tokens signed with a private key whose public one, or several as a JWKS, is given.

        `public` is the text of a PEM file or of a JSON Web Key Set. Raises ValueError where it is neither.
        """
        return cls("RS256", _public_keys(public), audience, issuer, leeway)

    async def authenticate(self, _: web.Request, token: str | None) -> Identity:
        """Return whom a token names; raise NotAuthenticated where it does not hold."""
        if token is None:
            raise NotAuthenticated("this connection needs a token")
        if len(token) > TOKEN_CHARACTERS:
            raise NotAuthenticated(f"a token of over {TOKEN_CHARACTERS} characters")
        return _identity(self._claims(token))

    async def authorize(self, identity: Identity, doc: str, action: Action) -> bool:
        """Tell whether a token gave its identity this action on a document."""
        if not isinstance(identity, JwtIdentity):
            return False
        return any(action in rule.actions and rule.covers(doc) for rule in identity.rules)

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            return jwt.decode(
                token,
                key,
                algorithms=[self.algorithm],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.leeway,
                options={"require": self._required()},
            )
        except NotAuthenticated:
            raise
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            # What is read before the signature is checked was written by anybody, and nested as they like.
            reason = next((text for kind, text in REASONS if isinstance(error, kind)), None)
            raise NotAuthenticated(reason or "the token does not hold") from None

    def _required(self) -> list[str]:
        also = [("aud", self.audience), ("iss", self.issuer)]
        return ["sub", "exp", *(claim for claim, wanted in also if wanted is not None)]

    def _key(self, kid: object) -> Any:
        """Return the key that a token names; one that names none, or where there is but one, gets that."""
        if len(self.keys) == 1:
            return next(iter(self.keys.values()))
        if not isinstance(kid, str) or kid not in self.keys:
            raise NotAuthenticated("the token names no key that is known here")
        return self.keys[kid]


def _identity(claims: Mapping[str, Any]) -> JwtIdentity:
    """Return whom claims name; raise NotAuthenticated where they are not of the form above."""
    subject, name, docs = claims["sub"], claims.get("name", claims["sub"]), claims.get("docs", {})
    if not (isinstance(subject, str) and subject and isinstance(name, str)):
        raise NotAuthenticated("sub and name of a token are strings, and sub is not empty")
    if not isinstance(docs, dict):
        raise NotAuthenticated("docs of a token is an object of patterns")
    rules = tuple(_rule(pattern, actions) for pattern, actions in docs.items())
    return JwtIdentity(id=subject, name=name, expires=float(min(int(claims["exp"]), 2**53)), rules=rules)


def _rule(pattern: str, actions: Any) -> Rule:
    if not isinstance(actions, list) or not all(
        type(action) is str and action in ACTIONS for action in actions
    ):
        raise NotAuthenticated(f"docs of a token gives lists of actions: {', '.join(sorted(ACTIONS))}")
    return Rule(pattern, frozenset(actions))


def _public_keys(text: str) -> dict[str | None, Any]:
    """Return the RSA keys of a PEM file or of a JSON Web Key Set, by key id."""
    algorithm = jwt.get_algorithm_by_name("RS256")
    try:
        if not text.lstrip().startswith("{"):
            return {None: _long_enough(algorithm.prepare_key(text))}
        found = [key for key in json.loads(text)["keys"] if _signs(key)]
        keys = {key.get("kid"): _long_enough(algorithm.from_jwk(key)) for key in found}
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no RSA public key as PEM, and no JSON Web Key Set: {error}") from None
    if not keys or len(keys) < len(found):
        raise ValueError("a JSON Web Key Set for RS256 has RSA keys, each with a `kid` of its own")
    return keys


def _signs(key: Mapping[str, Any]) -> bool:
    """Tell whether a key of a set is one for RS256."""
    wanted = {"kty": "RSA", "use": "sig", "alg": "RS256"}
    return "kty" in key and all(key.get(name, value) == value for name, value in wanted.items())


def _long_enough(key: Any) -> Any:
    if hasattr(key, "private_numbers"):
        raise ValueError("this is the private key; the server needs the public one alone")
    if key.key_size < RSA_BITS:
        raise ValueError(f"an RSA key of {key.key_size} bits; it has at least {RSA_BITS}")
    return key
