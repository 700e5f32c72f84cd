"""Why a promise cannot be made so. Each is a sentence that a page may show, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from balie.teams.refusals import TeamRefused


class NotAMember(TeamRefused):
    sentence = _("Only members of a team set its rules.")


class GeneralRuleThere(TeamRefused):
    """The team has one already; `%(team)s` is filled in by whoever raises it."""

    def __init__(self, team: str) -> None:
        super().__init__(team)
        self.team = team

    def __str__(self) -> str:
        return str(_("%(team)s already has a general rule. Change that one, or choose categories for this one.")) % {
            "team": self.team
        }


class CategoryTaken(TeamRefused):
    """Another rule is about it already."""

    def __init__(self, category: str) -> None:
        super().__init__(category)
        self.category = category

    def __str__(self) -> str:
        return str(_("%(category)s already has a rule of its own.")) % {"category": self.category}


class NothingPromised(TeamRefused):
    sentence = _("Give a time to respond or a time to resolve.")


class NeverWorks(TeamRefused):
    sentence = _("The team does not work that much, however long one waits. Look at its working hours.")


class NoSuchCategories(TeamRefused):
    sentence = _("Choose categories of this team.")


class TooLong(TeamRefused):
    sentence = _("A promise is at most 9,999 hours.")
