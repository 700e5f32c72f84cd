"""Settings > Plan."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from click.testing import CliRunner, Result
from django.test import Client
from django.urls import reverse

from balie.administration.tests.test_settings import said, signed_in
from balie.channels import delivering
from balie.channels.models import Delivery
from balie.channels.slack.models import Link, Workspace
from balie.config.tests.cast import Cast
from balie.operations.commands import plan as command
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.sla import recomputing, ruling, watching
from balie.sla.ruling import Wanted
from balie.teams.models import Membership
from balie.tickets.models import Project, Ticket
from balie.tickets.words import Words


@pytest.fixture
def eva(cast: Cast) -> Client:
    return signed_in(cast.eva)


def at(name: str, *arguments: str) -> str:
    return reverse(f"administration:{name}", args=arguments)


def test_each_feature_is_listed_with_what_it_gives(eva: Client) -> None:
    page = said(eva.get(at("plan")))
    for feature in Feature:
        assert str(feature.label) in page
        assert at("plan-removal", feature.value) in page


def test_the_confirmation_names_what_is_hidden_and_asking_removes_nothing(cast: Cast, eva: Client) -> None:
    words = Words.from_text("It hums.")
    Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="email")
    Project.begin("Move", by=cast.ben)
    page = said(eva.get(at("plan-removal", "conversations")))
    for line in ("1 open request", "1 project", "addresses of 3 teams", "still delivered", "pages close"):
        assert line in page
    assert "Email, Slack, SLAs" in page
    assert Organisation.current().plan.includes(Feature.CONVERSATIONS)


def test_the_confirmation_names_what_slack_and_slas_hide(cast: Cast, eva: Client) -> None:
    ruling.add(cast.it, Wanted(response=timedelta(hours=4)), by=cast.ben)
    assert "1 SLA rule" in said(eva.get(at("plan-removal", "sla")))
    workspace = Workspace.objects.create(
        kind="slack", external_id="T1", name="Balie Example", bot_user_id="U1", secrets=""
    )
    Link.make(workspace, place="C1", name="it-help", team=cast.it, mode=Link.Mode.EVERY)
    page = said(eva.get(at("plan-removal", "slack")))
    assert "1 Slack workspace takes no requests any more" in page
    assert "1 linked channel" in page


def test_what_private_teams_are_asked_is_not_counted_for_others(cast: Cast, eva: Client) -> None:
    ask = partial(Ticket.open, requester=cast.ada, words=Words.from_text("It hums."), channel="web")
    ask(team=cast.it, subject="Printer")
    for _each in range(2):
        ask(team=cast.people, subject="Pay")
    page = said(eva.get(at("plan-removal", "conversations")))
    assert "1 open request<" in page
    assert "Whatever private teams are asked" in page
    Membership.objects.create(team=cast.people, person=cast.eva)
    page = said(eva.get(at("plan-removal", "conversations")))
    assert "3 open requests<" in page
    assert "private teams" not in page


def test_promises_are_taken_up_again_without_a_word_on_what_was_missed(cast: Cast, eva: Client) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False) as moment:
        ruling.add(cast.it, Wanted(response=timedelta(hours=4)), by=cast.ben)
        words = Words.from_text("It hums.")
        ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="web")
        eva.post(at("plan-removal", "sla"))
        moment.shift(timedelta(hours=6))
        newer = Ticket.open(team=cast.it, requester=cast.ada, subject="Mouse", words=words, channel="web")
        eva.post(at("plan-addition", "sla"))
        assert watching.watch() == 0
        while recomputing.step(cast.it.pk):
            pass
        assert watching.watch() == 0
    for one, promises in ((ticket, ["breached"]), (newer, ["running"])):
        one.refresh_from_db()
        assert one.promises == promises
    assert not ticket.events.filter(kind__startswith="sla").exists()


def test_removing_hides_and_adding_brings_all_of_it_back(cast: Cast, eva: Client) -> None:
    words = Words.from_text("It hums.")
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="email")
    assert "Everything in it is kept." in said(eva.post(at("plan-removal", "conversations"), follow=True))
    assert eva.get(f"/requests/{ticket.pk}").status_code == 404
    assert "Needs Conversations" in said(eva.get(at("plan")))
    eva.post(at("plan-addition", "conversations"))
    assert "Printer" in said(eva.get(f"/requests/{ticket.pk}"))


def test_an_unknown_feature_is_not_found(eva: Client) -> None:
    for name in ("plan-removal", "plan-addition"):
        assert eva.post(at(name, "teleport")).status_code == 404


def test_a_fixed_plan_cannot_be_changed_and_the_letter_goes_to_the_account_manager(cast: Cast, eva: Client) -> None:
    assert eva.post(at("plan-letter"), {"words": "More"}).status_code == 404
    Organisation.current().fix_plan(account_manager="sales@host.example")
    eva.post(at("plan-removal", "search"))
    eva.post(at("plan-addition", "search"))
    assert Organisation.current().plan.includes(Feature.SEARCH)
    page = said(eva.get(at("plan")))
    assert "Contact your account manager" in page
    assert at("plan-removal", "search") not in page
    assert eva.post(at("plan-letter"), {"words": " "}).status_code == 422
    eva.post(at("plan-letter"), {"words": "We would like Slack."})
    owed = Delivery.objects.get()
    letter = bytes(owed.raw or b"").decode()
    assert (owed.address, owed.purpose) == ("sales@host.example", Delivery.Purpose.ACCOUNT)
    assert "We would like Slack." in letter
    assert 'Reply-To: "Eva Beheer" <eva@balie.example>' in letter
    delivering.deliver_some()
    owed.refresh_from_db()
    assert owed.state == Delivery.State.SENT


def test_without_an_address_there_is_nobody_to_write_to(eva: Client) -> None:
    Organisation.current().fix_plan(account_manager="")
    assert "Contact your account manager" not in said(eva.get(at("plan")))
    assert eva.post(at("plan-letter"), {"words": "More"}).status_code == 404


@pytest.fixture
def typed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> object:
    # The tests have their desk already.
    monkeypatch.setattr(command, "desk", nullcontext)
    return lambda *words: CliRunner().invoke(command.plan, list(words))


def test_whoever_runs_balie_decides(typed: object) -> None:
    def run(*words: str) -> Result:
        return typed(*words)  # type: ignore[operator,no-any-return]

    assert run("set", "conversations", "email").exit_code == 0
    plan = Organisation.current().plan
    assert [one for one in Feature if plan.includes(one)] == [Feature.CONVERSATIONS, Feature.EMAIL]
    assert run("set", "teleport").exit_code == 2
    assert run("set").exit_code == 2
    assert run("fix", "--account-manager", "nobody").exit_code == 2
    assert run("fix", "--account-manager", "sales@host.example").exit_code == 0
    shown = run("show").output
    assert "no  slack" in shown
    assert "fixed, account manager sales@host.example" in shown
    assert run("set", "--all").exit_code == 0
    assert run("free").exit_code == 0
    assert "decided by administrators" in run("show").output
