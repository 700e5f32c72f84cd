"""`balie connect slack`: its keys may come by the environment or the standard input, and then stand in no shell's history."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner

from balie.channels.slack import connecting
from balie.channels.slack.models import Workspace
from balie.operations.commands import connect


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    keys: dict[str, Any] = {}

    def remember(**arguments: Any) -> Workspace:
        keys.update(arguments)
        return Workspace(name="Balie Example")

    monkeypatch.setattr(connect, "desk", nullcontext)
    monkeypatch.setattr(connecting, "connect", remember)
    return keys


WHOLE = {"bot_token": "xoxb-1", "signing_secret": "s", "app_token": "xapp-1"}
ENVIRONMENT = {f"BALIE_SLACK_{name.upper()}": value for name, value in WHOLE.items()}


@pytest.mark.parametrize(
    ("arguments", "typed", "environment"),
    [
        (["--bot-token", "xoxb-1", "--signing-secret", "s", "--app-token", "xapp-1"], "", {}),
        (["--secrets-stdin"], "xoxb-1\ns\nxapp-1\n", {}),
        ([], "", ENVIRONMENT),
    ],
)
def test_the_keys_come_by_each_road(
    given: dict[str, Any], arguments: list[str], typed: str, environment: dict[str, str]
) -> None:
    done = CliRunner().invoke(connect.connect, ["slack", *arguments], input=typed, env=environment)
    assert done.exit_code == 0, done.output
    assert given == WHOLE


def test_without_keys_it_says_how_to_give_them(given: dict[str, Any]) -> None:
    done = CliRunner().invoke(connect.connect, ["slack", "--secrets-stdin"], input="xoxb-1\n")
    assert done.exit_code == 1
    assert "--secrets-stdin" in done.output
    assert not given
