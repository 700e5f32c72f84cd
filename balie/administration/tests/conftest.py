"""A real mail server beside the settings, for what nobody may hear of."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from balie.channels.email import client as smtp
from balie.channels.email.tests.sink import Sink, open_sink


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """Takes what the desk sends in this test."""
    settings.EMAIL_BACKEND = "balie.channels.email.backend.DeskMail"
    with open_sink() as opened:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=opened.route)
        yield opened
        smtp.hang_up()
