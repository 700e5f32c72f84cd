"""Every address that mail to a team may be written to: its own, former ones, and those of teams whose work it took over."""

from __future__ import annotations

from dataclasses import dataclass

from balie.teams.models import Team, TeamAddress


@dataclass(frozen=True)
class MailAddresses:
    """`readers` are the addresses and kinds of the teams that read them, by what is written; the oldest team comes first.

    `closed` are those of archived teams whose work nobody took over.
    """

    readers: dict[str, tuple[str, str]]
    closed: frozenset[str]


def mail_addresses() -> MailAddresses:
    """Two queries, however many teams there are."""
    teams = {team.pk: team for team in Team.objects.order_by("pk")}
    written = [(team.address, team) for team in teams.values()]
    written += [
        (one.local_part, teams[one.team_id]) for one in TeamAddress.objects.order_by("pk") if one.team_id in teams
    ]
    readers, closed = {}, set()
    for address, team in written:
        heir = _heir(team, teams)
        if heir is None:
            closed.add(address)
        else:
            readers[address] = (heir.address, heir.kind)
    return MailAddresses(readers, frozenset(closed))


def _heir(team: Team, teams: dict[int, Team]) -> Team | None:
    """As `Team.heir`, without asking again."""
    passed = set()
    while team.archived_at is not None:
        passed.add(team.pk)
        successor = teams.get(team.successor_id or 0)
        if successor is None or successor.pk in passed:
            return None
        team = successor
    return team
