"""The laws of the `json1` type, over a bad network too."""

from __future__ import annotations

from ot.json1 import Json1
from ot.testing import convergence, json1_documents, json1_operations, laws

TestJson1 = laws(Json1(), json1_documents(), json1_operations, examples=150)
TestJson1OverANetwork = convergence(Json1(), json1_documents(), json1_operations, lives=20)
