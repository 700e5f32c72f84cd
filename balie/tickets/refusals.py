"""Why a verb says no. Each is a sentence that a page may show, in the reader's language."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from balie.platform.refusal import Refusal


class Refused(Refusal):
    """A verb was asked for something that the rules do not allow."""


class NotYours(Refused):
    sentence = _("This request is not yours to work on.")


class NothingSaid(Refused):
    sentence = _("Write something first, or add a file.")


class AlreadyResolved(Refused):
    sentence = _("This request is resolved already.")


class NotResolved(Refused):
    sentence = _("This request is still open.")


class AlreadyMerged(Refused):
    sentence = _("This request has been merged into another one.")


class NotMerged(Refused):
    sentence = _("This request is not merged into that one.")


class CannotMergeWithItself(Refused):
    sentence = _("A request cannot be merged with itself.")


class CannotMergeAcrossPrivacy(Refused):
    sentence = _("A private team's request cannot be merged with another team's.")


class Deleted(Refused):
    sentence = _("This request has been deleted.")


class TooLateToRestore(Refused):
    sentence = _("A request can be restored for 30 days; these are over.")


class NotAnExpertOfTheTeam(Refused):
    sentence = _("Only somebody who works in the team can be assigned.")


class OwnRequest(Refused):
    sentence = _("Somebody else answers your own request.")


class WrongTeam(Refused):
    sentence = _("That category belongs to another team.")


class TeamArchived(Refused):
    sentence = _("That team has been archived.")


class InThePast(Refused):
    sentence = _("Choose a time in the future.")


class ReasonMissing(Refused):
    sentence = _("Give the reason; the team will read it.")


class NotThere(Refused):
    sentence = _("You work on no request of that number.")


class ChangedSince(Refused):
    sentence = _("It has been changed since, and stays as it is.")


class TooLateToTakeBack(Refused):
    sentence = _("It is too late to take this back.")


class OpenRequests(Refused):
    """Of a team that is to be archived."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "The team still has %(count)s open request. Say what becomes of it.",
            "The team still has %(count)s open requests. Say what becomes of them.",
            self.count,
        ) % {"count": self.count}


class StatusNotOfTheTeam(Refused):
    sentence = _("Requests of this team do not have that status.")


class StatusChangedMeanwhile(Refused):
    sentence = _(
        "Somebody else has changed this meanwhile. Look at it as it is now, and save again if yours is to stay."
    )


class StatusNameMissing(Refused):
    sentence = _("A status needs a name.")


class StatusNameThere(Refused):
    sentence = _("Another status has this name.")


class PresetStatusStays(Refused):
    sentence = _("The four statuses of the beginning keep their group, stay for all teams and are not archived.")


class NoSuchReplacement(Refused):
    sentence = _("Choose another status of the same group, for the same teams, that is not archived.")


class StillChangingOver(Refused):
    sentence = _("Requests are still being moved because of the last change. Try again when that is done.")


class FirstStatusResolves(Refused):
    sentence = _("New requests do not begin as resolved, and with a status that their team has.")


class NoRightToStatuses(Refused):
    sentence = _("Your access rights do not let you change statuses.")


class TooManyTasks(Refused):
    sentence = _("A request has 100 tasks at most. Make a project of it.")


class NotYourProject(Refused):
    sentence = _("Only its owner and administrators change a project.")


class ProjectArchived(Refused):
    sentence = _("That project has been archived.")


class OwnerMustBeAnExpert(Refused):
    sentence = _("Only an expert can own a project.")


class NotRatable(Refused):
    sentence = _("This request cannot be rated.")
