"""What somebody was told, and how they wish to be."""

from balie.channels.notices.models.notice import Notice
from balie.channels.notices.models.wishes import Wishes

__all__ = ["Notice", "Wishes"]
