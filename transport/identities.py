"""Who a connection is: client ids, and the secrets that take them up again.

A client id is 128 random bits, made by the server. Its secret is a signature over it with a key that
lives in the store, so it holds on every node and after a restart, and no table of sessions is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import random

import attrs

from transport.messages import Hello, Identity


class BadResume(Exception):
    """A secret that does not belong to the client id it came with."""

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

    def greet(self, hello: Hello, rng: random.Random) -> Credentials:
        """Return who says `hello`; raise BadResume where the secret does not hold.

        A refused identity is an error, never silently replaced: the client has edits under it.
        """
        client = hello.client
        if client is None:
            client = f"{rng.getrandbits(128):032x}"
        elif not hmac.compare_digest(self._secret(client).encode(), (hello.resume or "").encode()):
            raise BadResume
        guest = Identity(id=f"guest-{client[:12]}", name=f"Guest {client[:4]}")
        return Credentials(client, guest, self._secret(client))

    def _secret(self, client: str) -> str:
        return hmac.new(self.key, b"resume " + client.encode(), hashlib.sha256).hexdigest()
