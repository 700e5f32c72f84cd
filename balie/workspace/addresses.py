"""The address of a list, from what a page or a form says of it; whatever else stands in there is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from balie.workspace.filters import Filters, Order


def query_of(asked: Mapping[str, Any], **changed: str) -> str:
    """What an address says of a list, in one order and with nothing else in it."""
    return varied(kept_of(asked), **changed)


def varied(kept: Mapping[str, str], **changed: str) -> str:
    """The same from what was read of it before: a page leads to a dozen variations of its own list."""
    return urlencode({name: value for name, value in {**kept, **changed}.items() if value})


def kept_of(asked: Mapping[str, Any]) -> dict[str, str]:
    """What an address says of a list, by name and in one order."""
    filters = Filters.read(asked).written()
    order = asked.get("order", "")
    kept = {name: str(value) for name, value in filters.items()}
    if order in set(Order) and (order != Order.WORD or asked.get("saved")):
        kept["order"] = str(order)
    for name in ("saved", "until"):
        if asked.get(name):
            kept[name] = str(asked[name])
    return kept


def list_address(query: str) -> str:
    """The page of a list whose query came back with a form."""
    kept = query_of(dict(parse_qsl(query[:2000])))
    return f"{reverse('workspace:inbox')}{'?' if kept else ''}{kept}"
