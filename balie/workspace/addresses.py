"""The address of a list, from what a page or a form says of it; whatever else stands in there is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from balie.workspace.filters import Filters, Order


def query_of(asked: Mapping[str, Any], **changed: str) -> str:
    """What an address says of a list, in one order and with nothing else in it."""
    filters = Filters.read(asked).written()
    order = asked.get("order", "")
    kept = {name: str(value) for name, value in filters.items()}
    if order in set(Order) and (order != Order.WORD or asked.get("saved")):
        kept["order"] = str(order)
    for name in ("saved", "until"):
        if asked.get(name):
            kept[name] = str(asked[name])
    kept |= changed
    return urlencode({name: value for name, value in kept.items() if value})


def list_address(query: str) -> str:
    """The page of a list whose query came back with a form."""
    kept = query_of(dict(parse_qsl(query[:2000])))
    return f"{reverse('workspace:inbox')}{'?' if kept else ''}{kept}"
