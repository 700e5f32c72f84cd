"""What Django and allauth mail: owed with the commit, sent by a worker, and known to nobody afterwards."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from balie.channels import delivering
from balie.channels.email import client
from balie.channels.email.tests.sink import Sink, open_sink
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Identity, Person


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.EMAIL_BACKEND = "balie.channels.email.backend.DeskMail"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with open_sink() as opened:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=opened.route)
        yield opened
        client.hang_up()


def sign_in_mail(*to: str) -> EmailMultiAlternatives:
    written = EmailMultiAlternatives(subject="Your link to sign in – é", body="https://desk/link/SECRET", to=list(to))
    written.attach_alternative('<p><a href="https://desk/link/SECRET">In</a></p>', "text/html")
    return written


def test_a_sign_in_mail_is_owed_and_sent_at_once(cast: Cast, sink: Sink) -> None:
    assert sign_in_mail("Ada@Balie.example").send() == 1
    owed = Delivery.objects.get()
    assert (owed.purpose, owed.recipient, owed.state) == ("account", cast.ada, "owed")
    assert delivering.deliver_some() == 1
    (sent,) = sink.mails
    assert sent["Subject"] == "Your link to sign in – é"
    assert sent["To"] == "Ada Vermeer <ada@balie.example>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Balie-Id"] == Delivery.objects.get().external_id
    html = sent.get_body(preferencelist=("html",))
    assert html
    assert "SECRET" in html.get_content()


def test_the_secret_is_forgotten_once_it_is_sent_or_refused(cast: Cast, sink: Sink) -> None:
    sign_in_mail("ada@balie.example").send()
    delivering.deliver_some()
    assert Delivery.objects.get().raw is None
    Delivery.objects.all().delete()
    sink.says_to["ada@balie.example"] = "550 No"
    sign_in_mail("ada@balie.example").send()
    delivering.deliver_some()
    refused = Delivery.objects.get()
    assert (refused.state, refused.raw) == ("refused", None)
    refused.try_again()
    delivering.deliver_some()
    assert Delivery.objects.get().state == "refused"


def test_unknown_and_inactive_people_are_sent_nothing(cast: Cast) -> None:
    Person.objects.filter(pk=cast.cleo.pk).update(status=Person.Status.INACTIVE)
    Person.objects.take_in(kind=Identity.EMAIL, external_id="otto@elsewhere.example")
    assert sign_in_mail("nobody@balie.example", "cleo@balie.example", "otto@elsewhere.example").send() == 0
    assert not Delivery.objects.exists()


def test_who_became_inactive_meanwhile_is_sent_nothing(cast: Cast, sink: Sink) -> None:
    sign_in_mail("ada@balie.example").send()
    Person.objects.filter(pk=cast.ada.pk).update(status=Person.Status.INACTIVE)
    delivering.deliver_some()
    assert sink.taken == []
    assert Delivery.objects.get().raw is None


def test_a_mail_is_not_owed_when_its_transaction_is_undone(cast: Cast) -> None:
    with transaction.atomic():
        mail.send_mail("Subject", "Text", None, ["ada@balie.example"])
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_a_hostile_subject_adds_no_header(cast: Cast, sink: Sink) -> None:
    mail.send_mail("Hello\r\nBcc: x@y.example", "Text", None, ["ada@balie.example"])
    delivering.deliver_some()
    assert sink.mails[0]["Bcc"] is None
