"""A feature that the plan lacks is absent: from pages, navigation, the API with its description, mail doors and jobs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app

from balie.api import limits
from balie.api.desk import desk
from balie.channels import delivering, receiving
from balie.channels.email.recipients import NoSuchRecipient, Recipients
from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.config.tests.small_world import World, make_world
from balie.config.tests.test_permission_matrix import Route, arguments, client_of, routes
from balie.operations.working import if_open
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature, feature_of
from balie.people.audience import Audience
from balie.tickets.models import Rating, Ticket
from balie.tickets.words import Words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def remove(feature: Feature) -> None:
    Organisation.current().remove(feature)


def feature_of_route(route: Route) -> Feature | None:
    return feature_of(getattr(route.view, "view_class", route.view))


@pytest.mark.parametrize("feature", Feature)
def test_each_page_of_a_removed_feature_is_not_there(feature: Feature, world: World) -> None:
    remove(feature)
    hidden = {feature, *feature.dependents}
    clients = {who: client_of(who, world) for who in ("ada", "eva", "anonymous")}
    there = []
    for name, route in routes().items():
        if feature_of_route(route) not in hidden:
            continue
        address = reverse(name, kwargs=arguments(route, "open", world))
        for who, client in clients.items():
            for ask in (client.get, client.post):
                status = ask(address).status_code
                if status != 404:
                    there.append((name, who, status))
    assert there == []


def test_the_core_stays_and_what_was_removed_comes_back(world: World) -> None:
    remove(Feature.CONVERSATIONS)
    eva = client_of("eva", world)
    for name in ("account", "administration:start", "administration:plan", "administration:credentials", "home"):
        assert eva.get(reverse(name)).status_code == 200, name
    Organisation.current().add(Feature.CONVERSATIONS)
    assert eva.get(reverse("workspace:inbox")).status_code == 200


@pytest.mark.parametrize("feature", Feature)
def test_no_page_leads_to_a_removed_feature(feature: Feature, world: World) -> None:
    remove(feature)
    hidden = {feature, *feature.dependents}
    addresses = [
        reverse(name) for name, route in routes().items()
        if not route.parameters and feature_of_route(route) in hidden and not name.startswith("api:")
    ]  # fmt: skip
    if feature is Feature.API:
        addresses.append("/api/v1/docs")
    pages = [
        "/account/",
        "/settings/",
        f"/requests/{world.open.pk}",
        "/requests/",
        "/my/requests/",
        "/go?q=",
        "/go?q=settings",
    ]
    for who in ("eva", "ada"):
        client = client_of(who, world)
        for page in pages:
            shown = client.get(page, follow=True).content.decode()
            assert [one for one in addresses if f'href="{one}"' in shown or f'action="{one}"' in shown] == [], (
                who,
                page,
            )


def operations_of(document: Any) -> set[str]:
    return {one["operationId"] for methods in document["paths"].values() for one in methods.values()}


def test_the_api_lacks_what_the_plan_lacks_and_does_not_describe_it(world: World) -> None:
    token = {"Authorization": f"Bearer {world.tokens['eva']}"}
    assert "list_requests" in operations_of(desk.get_openapi_schema())
    remove(Feature.CONVERSATIONS)
    described = operations_of(desk.get_openapi_schema())
    assert "list_people" in described
    assert not {"list_requests", "list_teams", "list_statuses", "say", "list_events"} & described
    client = Client()
    for path in ("requests", f"requests/{world.open.pk}", "teams", "statuses", f"requests/{world.open.pk}/messages"):
        limits.reads.forget()
        answer = client.get(f"/api/v1/{path}", headers=token)
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/people", headers=token).status_code == 200
    remove(Feature.API)
    for path in ("people", "openapi.json", "docs"):
        assert client.get(f"/api/v1/{path}", headers=token).status_code == 404


def test_every_operation_outside_the_core_says_what_it_is_part_of() -> None:
    core = {"people", "credentials", "attributes", "sections", "roles", "arrivals", "deliveries"}
    loose = [
        one.operation_id for one in desk.operations()
        if feature_of(one.view_func) is None and not core & set(one.tags or ())
    ]  # fmt: skip
    assert [one for one in loose if not one.endswith(("arrival", "arrivals", "delivery", "deliveries"))] == []


def test_every_page_of_experts_and_requesters_says_what_it_is_part_of() -> None:
    core = ("people", "administration", "config", "allauth", "django", "ninja", "api", "directory")
    loose = [
        name for name, route in routes().items()
        if feature_of_route(route) is None
        and getattr(route.view, "__module__", "").removeprefix("balie.").partition(".")[0] not in core
    ]  # fmt: skip
    assert loose == []


class _Task:
    def __init__(self, func: Any) -> None:
        self.func = func


class _Context:
    def __init__(self, func: Any) -> None:
        self.task = _Task(func)


def test_jobs_of_what_the_plan_lacks_are_not_done(cast: Cast) -> None:
    def job() -> None: ...

    job.__module__ = "balie.tickets.tasks"
    assert if_open(lambda: "done", _Context(job), None) == "done"  # type: ignore[arg-type]  # as much of it as is read
    remove(Feature.CONVERSATIONS)
    assert if_open(lambda: "done", _Context(job), None) is None  # type: ignore[arg-type]
    job.__module__ = "balie.people.tasks"
    assert if_open(lambda: "done", _Context(job), None) == "done"  # type: ignore[arg-type]


def test_every_job_is_run_by_a_worker_that_asks() -> None:
    ours = [task for task in app.tasks.values() if task.func.__module__.startswith("balie.")]
    assert {feature_of(task.func) for task in ours} >= {Feature.CONVERSATIONS, None}


def test_mail_is_taken_as_long_as_email_is_in_the_plan(cast: Cast) -> None:
    assert Recipients().find("it@desk.localhost").canonical == "it@desk.localhost"
    remove(Feature.EMAIL)
    with pytest.raises(NoSuchRecipient):
        Recipients().find("it@desk.localhost")


def test_what_was_owed_is_kept_and_nothing_new_is_promised(cast: Cast) -> None:
    ticket = Ticket.open(
        team=cast.it, requester=cast.ada, subject="Printer", words=Words.from_text("It hums."), channel="email"
    )
    before = Delivery.objects.count()
    remove(Feature.EMAIL)
    ticket.reply(by=cast.ben, words=Words.from_text("Fixed."))
    assert Delivery.objects.filter(kind="email").count() == before > 0
    assert delivering.deliver_some(at_most=50) > 0


def test_nobody_is_asked_for_a_rating_that_the_plan_lacks(cast: Cast) -> None:
    remove(Feature.RATINGS)
    ticket = Ticket.open(
        team=cast.it, requester=cast.ada, subject="Printer", words=Words.from_text("It hums."), channel="email"
    )
    ticket.reply(by=cast.ben, words=Words.from_text("Fixed."))
    ticket.resolve(by=cast.ben)
    assert not Rating.objects.exists()


def test_arrivals_wait_until_conversations_is_set_up(cast: Cast) -> None:
    Organisation.objects.update(activated_at=None)
    receiving.keep(kind="email", external_id="1:it", raw=b"Subject: Hello\r\n\r\nHello", envelope={})
    assert receiving.understand_some() == 0
    assert Arrival.objects.get().state == Arrival.State.WAITING
    Organisation.current().activate()
    assert receiving.understand_some() == 1


def test_before_activation_experts_are_told_and_others_see_nothing(cast: Cast, world: World) -> None:
    Organisation.objects.update(activated_at=None)
    home = reverse("home")
    eva, ben, ada = (client_of(who, world) for who in ("eva", "ben", "ada"))
    assert ada.get("/my/requests/").status_code == 404
    assert "Conversations" not in ada.get(home).content.decode()
    page = ben.get("/requests/", follow=True).content.decode()
    assert "Conversations is not activated yet" in page
    assert "not yet activated" in page
    assert "<button" not in page[page.index('class="top-links"') : page.index("</nav>")]
    bar = eva.get(home).content.decode()
    assert f'action="{reverse("administration:activation")}"' in bar


def test_audiences_stand_before_the_plan(cast: Cast) -> None:
    """Nobody learns from a page that is not for them whether Conversations is set up."""
    Organisation.objects.update(activated_at=None)
    assert Client().get("/requests/").status_code == 302
    assert Audience.EXPERTS.includes(cast.ben)
