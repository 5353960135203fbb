"""The document type `json1`: JSON trees with moves, in the format of ot-json1, and what makes its operations.

from ot import json1

json1.insert(["todo", 0], {"title": "Buy milk"})      # ["todo", 0, {"i": {"title": "Buy milk"}}]
"""

from ot.json1.builders import add, edit, edit_text, insert, move, remove, replace
from ot.json1.conflicts import Conflict
from ot.json1.json1 import Json1
from ot.json_values import MOST_DEPTH

__all__ = [
    "MOST_DEPTH",
    "Conflict",
    "Json1",
    "add",
    "edit",
    "edit_text",
    "insert",
    "move",
    "remove",
    "replace",
]
