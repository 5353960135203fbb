"""The document type `json0`: JSON in the format of ot-json0, the default type of ShareDB."""

from ot.json0.json0 import Json0
from ot.json0.text0 import Text0

__all__ = ["Json0", "Text0"]
