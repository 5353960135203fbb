"""What every store has to hold, as tests to run on a store of your own.

    from storage.testing import DurableStoreContract

    class TestMyStore(DurableStoreContract):
        def make(self, directory):
            return MyStore(directory / "store")

Needs pytest and pytest-asyncio (`counterpoint[testing]`). For readable failures call
`pytest.register_assert_rewrite("storage.testing")` in your conftest first.
"""

from storage.testing.contract import StoreContract
from storage.testing.durable import DurableStoreContract
from storage.testing.script import Script

__all__ = ["DurableStoreContract", "Script", "StoreContract"]
