"""What follows from each event: event kind → ordered functions, run in the event's own transaction.

They write rows only and never touch the network. This table is the whole of it: there are no signals.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from balie.channels import telling
from balie.channels.notices import reacting
from balie.channels.slack import home
from balie.config import liveliness
from balie.people.following import Reaction as LanguageReaction
from balie.sla import due_dates, recomputing
from balie.sla import reacting as promising
from balie.sla import telling as warning
from balie.teams.following import Reaction as HoursReaction
from balie.tickets import assigning, rating
from balie.tickets.following import GroupReaction, Reaction
from balie.tickets.models import Event
from balie.workspace import drafting

_K = Event.Kind

_ACTIONS: Mapping[str, Sequence[Reaction]] = {
    _K.OPENED: (
        promising.begin, due_dates.note, telling.confirm_to_requester, telling.tell_team_of_new_request,
        assigning.assign_by_itself,
    ),
    _K.HEARD: (telling.tell_participants_of_message,),
    _K.REPLIED: (promising.count_answer, telling.send_reply),
    _K.NOTED: (telling.tell_of_note,),
    _K.ASSIGNED: (telling.tell_assignee, telling.show_card),
    _K.STATUS_CHANGED: (promising.follow_status, telling.show_card),
    _K.RESOLVED: (
        promising.follow_status, rating.ask, telling.tell_requester_of_resolution, reacting.tell_workers_of_status,
        telling.show_card,
    ),
    _K.REOPENED: (promising.follow_status, reacting.tell_workers_of_status, telling.show_card),
    _K.CATEGORY_CHANGED: (promising.recompute,),
    _K.DUE_CHANGED: (due_dates.note,),
    _K.MOVED: (
        promising.recompute, telling.withdraw_from_channels, telling.tell_new_team, assigning.assign_by_itself,
        telling.show_card,
    ),
    _K.MERGED: (promising.recompute_if_promised, reacting.adopt_notices, drafting.take_along),
    _K.ABSORBED: (promising.recompute,),
    _K.DELETED: (promising.recompute_if_promised,),
    _K.RESTORED: (promising.recompute,),
    _K.TAKEN_BACK: (promising.recompute,),
    _K.TASK_ADDED: (reacting.tell_of_task,),
    _K.TASK_CHANGED: (reacting.tell_of_task,),
    _K.RATED: (telling.show_card,),
    _K.FELL_DUE: (reacting.tell_of_due_date,),
    _K.OVERDUE: (reacting.tell_of_due_date,),
    _K.UNDELIVERED: (reacting.tell_author_of_refusal,),
    _K.FILE_LEFT: (reacting.tell_author_of_file,),
    _K.SLA_WARNED: (warning.tell_workers,),
    _K.SLA_MISSED: (warning.tell_workers,),
}  # fmt: skip

# Whatever happens, open pages and App Homes hear of it.
REACTIONS: Final[Mapping[str, Sequence[Reaction]]] = {
    kind: (*_ACTIONS.get(kind, ()), home.refresh, liveliness.tell_open_pages) for kind in _K
}

# When a status goes to another group: for each batch of its requests, in the transaction in which they follow it.
STATUS_GROUP_CHANGED: Final[Sequence[GroupReaction]] = (promising.follow_group, liveliness.tell_open_pages_of_group)
# When a team works otherwise than it did.
HOURS_REACTIONS: Final[Sequence[HoursReaction]] = (recomputing.begin_where_promised,)
# When people read another language than they did.
LANGUAGE_REACTIONS: Final[Sequence[LanguageReaction]] = (home.refresh_of,)
