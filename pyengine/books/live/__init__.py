"""打开着的台账 — the ledger in the clerk's own window: Excel and WPS on Windows, LibreOffice anywhere; nothing is saved."""

from .attach import desk_of, open_desk
from .book import LiveBook

__all__ = ["LiveBook", "desk_of", "open_desk"]
