"""The document type `rich-text`: formatted text with embeds, in the format of Quill's Delta."""

from ot.rich_text.embeds import EmbedType
from ot.rich_text.rich_text import RichText

__all__ = ["EmbedType", "RichText"]
