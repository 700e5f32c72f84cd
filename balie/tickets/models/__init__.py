"""What is asked, what is answered, and what happened."""

from balie.tickets.models.attachment import Attachment
from balie.tickets.models.changeover import Changeover
from balie.tickets.models.disclosure import Disclosure
from balie.tickets.models.event import Event
from balie.tickets.models.first_status import FirstStatus
from balie.tickets.models.follower import Follower
from balie.tickets.models.former_words import FormerWords
from balie.tickets.models.link import Link
from balie.tickets.models.message import Message
from balie.tickets.models.project import Inclusion, Project
from balie.tickets.models.rating import Rating
from balie.tickets.models.search_entry import SearchEntry
from balie.tickets.models.sight import Sight
from balie.tickets.models.status import Status
from balie.tickets.models.task import Task
from balie.tickets.models.ticket import Ticket
from balie.tickets.models.usual_word import UsualWord

__all__ = [
    "Attachment", "Changeover", "Disclosure", "Event", "FirstStatus", "Follower", "FormerWords", "Inclusion", "Link", "Message",
    "Project", "Rating", "SearchEntry", "Sight", "Status", "Task", "Ticket", "UsualWord",
]  # fmt: skip
