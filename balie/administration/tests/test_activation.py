"""The first click on Conversations: all of it, once, and nobody is told."""

from __future__ import annotations

import threading
from datetime import time

import pytest
from django.db import connection

from balie.administration import activating
from balie.administration.tests.test_settings import at, said, signed_in
from balie.channels import delivering, receiving
from balie.channels.email.tests.sink import Sink
from balie.channels.models import Delivery
from balie.operations import founding
from balie.organisation.models import Organisation, UsualSpan
from balie.organisation.plan import Feature
from balie.people.models import AllowedAttribute, Credential, Person
from balie.people.sign_in.mails import mail_sign_in_link
from balie.teams.models import Team, WorkingSpan
from balie.tickets.models import Status


def found() -> Person:
    """As `balie setup` does it, and two employees, one of whom has left."""
    eva = founding.found(organisation="Balie Example", admin="eva@balie.example", country="NL", admin_name="Eva")
    Person.objects.create_employee(name="Ada", email="ada@balie.example")
    Person.objects.create_employee(name="Gone", email="gone@balie.example", status=Person.Status.INACTIVE)
    return eva


@pytest.fixture
def eva(db: None) -> Person:
    return found()


def test_setting_up_leaves_conversations_to_the_administrator(eva: Person) -> None:
    assert Organisation.current().activated_at is None
    assert not Status.objects.exists()
    assert not Credential.objects.exists()


def test_looking_changes_nothing(eva: Person) -> None:
    page = signed_in(eva).get(at("activation"))
    assert "Activate Conversations" in said(page)
    assert Organisation.current().activated_at is None


def test_the_first_click_completes_the_set_up_and_opens_the_first_teams_page(eva: Person) -> None:
    client = signed_in(eva)
    page = client.post(at("activation"), follow=True)
    assert page.redirect_chain == [(at("teams"), 302)]
    assert "3 employees can ask now; nobody was told. 1 of them is inactive." in said(page)
    assert Status.objects.count() == 4
    assert [(one.begins, one.ends) for one in UsualSpan.objects.filter(weekday=0)] == [(time(8, 30), time(17))]
    own = Credential.objects.get(is_system=True)
    assert own.name == "Conversations"
    assert set(own.attributes.values_list("key", flat=True)) == {"position", "department", "phone"}
    client.post(at("teams"), {"name": "IT", "kind": "it", "strangers": "welcome", "is_visible": "on"})
    team = Team.objects.get()
    assert (team.holiday_country, WorkingSpan.objects.filter(team=team).count()) == ("NL", 5)


def test_a_second_click_changes_nothing_and_leads_on(eva: Person) -> None:
    client = signed_in(eva)
    client.post(at("activation"), follow=True)
    moment = Organisation.current().activated_at
    Credential.objects.get(is_system=True).allow([])
    page = client.post(at("activation"), follow=True)
    assert "can ask now" not in said(page)
    assert Organisation.current().activated_at == moment
    assert not AllowedAttribute.objects.exists()


def test_only_administrators_activate(eva: Person) -> None:
    ben = Person.objects.create_employee(name="Ben", email="ben@balie.example", role=Person.Role.EXPERT)
    page = signed_in(ben).get(at("activation"))
    assert "eva@balie.example" in said(page)
    assert signed_in(ben).post(at("activation")).status_code == 404
    assert Organisation.current().activated_at is None


def test_without_conversations_in_the_plan_there_is_nothing_to_activate(eva: Person) -> None:
    Organisation.current().remove(Feature.CONVERSATIONS)
    assert signed_in(eva).get(at("activation")).status_code == 404
    assert signed_in(eva).post(at("activation")).status_code == 404
    with pytest.raises(activating.NotInThePlan):
        activating.activate(by=eva)


def test_what_was_interrupted_leaves_nothing_and_the_next_click_does_it_all(
    eva: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(**_named: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(Credential, "make_for_conversations", interrupt)
        with pytest.raises(Interrupted):
            activating.activate(by=eva)
    assert (Status.objects.count(), UsualSpan.objects.count(), Organisation.current().activated_at) == (0, 0, None)
    assert activating.activate(by=eva).is_first
    assert (Status.objects.count(), UsualSpan.objects.count()) == (4, 5)


@pytest.mark.django_db(transaction=True)
def test_of_clicks_at_one_moment_one_is_the_first() -> None:
    eva = found()
    start, firsts = threading.Barrier(4), []

    def click() -> None:
        try:
            start.wait(10)
            firsts.append(activating.activate(by=eva).is_first)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(firsts) == [False, False, False, True]
    assert (Status.objects.count(), UsualSpan.objects.count(), Credential.objects.count()) == (4, 5, 1)


def test_nobody_is_told(eva: Person, sink: Sink) -> None:
    """All that is owed is delivered to a real server: after the activation nothing, and then one mail, so that it works."""
    signed_in(eva).post(at("activation"), follow=True)
    while receiving.understand_some() or delivering.deliver_some():
        pass
    assert (sink.taken, sink.connections, Delivery.objects.count()) == ([], 0, 0)
    mail_sign_in_link("ada@balie.example")
    while delivering.deliver_some():
        pass
    assert [one.rcpt_tos for one in sink.taken] == [["ada@balie.example"]]
