"""The document type `text`: plain text in the format of ot-text-unicode."""

from ot.text.text import Text

__all__ = ["Text"]
