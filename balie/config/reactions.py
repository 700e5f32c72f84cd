"""What follows from each event: event kind → ordered functions, run in the event's own transaction.

They write rows only and never touch the network. This table is the whole of it: there are no signals.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from balie.channels import telling
from balie.config import liveliness
from balie.tickets.following import Reaction
from balie.tickets.models import Event

_K = Event.Kind

_ACTIONS: Mapping[str, Sequence[Reaction]] = {
    _K.OPENED: (telling.confirm_to_requester, telling.tell_team_of_new_request),
    _K.HEARD: (telling.tell_participants_of_message,),
    _K.REPLIED: (telling.send_reply,),
    _K.NOTED: (telling.tell_of_note,),
    _K.ASSIGNED: (telling.tell_assignee,),
    _K.RESOLVED: (telling.tell_requester_of_resolution,),
    _K.MOVED: (telling.tell_new_team,),
}

# Whatever happens, open pages hear of it.
REACTIONS: Final[Mapping[str, Sequence[Reaction]]] = {
    kind: (*_ACTIONS.get(kind, ()), liveliness.tell_open_pages) for kind in _K
}
