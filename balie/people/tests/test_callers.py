"""Whose attempts are counted together, behind a proxy and without one."""

from dataclasses import replace

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from balie.people.sign_in.adapter import client_ip


@pytest.mark.parametrize(
    ("base", "peer", "named", "caller"),
    [
        ("http://localhost:8000", "8.8.4.4", "203.0.113.9", "8.8.4.4"),
        ("http://localhost:8000", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("https://desk.example", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("https://desk.example", "10.0.0.2", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("https://desk.example", "8.8.4.4", "203.0.113.9", "8.8.4.4"),
        ("https://desk.example", "127.0.0.1", "nonsense", "127.0.0.1"),
        ("https://desk.example", "", "2001:db8::1", "2001:db8::1"),
        ("https://desk.example", "", "", "0.0.0.0"),  # noqa: S104
    ],
)
def test_only_the_proxy_in_front_says_who_is_calling(
    settings: Settings, base: str, peer: str, named: str, caller: str
) -> None:
    settings.BALIE = replace(settings.BALIE, url=base)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=named)

    assert client_ip(request) == caller
