"""The names by which the two ends of a WebSocket agree on a codec."""

from __future__ import annotations

from typing import Final

JSON_SUBPROTOCOL: Final = "counterpoint.v1.json"
"""Text frames; also what is spoken where a client offers no subprotocol."""

MSGPACK_SUBPROTOCOL: Final = "counterpoint.v1.msgpack"
"""Binary frames: the same messages as MessagePack maps."""

SUBPROTOCOLS: Final = {"json": JSON_SUBPROTOCOL, "msgpack": MSGPACK_SUBPROTOCOL}
