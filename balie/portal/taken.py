"""Tells the page that what it kept on the device has arrived, so that it is kept no longer."""

from django.http import HttpResponse, HttpResponseRedirect

COOKIE = "taken"


def say_taken(response: HttpResponseRedirect, key: str) -> HttpResponse:
    """The key of the form goes back in a cookie that the page's script reads and removes (`static/js/portal-drafts.js`)."""
    response.set_cookie(COOKIE, key, max_age=300, path="/my/requests", samesite="Lax")
    return response
