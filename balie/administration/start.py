"""The first page of the settings: what the reader can change."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_


@for_(Audience.SETTINGS)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "administration/start.html")
