"""What a plan contains, and what closes with what."""

import pytest

from balie.organisation.models import Organisation
from balie.organisation.models.organisation import PlanIsFixed
from balie.organisation.plan import Feature, Plan, feature_of, part_of


def test_everything_is_included_until_something_is_removed() -> None:
    assert all(Plan().is_open(feature) for feature in Feature)


def test_what_needs_conversations_closes_with_it() -> None:
    plan = Plan(lacks=frozenset({"conversations"}))
    assert [feature for feature in Feature if plan.includes(feature)] == [Feature.API]


def test_before_it_is_set_up_conversations_is_included_and_closed() -> None:
    plan = Plan(is_activated=False)
    assert (plan.includes(Feature.SEARCH), plan.is_open(Feature.SEARCH), plan.is_open(Feature.API)) == (
        True,
        False,
        True,
    )
    assert plan.is_awaited
    assert not Plan(lacks=frozenset({"conversations"}), is_activated=False).is_awaited


def test_the_narrowest_declaration_holds() -> None:
    @part_of(Feature.PUSH)
    def declared() -> None: ...

    def undeclared() -> None: ...

    assert feature_of(declared) is Feature.PUSH
    undeclared.__module__ = "balie.channels.email.connect"
    assert feature_of(undeclared) is Feature.EMAIL
    undeclared.__module__ = "balie.channels.notices.pages"
    assert feature_of(undeclared) is Feature.CONVERSATIONS
    undeclared.__module__ = "balie.channelsx"
    assert feature_of(undeclared) is None


@pytest.mark.django_db
def test_adding_what_needs_something_adds_that_too() -> None:
    organisation = Organisation.objects.create(name="Balie Example", plan_lacks=["conversations", "search", "unknown"])
    organisation.add(Feature.SEARCH)
    assert organisation.plan_lacks == []


@pytest.mark.django_db
def test_a_fixed_plan_is_changed_by_whoever_runs_balie_only() -> None:
    organisation = Organisation.objects.create(name="Balie Example")
    organisation.fix_plan(account_manager="sales@host.example")
    with pytest.raises(PlanIsFixed):
        organisation.remove(Feature.SEARCH)
    organisation.include_all_but({"search"})
    with pytest.raises(PlanIsFixed):
        organisation.add(Feature.SEARCH)
    organisation.free_plan()
    organisation.add(Feature.SEARCH)
    assert organisation.plan_lacks == []
