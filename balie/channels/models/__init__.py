"""What came in and what is owed, and the doors and threads that it goes by."""

from balie.channels.models.arrival import Arrival
from balie.channels.models.channel import Channel
from balie.channels.models.delivery import Delivery
from balie.channels.models.thread import Thread

__all__ = ["Arrival", "Channel", "Delivery", "Thread"]
