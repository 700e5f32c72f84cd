"""Finding requests by their words: full text, filters, names that were written nearly right. See docs/search.md."""

from balie.tickets.searching.asking import Asked, read
from balie.tickets.searching.finding import MOST_FOUND, Found, Hit, Scope, find

__all__ = ["MOST_FOUND", "Asked", "Found", "Hit", "Scope", "find", "read"]
