"""Which browsers show notices, and the key that we sign with."""

from balie.channels.push.models.browser import Browser
from balie.channels.push.models.sending_key import SendingKey

__all__ = ["Browser", "SendingKey"]
