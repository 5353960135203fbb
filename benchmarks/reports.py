"""What a run of a benchmark has shown: its tables, and the versions and the machine that they are of."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

import attrs

import ot
from benchmarks.tables import Table, table_from_json

PACKAGES: Final = ("aiohttp", "attrs", "cattrs", "msgpack", "orjson", "uvloop")
"""What Counterpoint is fast or slow with."""


@attrs.frozen
class Report:
    """One run. As JSON it is an object of these fields, in which a figure with repetitions is a list."""

    benchmark: str
    taken: str
    """When it began, as ISO 8601, in UTC."""
    seconds: float
    """That it took."""
    python: str
    machine: str
    processor: str
    cores: int
    versions: dict[str, str]
    load: str
    """Who asks what is measured, and how it was checked that they are not what is slow."""
    tables: tuple[Table, ...]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(attrs.asdict(self), indent=1) + "\n")


def reported(
    benchmark: str, began: datetime.datetime, seconds: float, load: str, tables: Sequence[Table]
) -> Report:
    """Return what a benchmark has shown, with what this process runs on."""
    installed = {found.name: found.version for found in distributions()}
    return Report(
        benchmark,
        began.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        seconds,
        f"{platform.python_implementation()} {platform.python_version()}",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
        processor(),
        os.cpu_count() or 1,
        {"counterpoint": ot.__version__} | {name: installed[name] for name in PACKAGES if name in installed},
        load,
        tuple(tables),
    )


def processor() -> str:
    """Return what the system calls its processor; its architecture where it does not say more."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def read_report(path: Path) -> Report:
    """Return the report that a run has written. Raises ValueError for a file that is none."""
    found = json.loads(path.read_text())
    try:
        tables = tuple(map(table_from_json, found.pop("tables")))
        return Report(**found, tables=tables)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not what a benchmark has written: {error!r}") from error
