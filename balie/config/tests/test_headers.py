"""The headers of every page."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse

from balie.config.headers import SecurityHeaders


def headers_of(response: HttpResponse) -> dict[str, str]:
    return dict(SecurityHeaders(lambda request: response)(HttpRequest()).items())


def test_no_script_or_style_stands_in_a_page_and_none_comes_from_elsewhere() -> None:
    policy = headers_of(HttpResponse())["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'"):
        assert rule in policy.split("; ")


def test_remote_pictures_load_only_where_their_reader_asked_for_them() -> None:
    response = HttpResponse()
    response.shows_remote_images = True  # type: ignore[attr-defined]
    shown = headers_of(response)["Content-Security-Policy"]
    assert "img-src 'self' data: https:" in shown.split("; ")
    assert shown.replace(" https:", "") == headers_of(HttpResponse())["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "value"), [("Cache-Control", "private, max-age=60"), ("Content-Security-Policy", "sandbox")]
)
def test_a_view_that_knows_better_is_left_its_own(name: str, value: str) -> None:
    assert headers_of(HttpResponse(headers={name: value}))[name] == value


def test_nothing_of_a_desk_is_kept_by_a_browser() -> None:
    assert headers_of(HttpResponse())["Cache-Control"] == "no-store"
