"""How long another process has computed, as the system counts: what it costs, whoever else is on the machine.

Operations per second fall when something else runs on the same cores; processor time per operation hardly
does, so that two servers can be compared on a machine that is not idle.
"""

from __future__ import annotations

import os
from pathlib import Path


def process_seconds(pid: int) -> float | None:
    """Return the processor time of a process with all its threads so far; None where the system has no /proc.

    In steps of a clock tick, mostly 10 ms.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The second field is the program's name in brackets, which may hold spaces and brackets of its own;
    # what follows it begins with the third. User and system time are the 14th and the 15th.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
