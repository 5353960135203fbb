"""Which of Autobahn's cases are run with which limits, and how each has to end.

1 to 7, 10    framing, pings, reserved bits, opcodes, fragments, UTF-8, closes: with the limits as they are
9             messages of up to 16 MiB, and a thousand of 64 KiB: with limits that let them through
12, 13        compression, which this server never agrees to: each has to find out, and close in peace
"""

from __future__ import annotations

from typing import Final

import attrs

from transport import Limits

KIB: Final = 1024
MIB: Final = 1024 * KIB

PASSED: Final = ("OK", "NON-STRICT", "INFORMATIONAL")
"""Verdicts of a peer that keeps to RFC 6455; NON-STRICT: it notices bad UTF-8 at the end of the message."""


@attrs.frozen
class Round:
    """Cases that are run together."""

    name: str
    cases: tuple[str, ...]
    count: int
    """How many cases these globs stand for: a case that silently is not there proves nothing."""
    limits: Limits = attrs.field(factory=Limits)
    verdicts: tuple[str, ...] = PASSED


ROUNDS: Final = (
    Round(
        "framing",
        ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"),
        247,
    ),
    Round(
        "large messages",
        ("9.*",),
        54,
        limits=Limits(
            message_bytes=32 * MIB,
            received_bytes_per_second=1024 * MIB,
            outbox_lagging_bytes=64 * MIB,
            outbox_closed_bytes=64 * MIB,
            hello_seconds=600.0,  # Autobahn never says hello, and some of these take seconds
        ),
    ),
    Round("compression", ("12.*", "13.*"), 216, verdicts=("UNIMPLEMENTED",)),
)
