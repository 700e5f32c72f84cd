"""The settings page of mailboxes."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from balie.channels.email.models import Mailbox, Trouble
from balie.channels.email.tests.fake_imap import FakeImap, run
from balie.config.tests.cast import Cast
from balie.people.models import Person


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    with run(FakeImap()) as running:
        yield running


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def filled_in(fake: FakeImap, cast: Cast, **more: object) -> dict[str, object]:
    return {
        "team": cast.it.pk, "host": "127.0.0.1", "port": fake.port, "security": "none", "user": "it@balie.example",
        "sign_in": "password", "password": "secret", "folder": "INBOX", **more,
    }  # fmt: skip


def test_only_administrators_reach_it(cast: Cast, fake: FakeImap) -> None:
    for person in (cast.ada, cast.ben):
        client = signed_in(person)
        assert client.get(reverse("mailboxes")).status_code == 403
        assert client.post(reverse("mailboxes"), filled_in(fake, cast)).status_code == 403
        assert client.post(reverse("mailbox_removal", args=[1])).status_code == 403
        assert client.post(reverse("mailbox_check", args=[1])).status_code == 403
    assert not Mailbox.objects.exists()


def test_eva_connects_a_mailbox_and_no_page_shows_its_password(cast: Cast, fake: FakeImap) -> None:
    client = signed_in(cast.eva)
    page = client.post(reverse("mailboxes"), filled_in(fake, cast, password="hush-hush"), follow=True)
    assert page.status_code == 200
    mailbox = Mailbox.objects.get()
    assert mailbox.password == "hush-hush"
    assert mailbox.takes_since is not None
    assert b"it@balie.example" in page.content
    assert b"hush-hush" not in page.content


def test_what_cannot_be_opened_is_not_connected_and_she_is_told_why(cast: Cast, fake: FakeImap) -> None:
    client = signed_in(cast.eva)
    page = client.post(reverse("mailboxes"), filled_in(fake, cast, port=1))
    assert page.status_code == 422
    assert str(Trouble.NOT_LISTENING.label) in page.content.decode()
    page = client.post(reverse("mailboxes"), filled_in(fake, cast, host="mail.example.com"))
    assert str(Trouble.OPEN_LINE.label) in page.content.decode()
    page = client.post(reverse("mailboxes"), filled_in(fake, cast, password=""))
    assert page.status_code == 422
    assert not Mailbox.objects.exists()


def test_a_mailbox_is_connected_once(cast: Cast, fake: FakeImap) -> None:
    client = signed_in(cast.eva)
    client.post(reverse("mailboxes"), filled_in(fake, cast))
    page = client.post(reverse("mailboxes"), filled_in(fake, cast))
    assert page.status_code == 422
    assert Mailbox.objects.count() == 1


def test_eva_checks_and_removes_a_mailbox(cast: Cast, fake: FakeImap) -> None:
    client = signed_in(cast.eva)
    client.post(reverse("mailboxes"), filled_in(fake, cast))
    mailbox = Mailbox.objects.get()
    page = client.post(reverse("mailbox_check", args=[mailbox.pk]), follow=True)
    assert "can be read" in page.content.decode()
    Mailbox.objects.update(port=1, last_error=Trouble.LOGIN, last_error_detail="<b>no</b>")
    page = client.post(reverse("mailbox_check", args=[mailbox.pk]), follow=True)
    assert str(Trouble.NOT_LISTENING.label) in page.content.decode()
    assert str(Trouble.LOGIN.label) in page.content.decode()
    assert "<b>no</b>" not in page.content.decode()
    client.post(reverse("mailbox_removal", args=[mailbox.pk]))
    assert not Mailbox.objects.exists()
