"""Founding and changing teams."""

from __future__ import annotations

import pytest

from balie.config.tests.cast import Cast
from balie.teams import refusals, shaping
from balie.teams.models import Membership, Team
from balie.teams.shaping import Outline


@pytest.mark.parametrize(("kind", "is_private"), [("hr", True), ("legal", True), ("it", False), ("other", False)])
def test_hr_and_legal_start_private(cast: Cast, kind: str, is_private: bool) -> None:
    team = shaping.found(Outline(name="New", kind=Team.Kind(kind)), by=cast.ben)
    assert team.is_private is is_private
    assert team.has_member(cast.ben)


def test_an_address_is_made_from_the_name_and_never_twice(cast: Cast) -> None:
    addresses = [shaping.found(Outline(name="IT", kind=Team.Kind.IT), by=cast.ben).address for _ in range(3)]
    assert addresses == ["it-2", "it-3", "it-4"]
    with pytest.raises(refusals.AddressTaken):
        shaping.found(Outline(name="X", kind=Team.Kind.IT, address="it"), by=cast.ben)


def test_employees_found_no_team(cast: Cast) -> None:
    with pytest.raises(refusals.NotAnExpert):
        shaping.found(Outline(name="X", kind=Team.Kind.IT), by=cast.ada)


def test_one_team_stays_visible(cast: Cast) -> None:
    Team.objects.exclude(pk=cast.it.pk).update(is_visible=False)
    with pytest.raises(refusals.LastVisible):
        shaping.reshape(cast.it, Outline(name="IT", kind=Team.Kind.IT, is_visible=False), by=cast.ben)
    with pytest.raises(refusals.LastVisible):
        shaping.archive(cast.it, by=cast.ben)


def test_who_does_not_work_in_a_team_does_not_change_it(cast: Cast) -> None:
    for verb in (
        lambda: shaping.reshape(cast.it, Outline(name="X", kind=Team.Kind.IT), by=cast.dov),
        lambda: shaping.archive(cast.it, by=cast.dov),
        lambda: shaping.take_in(cast.dov, team=cast.it, by=cast.dov),
        lambda: shaping.let_go(cast.ben, team=cast.it, by=cast.dov),
        lambda: shaping.add_category(cast.it, "X", by=cast.dov),
        lambda: shaping.archive_category(cast.hardware, by=cast.dov),
    ):
        with pytest.raises(refusals.NotYourTeam):
            verb()


def test_only_members_decide_who_is_in_a_private_team(cast: Cast) -> None:
    with pytest.raises(refusals.ForMembersOnly):
        shaping.take_in(cast.eva, team=cast.people, by=cast.eva)
    with pytest.raises(refusals.ForMembersOnly):
        shaping.take_in(cast.ben, team=cast.people, by=cast.eva)
    shaping.take_in(cast.ben, team=cast.people, by=cast.hanna)
    assert cast.people.has_member(cast.ben)


def test_a_private_team_without_members_gets_a_first_one_who_is_somebody_else(cast: Cast) -> None:
    Membership.objects.filter(team=cast.people).delete()
    with pytest.raises(refusals.ForMembersOnly):
        shaping.take_in(cast.eva, team=cast.people, by=cast.eva)
    shaping.take_in(cast.hanna, team=cast.people, by=cast.eva)
    assert cast.people.has_member(cast.hanna)


def test_an_archived_category_comes_back_under_its_name(cast: Cast) -> None:
    shaping.archive_category(cast.hardware, by=cast.ben)
    assert shaping.add_category(cast.it, "Hardware", by=cast.ben).pk == cast.hardware.pk
    with pytest.raises(refusals.CategoryThere):
        shaping.add_category(cast.it, "Hardware", by=cast.ben)
