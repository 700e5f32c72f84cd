"""Own statuses: named per language, of one group, for all teams or some, and never leaving a request behind."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balie.config.tests.cast import Cast
from balie.organisation.models import Organisation
from balie.platform.languages import CODES
from balie.tickets import changing_over, defining, moving, refusals
from balie.tickets.defining import Definition
from balie.tickets.models import Changeover, Event, FirstStatus, Status, Ticket
from balie.tickets.models.status import Group, Shade
from balie.tickets.words import Words


def asked(cast: Cast, team: object = None) -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(team=team or cast.it, requester=cast.ada, subject="Mouse", words=words, channel="web")  # type: ignore[arg-type]


def made(cast: Cast, name: str = "At the supplier", group: Group = Group.WAITING, **more: object) -> Status:
    return defining.make(Definition(names={"en": name}, group=group, **more), by=cast.eva)  # type: ignore[arg-type]


def state(ticket: Ticket) -> tuple[str, str]:
    ticket.refresh_from_db()
    return ticket.status.key, ticket.group


def test_a_name_falls_back_to_the_organisations_language(cast: Cast) -> None:
    names = {"en": "At the supplier", "nl": "Bij de leverancier"}
    status = defining.make(
        Definition(names=names, requester_names={"nl": "We wachten op een onderdeel"}, group=Group.WAITING), by=cast.eva
    )
    with translation.override("nl"):
        assert (status.name, status.name_for_requester) == ("Bij de leverancier", "We wachten op een onderdeel")
    with translation.override("fr"):
        assert (status.name, status.name_for_requester) == ("At the supplier", "At the supplier")
    # What it fell back to stays, whatever the organisation speaks later.
    Organisation.objects.update(language="de")
    with translation.override("de"):
        assert Status.objects.get(pk=status.pk).name == "At the supplier"


@given(
    names=st.dictionaries(st.sampled_from(sorted(CODES)), st.text("abc", min_size=1, max_size=5), min_size=1),
    reader=st.sampled_from(sorted(CODES)),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_reads_a_status_reads_a_name(names: dict[str, str], reader: str) -> None:
    own, preset = Status(key="own", names=names), Status(key="waiting", names=names)
    with translation.override(reader):
        assert own.name == names.get(reader, own.name)
        assert own.name in names.values()
        assert preset.name == names.get(reader, preset.name)
        assert preset.name


def test_a_preset_status_can_be_called_otherwise_and_keeps_its_key_and_group(cast: Cast) -> None:
    waiting = Status.preset(Group.WAITING)
    defining.redefine(waiting, Definition(names={"nl": "Even geduld"}, group=Group.WAITING), by=cast.eva)
    with translation.override("nl"):
        assert Status.preset(Group.WAITING).name == "Even geduld"
    with translation.override("de"):
        assert Status.preset(Group.WAITING).name == "Wartend"
    with pytest.raises(refusals.PresetStatusStays):
        defining.redefine(waiting, Definition(names={}, group=Group.TODO), by=cast.eva)
    with pytest.raises(refusals.PresetStatusStays):
        defining.archive(waiting, replacement=made(cast), by=cast.eva)


def test_whoever_has_the_right_makes_statuses_and_each_name_once(cast: Cast) -> None:
    made(cast, "Ordered")
    for name in ("ordered", "Waiting"):
        with pytest.raises(refusals.StatusNameThere):
            made(cast, name)
    with pytest.raises(refusals.StatusNameMissing):
        defining.make(Definition(names={"nl": "Besteld"}, group=Group.TODO), by=cast.eva)
    with pytest.raises(refusals.NoRightToStatuses):
        defining.make(Definition(names={"en": "Mine"}, group=Group.TODO), by=cast.ada)
    # The role of experts has the right from the start.
    defining.make(Definition(names={"en": "Ours"}, group=Group.TODO), by=cast.ben)


def test_two_administrators_at_once_do_not_undo_each_other(cast: Cast) -> None:
    status = made(cast)
    seen = status.version
    defining.redefine(status, Definition(names={"en": "One"}, group=Group.WAITING), by=cast.eva, seen=seen)
    with pytest.raises(refusals.StatusChangedMeanwhile):
        defining.redefine(status, Definition(names={"en": "Two"}, group=Group.WAITING), by=cast.eva, seen=seen)
    with pytest.raises(refusals.StatusChangedMeanwhile):
        defining.archive(status, replacement=Status.preset(Group.WAITING), by=cast.eva, seen=seen)
    assert Status.objects.get(pk=status.pk).name == "One"


def test_a_status_of_chosen_teams_is_for_their_requests_only(cast: Cast) -> None:
    status = made(cast, teams=[cast.it])
    ticket, other = asked(cast), asked(cast, cast.facilities)
    ticket.take_status(status, by=cast.ben)
    with pytest.raises(refusals.StatusNotOfTheTeam):
        other.take_status(status, by=cast.dov)
    assert status in Status.objects.used_in(cast.it)
    assert status not in Status.objects.used_in(cast.facilities)
    # In another team it stands where the preset status of its group does.
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    assert state(ticket) == ("waiting", "waiting")
    assert [event.kind for event in ticket.events.order_by("pk")][-2:] == ["status_changed", "moved"]


def test_archiving_a_status_gives_its_requests_the_replacement_and_says_so(cast: Cast) -> None:
    status, ticket, untouched = made(cast), asked(cast), asked(cast)
    ticket.take_status(status, by=cast.ben)
    changeover = defining.archive(status, replacement=Status.preset(Group.WAITING), by=cast.eva)
    assert (changeover.total, changeover.done, changeover.ended_at is not None) == (1, 1, True)
    assert state(ticket) == ("waiting", "waiting")
    event = ticket.events.order_by("pk").last()
    assert event is not None
    assert (event.kind, event.by, event.details["before"]) == ("status_changed", cast.eva, status.pk)
    assert state(untouched)[0] == "todo"
    with pytest.raises(refusals.StatusNotOfTheTeam):
        untouched.take_status(status, by=cast.ben)
    defining.unarchive(status, by=cast.eva)
    untouched.take_status(status, by=cast.ben)


def test_a_replacement_is_of_the_same_group_and_for_the_same_teams(cast: Cast) -> None:
    status = made(cast)
    narrow = made(cast, "Of IT only", teams=[cast.it])
    for wrong in (Status.preset(Group.RESOLVED), narrow, status):
        with pytest.raises(refusals.NoSuchReplacement):
            defining.archive(status, replacement=wrong, by=cast.eva)
    # What is for fewer teams can be replaced by what is for all.
    defining.archive(narrow, replacement=status, by=cast.eva)


def test_many_requests_change_over_in_the_background_and_half_way_is_no_harm(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    monkeypatch.setattr(changing_over, "A_BATCH", 2)
    status, tickets = made(cast), [asked(cast) for _ in range(5)]
    for ticket in tickets:
        ticket.take_status(status, by=cast.ben)
    changeover = defining.archive(status, replacement=Status.preset(Group.WAITING), by=cast.eva)
    assert (changeover.total, changeover.done, changeover.percent) == (5, 0, 0)
    assert changing_over._batch(changeover.pk)
    changeover.refresh_from_db()
    assert (changeover.done, changeover.percent, changeover.ended_at) == (2, 40, None)
    with pytest.raises(refusals.StillChangingOver):
        defining.unarchive(status, by=cast.eva)
    assert status in Status.objects.on_boards()
    changing_over.carry_on_all()
    changing_over.carry_on_all()
    assert {state(ticket) for ticket in tickets} == {("waiting", "waiting")}
    said = Event.objects.filter(kind="status_changed", details__before=status.pk)
    assert said.count() == 5
    assert status not in Status.objects.on_boards()


def test_another_group_makes_all_its_requests_belong_to_it(cast: Cast) -> None:
    status, ticket = made(cast), asked(cast)
    ticket.take_status(status, by=cast.ben)
    took = ticket.events.get(kind="status_changed").at
    before = ticket.events.count()
    defining.redefine(status, Definition(names={"en": "Gone"}, group=Group.RESOLVED), by=cast.eva)
    assert state(ticket) == (status.key, "resolved")
    # Resolved when it took the status; nobody is told as if somebody had resolved it now.
    assert ticket.resolved_at == took
    assert ticket.events.count() == before
    defining.redefine(status, Definition(names={"en": "Gone"}, group=Group.IN_PROGRESS), by=cast.eva)
    assert state(ticket) == (status.key, "in_progress")
    assert ticket.resolved_at is None


def test_what_follows_from_another_group_is_told_the_requests(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str, list[int]]] = []

    def hear(changeover: Changeover, numbers: list[int]) -> None:
        heard.append((changeover.old_group, changeover.new_group, list(numbers)))

    monkeypatch.setattr("balie.config.reactions.STATUS_GROUP_CHANGED", (hear,))
    status, ticket = made(cast), asked(cast)
    ticket.take_status(status, by=cast.ben)
    defining.redefine(status, Definition(names={"en": "X"}, group=Group.IN_PROGRESS), by=cast.eva)
    assert heard == [("waiting", "in_progress", [ticket.pk])]


def test_fewer_teams_give_the_others_the_preset_status(cast: Cast) -> None:
    status, ours, theirs = made(cast), asked(cast), asked(cast, cast.facilities)
    ours.take_status(status, by=cast.ben)
    theirs.take_status(status, by=cast.dov)
    narrower = Definition(names={"en": "X"}, group=Group.IN_PROGRESS, teams=[cast.it])
    defining.redefine(status, narrower, by=cast.eva)
    assert state(ours) == (status.key, "in_progress")
    assert state(theirs) == ("in_progress", "in_progress")
    assert not Changeover.objects.filter(ended_at=None).exists()


def test_new_requests_begin_with_the_teams_status_else_the_organisations(cast: Cast) -> None:
    triage, ours = made(cast, "Triage", Group.TODO), made(cast, "Incoming", Group.TODO, teams=[cast.it])
    defining.begin_with(triage, team=None, by=cast.eva)
    defining.begin_with(ours, team=cast.it, by=cast.ben)
    assert asked(cast).status == ours
    assert asked(cast, cast.facilities).status == triage
    for wrong, team in ((Status.preset(Group.RESOLVED), None), (ours, None), (ours, cast.facilities)):
        with pytest.raises(refusals.FirstStatusResolves):
            defining.begin_with(wrong, team=team, by=cast.eva)
    defining.archive(ours, replacement=Status.preset(Group.TODO), by=cast.eva)
    assert asked(cast).status.key == "todo"
    defining.redefine(triage, Definition(names={"en": "Done"}, group=Group.RESOLVED), by=cast.eva)
    assert not FirstStatus.objects.filter(status=triage).exists()
    assert asked(cast, cast.facilities).status.key == "todo"


def test_each_colour_has_a_shape_and_each_group_its_sign() -> None:
    from pathlib import Path

    import balie.config

    icons = (Path(balie.config.__file__).parent / "static" / "icons.svg").read_text()
    for shade in Shade.values:
        for group in Group.values:
            assert f'<symbol id="{Status(group=group, shade=shade).mark}"' in icons
