"""What the pages of experts keep for those who work on them."""

from balie.workspace.models.bulk_change import BulkChange
from balie.workspace.models.draft import Draft
from balie.workspace.models.habit import Habit
from balie.workspace.models.presence import Presence
from balie.workspace.models.saved_view import SavedView

__all__ = ["BulkChange", "Draft", "Habit", "Presence", "SavedView"]
