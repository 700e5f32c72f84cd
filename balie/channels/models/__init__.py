"""What came in and what is owed."""

from balie.channels.models.arrival import Arrival
from balie.channels.models.delivery import Delivery

__all__ = ["Arrival", "Delivery"]
