"""Why a team cannot be changed so. Each is a sentence that a page may show, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from balie.platform.refusal import Refusal


class TeamRefused(Refusal):
    """Something was asked for that the rules of teams do not allow."""


class NotYourTeam(TeamRefused):
    sentence = _("Only members of the team and administrators change it.")


class ForMembersOnly(TeamRefused):
    sentence = _("Only its members decide who is in a private team, and whether it stays private.")


class NotAnExpert(TeamRefused):
    sentence = _("Only experts work in a team. An administrator can make somebody one.")


class LastVisible(TeamRefused):
    sentence = _("At least one team must stay visible to requesters.")


class AddressTaken(TeamRefused):
    sentence = _("Another team has this address, or had it and still gets what is written to it.")


class ChangedMeanwhile(TeamRefused):
    sentence = _(
        "Somebody else has changed this meanwhile. Look at it as it is now, and save again if yours is to stay."
    )


class LeadNotAMember(TeamRefused):
    sentence = _("The team lead is one of its members.")


class SuccessorArchived(TeamRefused):
    sentence = _("Choose a team that is not archived, and not this one.")


class SuccessorNotPrivate(TeamRefused):
    sentence = _("What a private team has goes to another private team only.")


class AttributeNotAllowed(TeamRefused):
    sentence = _("Only attributes that the API credentials of Conversations allow can be chosen.")


class CategoriesOfOneTeam(TeamRefused):
    sentence = _("Choose another category of this team that is not archived.")


class CategoryThere(TeamRefused):
    sentence = _("The team has a category of this name.")


class SpansOutOfOrder(TeamRefused):
    sentence = _("Hours begin before they end, and do not overlap on one day. What ends at midnight ends at 0:00.")


class DaysOutOfOrder(TeamRefused):
    sentence = _("The first day comes before the last one, and no more than 400 days lie between them.")


class TooManyDays(TeamRefused):
    sentence = _("A team has 200 such days at most. Remove those that are over.")


class NoSuchZone(TeamRefused):
    sentence = _("There is no such time zone; write it as Europe/Amsterdam.")


class NoSuchHolidays(TeamRefused):
    sentence = _("The public holidays of that country or region are not known.")
