"""Slack: ask, answer and follow a request without leaving it."""
