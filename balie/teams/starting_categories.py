"""What a new team of each type is asked about: a beginning, that the team changes as it likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext, gettext_noop, override

from balie.platform.languages import CODES
from balie.teams.models import Category, Team

STARTING: Final[Mapping[str, Sequence[str]]] = {
    Team.Kind.HR: (
        gettext_noop("Absence and leave"), gettext_noop("Pay and expenses"), gettext_noop("Contract and personal data"),
        gettext_noop("Joining and leaving"), gettext_noop("Training"), gettext_noop("Other HR questions"),
    ),
    Team.Kind.IT: (
        gettext_noop("Computers and devices"), gettext_noop("Accounts and passwords"), gettext_noop("Software and licences"),
        gettext_noop("Network and VPN"), gettext_noop("Security"), gettext_noop("Other IT questions"),
    ),
    Team.Kind.FINANCE: (
        gettext_noop("Invoices"), gettext_noop("Expense claims"), gettext_noop("Company cards"), gettext_noop("Purchasing"),
        gettext_noop("Other finance questions"),
    ),
    Team.Kind.FACILITIES: (
        gettext_noop("Workplaces and furniture"), gettext_noop("Repairs"), gettext_noop("Keys and badges"),
        gettext_noop("Cleaning"), gettext_noop("Parking"), gettext_noop("Other facilities questions"),
    ),
    Team.Kind.LEGAL: (
        gettext_noop("Contracts"), gettext_noop("Privacy and data protection"), gettext_noop("Confidentiality agreements"),
        gettext_noop("Signatures"), gettext_noop("Other legal questions"),
    ),
    Team.Kind.OFFICE: (
        gettext_noop("Meeting rooms"), gettext_noop("Post and parcels"), gettext_noop("Visitors"), gettext_noop("Supplies"),
        gettext_noop("Events and catering"), gettext_noop("Other office questions"),
    ),
}  # fmt: skip


def give_starting_categories(team: Team, *, language: str) -> None:
    """Those of its type, named in this language; whoever reads another one of ours reads them in that."""
    Category.objects.bulk_create(
        Category(team=team, position=place * 10, name=_in(language, name), names=_in_others(language, name))
        for place, name in enumerate(STARTING.get(team.kind, ()))
    )


def _in_others(language: str, name: str) -> dict[str, str]:
    return {code: _in(code, name) for code in sorted(CODES) if code != language}


def _in(language: str, name: str) -> str:
    with override(language):
        return gettext(name)
