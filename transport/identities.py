"""Who a connection is: client ids, and the secrets that take them up again.

A client id is 128 random bits, made by the server. Its secret is a signature over it, and over the id of the
identity that it was made for, with a key that lives in the store: it holds on every node and after a
restart, no table of sessions is needed, and nobody takes up a client id as somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
import random

import attrs

from transport.messages import Hello, Identity


class BadResume(Exception):
    """A secret that does not belong to the client id it came with, or was somebody else's."""

    def __str__(self) -> str:
        return "this secret does not belong to this client id; connect without them as a new client"


@attrs.frozen
class Credentials:
    """What `welcome` tells a client of itself."""

    client: str
    identity: Identity
    resume: str


@attrs.frozen
class Identities:
    """Makes client ids and takes them up again."""

    key: bytes = attrs.field(repr=False)

    def greet(self, hello: Hello, rng: random.Random, identity: Identity | None = None) -> Credentials:
        """Return who says `hello`; raise BadResume where the secret does not hold.

        Without an `identity` it is a guest. A refused client id is an error, never silently replaced: the
        client has edits under it.
        """
        client = hello.client
        if client is None:
            client = f"{rng.getrandbits(128):032x}"
        elif not hmac.compare_digest(self._secret(client, identity).encode(), (hello.resume or "").encode()):
            raise BadResume
        guest = Identity(id=f"guest-{client[:12]}", name=f"Guest {client[:4]}")
        return Credentials(client, identity or guest, self._secret(client, identity))

    def _secret(self, client: str, identity: Identity | None) -> str:
        # A client id is hexadecimal, so where it ends and the identity begins is never in doubt.
        whose = b"" if identity is None else b" of " + identity.id.encode(errors="surrogatepass")
        return hmac.new(self.key, b"resume " + client.encode() + whose, hashlib.sha256).hexdigest()
