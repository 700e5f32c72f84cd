"""Why a verb says no. Each is a sentence that a page may show, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A verb was asked for something that the rules do not allow."""

    sentence: Promise | str = _("That is not possible.")

    def __str__(self) -> str:
        return str(self.sentence)


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
