"""How much memory a process has to itself, as the system counts: what it would give back if it ended.

Pages that it shares with others, as those of the interpreter's own code, are not in it, and neither is what
the system holds for it: buffers of sockets, files that it has read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_PRIVATE: Final = re.compile(r"^Private_(?:Clean|Dirty|Hugetlb): +(\d+) kB$", re.MULTILINE)


def private_bytes(pid: int) -> int | None:
    """Return the memory of a process that is its own; None where the system does not tell (only Linux does).

    In steps of a page, mostly 4 KiB.
    """
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return None
    return 1024 * sum(int(found) for found in _PRIVATE.findall(told))
