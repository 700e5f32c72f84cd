"""Where Balie differs from django-allauth's own ways."""

from ipaddress import ip_address

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from balie.organisation.models.organisation import NotSetUp, Organisation
from balie.platform import secrets, text


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """People come by import or set-up, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only paths of our own; never another host, even one that we trust."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Not of whoever signs in by link only: there is nothing else to ask them for, and allauth would refuse them for good."""
        if not get_reauthentication_flows(self.request.user):
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """The authenticator app shows the organisation's name, and its secret is sealed in the database."""

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        try:
            return Organisation.current().name
        except NotSetUp:
            return "Balie"

    def build_totp_svg(self, url: str) -> SafeString:
        """The picture as a part of the page: the content security policy refuses data: addresses."""
        svg: str = super().build_totp_svg(url)
        return text.safe(svg.partition("?>")[2] if svg.startswith("<?xml") else svg)

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        entity: dict[str, object] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username() or str(user)}


def client_ip(request: HttpRequest) -> str:
    """Who is calling: the peer, or whom the peer names when it is the proxy that ends TLS for us.

    Balie speaks no TLS itself, so an https address means that there is a proxy. It is believed when it calls from this
    machine or a private network, and only what it wrote itself: the last entry, since callers can write the others.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    if settings.BALIE.url.startswith("https://") and _is_near(peer):
        named = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if _is_address(named):
            return named
    return peer if _is_address(peer) else "0.0.0.0"  # noqa: S104  # a socket without an address, as with a Unix socket


def _is_near(address: str) -> bool:
    if not _is_address(address):
        return not address
    return ip_address(address).is_private


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
