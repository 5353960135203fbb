"""What the code logs, told to whoever simulates it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import structlog


@contextlib.contextmanager
def listening(logged: Callable[[str, str, MutableMapping[str, Any]], None]) -> Iterator[None]:
    """Have what the code logs told here, and nowhere else."""

    def tell(_: Any, method: str, facts: MutableMapping[str, Any]) -> Any:
        logged("error" if method in ("error", "exception") else method, str(facts.pop("event")), facts)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[tell])
    try:
        yield
    finally:
        structlog.configure(**before)
