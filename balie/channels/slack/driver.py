"""Slack, as `channels/kinds.py` knows a channel."""

from balie.channels.slack.sending import send as deliver
from balie.channels.slack.understanding import understand

__all__ = ["deliver", "understand"]
