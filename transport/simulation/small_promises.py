"""What has to hold between what people of a small world hold, were told and have typed, and the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ot import state_hash
from transport.simulation.small_client import Peer
from transport.simulation.small_parts import Stored
from transport.simulation.virtual_store import Violation


def require_durable(peer: Peer, stored: Stored) -> None:
    """Raise Violation where a person was told something, or holds something, that is not on the disk."""
    entries = stored.disk.entries
    for seq, revision in peer.promised.items():
        there = entries[revision - 1] if revision <= len(entries) else None
        if there is None or (there.client, there.seq) != (peer.name, seq):
            raise Violation(f"submission {seq} of {peer.name} was acknowledged at {revision}: {there!r}")
    document = peer.document
    if document is None:
        return
    if document.revision >= len(stored.states):
        raise Violation(f"{peer.name} has seen {document.revision}, which is not on the disk")
    there_then = stored.states[document.revision]
    if state_hash(document.base) != state_hash(there_then):
        raise Violation(f"{peer.name} holds {document.base!r}, not {there_then!r}")


def require_letters(people: Sequence[Peer], text: str) -> None:
    """Raise Violation where a letter is in the text twice, or is missing and nobody has taken it away."""
    counted = Counter(text)
    excused = frozenset[str]().union(*(peer.excused for peer in people))
    for letter in "".join(peer.typed for peer in people):
        if counted[letter] > 1 or (not counted[letter] and letter not in excused):
            raise Violation(f"{letter!r} is in {text!r} {counted[letter]} times")
