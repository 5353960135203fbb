import pytest

pytest.register_assert_rewrite("storage.testing")
