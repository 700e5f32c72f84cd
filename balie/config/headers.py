"""The headers that keep a page's reader safe, whatever a mail has brought into the page."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    # Neither <style> nor style="…": a letter's CSS could cover the page.
    "style-src": "'self'",
    # data: for pictures that the stylesheet draws (a tick, an arrow); cleaned letters keep no data: source.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
# For the answer that shows a letter's remote pictures, after its reader asked for them.
_POLICY_WITH_REMOTE_IMAGES: Final = {**_POLICY, "img-src": "'self' data: https:"}

_FEATURES_NOBODY_USES: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES_NOBODY_USES),
    "Cross-Origin-Resource-Policy": "same-origin",
    # Nothing of a desk stays in a shared computer's cache: going back fetches the page again, as whoever is signed in then.
    # A view that knows better (a file named by its content) says so itself.
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Django middleware. A view relaxes one thing only: `response.shows_remote_images = True`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        shows_remote_images = getattr(response, "shows_remote_images", False)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        # A stricter policy of the view's own stays, as for a file that was sent to the desk.
        response.headers.setdefault("Content-Security-Policy", _REMOTE if shows_remote_images else _STRICT)
        return response


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


_STRICT: Final = _written(_POLICY)
_REMOTE: Final = _written(_POLICY_WITH_REMOTE_IMAGES)
