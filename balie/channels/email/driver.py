"""Email, as `channels/kinds.py` knows a channel."""

from balie.channels.email.sending import send as deliver
from balie.channels.email.sending import send_all as deliver_all
from balie.channels.email.understanding import understand

__all__ = ["deliver", "deliver_all", "understand"]
