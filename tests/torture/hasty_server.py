"""A server that lets go of rooms at once: `python -m tests.torture.hasty_server serve`.

Otherwise that takes a minute after the last has left. So it soon shows what each of many leaves behind.
"""

from __future__ import annotations

import transport.hub
import transport.room
from server import main

if __name__ == "__main__":
    transport.room.IDLE = 0.2  # type: ignore[misc]
    transport.hub.TICK = 0.1  # type: ignore[misc]
    main()
