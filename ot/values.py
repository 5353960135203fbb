"""Values of which every submission makes some: frozen for whoever checks types, made like any other object.

attrs sets the fields of a frozen object by a function call each, so that making one takes three to four times
as long, and a submission on its way through a server makes a dozen. That nobody sets a field later is what
mypy finds out; while it runs nobody does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from attrs import frozen as value
else:
    value = attrs.define(unsafe_hash=True)

__all__ = ["value"]
