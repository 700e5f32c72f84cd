"""What Slack is to us: workspaces, their members and channels, and what was said where."""

from balie.channels.slack.models.home import Home
from balie.channels.slack.models.link import Link
from balie.channels.slack.models.member import Member
from balie.channels.slack.models.name import Name
from balie.channels.slack.models.post import Post
from balie.channels.slack.models.question import Question
from balie.channels.slack.models.turn import Turn
from balie.channels.slack.models.workspace import Workspace

__all__ = ["Home", "Link", "Member", "Name", "Post", "Question", "Turn", "Workspace"]
