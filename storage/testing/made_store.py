"""The store that a test is given."""

from __future__ import annotations

import abc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.store import Store


class MadeStore(abc.ABC):
    """A subclass makes the store; each test gets an empty one."""

    pytestmark = pytest.mark.asyncio

    @abc.abstractmethod
    def make(self, directory: Path) -> Store:
        """Return a store that is not started and whose files, if any, lie in `directory`."""

    @pytest_asyncio.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        store = self.make(tmp_path)
        await store.start()
        yield store
        await store.close()
