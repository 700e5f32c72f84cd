"""The pages of a team's rules."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.sla import recomputing, ruling
from balie.sla.models import Clock, Rule
from balie.sla.previewing import examples, friday_after
from balie.sla.ruling import Wanted
from balie.teams import shaping
from balie.teams.models import WorkingSpan
from balie.tickets import defining
from balie.tickets.defining import Definition
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

HOUR = timedelta(hours=1)
SENT = {
    "scope": "general", "response_hours": "4", "response_minutes": "30", "resolution_hours": "16", "on_reopening": "continue",
    "warns_at": "80",
}  # fmt: skip


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def it(cast: Cast) -> Cast:
    WorkingSpan.objects.bulk_create(
        WorkingSpan(team=cast.it, weekday=day, begins=time(9), ends=time(17)) for day in range(5)
    )
    return cast


def test_a_member_adds_changes_and_removes_a_rule(it: Cast) -> None:
    client, page = as_person(it.ben), reverse("administration:team-sla", args=[it.it.pk])
    assert client.post(reverse("administration:sla-rule-new", args=[it.it.pk]), SENT).status_code == 302
    rule = Rule.objects.get()
    assert (rule.response, rule.resolution, rule.warns_at) == (4.5 * HOUR, 16 * HOUR, 80)
    assert "4 hours 30 minutes" in client.get(page).text
    address = reverse("administration:sla-rule", args=[it.it.pk, rule.pk])
    assert 'value="30"' in client.get(address).text
    assert client.post(address, SENT | {"resolution_hours": ""}).status_code == 302
    rule.refresh_from_db()
    assert rule.resolution is None
    client.post(reverse("administration:sla-rule-removal", args=[it.it.pk, rule.pk]))
    assert not Rule.objects.exists()


def test_a_conflict_is_explained_and_nothing_is_lost(it: Cast) -> None:
    ruling.add(it.it, Wanted(response=HOUR), by=it.ben)
    answer = as_person(it.ben).post(reverse("administration:sla-rule-new", args=[it.it.pk]), SENT)
    assert answer.status_code == 422
    assert "IT already has a general rule" in answer.text
    assert 'value="30"' in answer.text


def test_what_is_missing_is_said_at_its_field(it: Cast) -> None:
    client, address = as_person(it.ben), reverse("administration:sla-rule-new", args=[it.it.pk])
    assert "Choose a category." in client.post(address, SENT | {"scope": "chosen"}).text
    nothing = client.post(address, {"scope": "general", "on_reopening": "continue"})
    assert (nothing.status_code, "Give a time to respond" in nothing.text) == (422, True)


def test_an_administrator_who_is_no_member_looks_and_sets_nothing(it: Cast) -> None:
    client = as_person(it.eva)
    assert (
        "Only members of a team set its rules." in client.get(reverse("administration:team-sla", args=[it.it.pk])).text
    )
    answer = client.post(reverse("administration:sla-rule-new", args=[it.it.pk]), SENT)
    assert (answer.status_code, Rule.objects.count()) == (422, 0)


def test_only_statuses_of_the_team_stop_the_time(it: Cast) -> None:
    ours, theirs = (
        defining.make(Definition(names={"en": name}, group=Group.IN_PROGRESS, teams=[team]), by=it.eva)
        for name, team in (("At the supplier", it.it), ("Key cut", it.facilities))
    )
    client, address = as_person(it.ben), reverse("administration:sla-rule-new", args=[it.it.pk])
    page = client.get(address).text
    assert "At the supplier" in page
    assert "Key cut" not in page
    assert client.post(address, SENT | {"pauses_in": [theirs.pk]}).status_code == 422
    assert client.post(address, SENT | {"pauses_in": [ours.pk]}).status_code == 302
    assert list(Rule.objects.get().pauses_in.all()) == [ours]


def test_the_page_of_a_rule_asks_little_of_the_database(it: Cast) -> None:
    rule = ruling.add(it.it, Wanted(categories=(it.hardware,), response=HOUR), by=it.ben)
    eva, address = as_person(it.eva), reverse("administration:sla-rule", args=[it.it.pk, rule.pk])
    with CaptureQueriesContext(connection) as queries:
        page = eva.get(address).text
    assert len(queries) <= 12, [one["sql"] for one in queries]
    assert re.search(rf'value="{it.hardware.pk}"[^>]* checked', page)


def test_a_category_of_another_team_cannot_be_chosen(it: Cast) -> None:
    foreign = it.facilities.categories.create(name="Rooms")
    sent = SENT | {"scope": "chosen", "categories": [foreign.pk]}
    assert as_person(it.ben).post(reverse("administration:sla-rule-new", args=[it.it.pk]), sent).status_code == 422


@time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False)
def test_the_preview_says_what_now_and_friday_would_mean(it: Cast) -> None:
    zone = it.ben.zone()
    now, friday = examples(it.it, response=4 * HOUR, resolution=None, zone=zone)
    assert (now.response, now.resolution) == (datetime(2026, 11, 25, 13, tzinfo=UTC), None)
    assert friday.asked_at == datetime(2026, 11, 27, 16, 50, tzinfo=zone)
    assert friday.response == datetime(2026, 11, 30, 11, 50, tzinfo=UTC)
    assert friday_after(datetime(2026, 11, 27, 16, tzinfo=UTC), zone).day == 4
    page = as_person(it.ben).get(reverse("administration:sla-preview", args=[it.it.pk]), {"response_hours": "4"}).text
    assert "A request made now" in page
    assert "One made Friday Nov. 27, 2026, 4:50 p.m." in page
    assert "2026-11-25T14:00:00+01:00" in page
    shown = as_person(it.ben).post(reverse("administration:sla-rule-new", args=[it.it.pk]), SENT | {"preview": "1"})
    assert (shown.status_code, "is answered by" in shown.text, Rule.objects.count()) == (200, True, 0)


def test_a_change_of_rules_is_a_job_whose_progress_the_page_shows(it: Cast) -> None:
    tickets = [
        Ticket.open(team=it.it, requester=it.ada, subject="Printer", words=Words.from_text("No toner."), channel="web")
        for _ in range(3)
    ]
    ruling.add(it.it, Wanted(response=HOUR), by=it.ben)
    assert ProcrastinateJob.objects.filter(task_name="balie.sla.tasks.recompute_team").count() == 1
    page = reverse("administration:team-sla", args=[it.it.pk])
    assert "0 of 3" in as_person(it.ben).get(page, {"part": "progress"}).text
    assert not Clock.objects.exists()
    while recomputing.step(it.it.pk):
        pass
    assert Clock.objects.filter(ticket__in=tickets).count() == 3
    assert "0 of 3" not in as_person(it.ben).get(page).text


def test_a_long_change_hands_on_to_the_next_job(it: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ruling.add(it.it, Wanted(response=HOUR), by=it.ben)
    Ticket.open(team=it.it, requester=it.ada, subject="Printer", words=Words.from_text("No toner."), channel="web")
    recomputing.begin(it.it)
    monkeypatch.setattr(recomputing, "_SECONDS", 0.0)
    jobs = ProcrastinateJob.objects.filter(task_name="balie.sla.tasks.recompute_team")
    before = jobs.count()
    assert recomputing.go_on(it.it.pk)
    assert jobs.count() == before + 1


def test_a_rule_whose_categories_are_archived_says_so(it: Cast) -> None:
    ruling.add(it.it, Wanted(response=HOUR, categories=(it.hardware,)), by=it.ben)
    page = reverse("administration:team-sla", args=[it.it.pk])
    assert "Hardware" in as_person(it.ben).get(page).text
    shaping.archive_category(it.hardware, by=it.ben)
    said = as_person(it.ben).get(page).text
    assert "All categories of this rule are archived." in said
    assert "Hardware" not in said.split('class="promises"')[1]
