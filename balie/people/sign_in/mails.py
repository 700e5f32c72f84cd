"""The mails that let somebody in. Whoever asked for an address that nobody has hears nothing."""

from urllib.parse import urlencode

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from balie.organisation.models import Organisation
from balie.people.models import Identity, Person, SignInLink


def mail_sign_in_link(address: str, *, then: str = "") -> None:
    """Mail a one-time link to whoever has this address, unless they may not sign in."""
    person = _holder(address)
    if person is None:
        return
    url = SignInLink.issue(person, printed=False)
    with translation.override(person.reads()):
        _mail(
            address,
            subject=_("Your link to sign in"),
            template="people/mail/sign_in_link",
            facts={"person": person, "url": f"{url}?{urlencode({'next': then})}" if then else url},
        )


def mail_password_reset(address: str) -> None:
    """Mail a link to a new password to whoever has this address, unless they may not sign in."""
    person = _holder(address)
    if person is None:
        return
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": token})
    with translation.override(person.reads()):
        _mail(
            address,
            subject=_("Choose a new password"),
            template="people/mail/password_reset",
            facts={"person": person, "url": f"{settings.BALIE.url}{path}"},
        )


def _holder(address: str) -> Person | None:
    holder: Person | None = Person.objects.able_to_sign_in().known_by(Identity.EMAIL, address.strip().lower())
    return holder


def _mail(address: str, *, subject: str, template: str, facts: dict[str, object]) -> None:
    facts |= {"subject": subject, "organisation": Organisation.current().name, "language": translation.get_language()}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", facts),
        to=[address],
        # RFC 3834: nobody's out-of-office shall answer this.
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{template}.html", facts), "text/html")
    mail.send()
