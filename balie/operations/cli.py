"""`balie --help`: the commands, each in a file of its own that is only read when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

import click

from balie.platform.environment import WrongSetting

_COMMANDS: Final = {
    "run": "Web, worker and mail door in one process tree",
    "web": "The web server",
    "worker": "Understands what came in and delivers what is owed",
    "maildoor": "Takes mail by SMTP and fetches it from mailboxes",
    "setup": "First set-up without a browser",
    "plan": "What the organisation has of Balie",
    "people": "Import employees",
    "mail": "Take one mail from a pipe",
    "link": "A one-time sign-in link",
    "token": "API tokens",
    "demo": "Load the demo company",
    "connect": "Connect a mailbox",
    "bench": "The project's own measurements",
    "check": "Say what is wrong with this installation, and how to mend it",
    "backup": "Everything into one file",
    "restore": "Everything back from one file",
}


class _Commands(click.Group):
    """Reads a command's module when it is called: `balie --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"balie.operations.commands.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands)
@click.version_option(package_name="balie")
@click.pass_context
def balie(context: click.Context) -> None:
    """A self-hosted desk for employees' requests."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.config.settings")
    try:
        from balie.platform import environment

        environment.read()
    except WrongSetting as wrong:
        click.echo(str(wrong), err=True)
        # A mail server that is told anything else would send the mail back to who wrote it, for our mistake (sysexits.h).
        sys.exit(os.EX_TEMPFAIL if context.invoked_subcommand == "mail" else 2)
