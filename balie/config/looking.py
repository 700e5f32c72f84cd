"""Whoever may look at a part of the settings, but change nothing in it, sees its pages without forms.

One place for all pages, so that none can forget it: forms that would be refused are taken out of the page, or stand there as what
they say, with their fields closed. What the gate refuses stays refused; this is only what the page shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from lxml import html

from balie.config.gate import audience_of
from balie.people.audience import AreaAudience

Element = Any  # lxml has no types

# The page's content stands in the only one of these, since what people wrote is escaped.
_BEGINS: Final = b"<main"
_ENDS: Final = b"</main>"
_PARSER: Final = html.HTMLParser(encoding="utf-8")
_FIELDS: Final = ("input", "select", "textarea")


class Looking:
    """Django middleware; stands behind the gate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html") and only_looks(request):
            response.content = without_forms(response.content)
            if response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
        return response


def only_looks(request: HttpRequest) -> bool:
    """Whether whoever reads may look at this page, and send nothing from it."""
    if getattr(request, "only_looks", False):
        return True
    match = getattr(request, "resolver_match", None)
    audience = audience_of(match.func) if match else None
    return (
        isinstance(audience, AreaAudience)
        and audience.includes(request.user)
        and not audience.includes(request.user, method="POST")
    )


def without_forms(page: bytes) -> bytes:
    """Forms of buttons alone are gone; those with fields are closed. What surrounds the page's content stays as it was."""
    begins, ends = page.find(_BEGINS), page.rfind(_ENDS) + len(_ENDS)
    if begins < 0 or ends <= begins:
        return page
    content: Element = html.fragment_fromstring(page[begins:ends], parser=_PARSER)
    for form in [*content.iter("form")]:
        if form.get("method", "").lower() == "post":
            _close(form)
    # What leads to pages that only change something says so.
    for way in content.xpath(".//*[@data-changes]"):
        way.drop_tree()
    closed: bytes = html.tostring(content, encoding="utf-8", with_tail=False)
    return page[:begins] + closed + page[ends:]


def _close(form: Element) -> None:
    for button in [*form.iter("button")]:
        button.drop_tree()
    for hidden in form.xpath(".//input[@type='hidden']"):
        hidden.drop_tree()
    if next(form.iter(*_FIELDS), None) is None:
        form.drop_tree()
        return
    form.tag = "fieldset"
    form.attrib.clear()
    form.set("class", "form looking")
    form.set("disabled")
