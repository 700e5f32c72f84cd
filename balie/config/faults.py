"""The pages for when something is not allowed, not there, or broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "broken.html", status=500)
