"""`balie connect`: what the settings pages of channels do, without a browser."""

import sys
from datetime import UTC, datetime
from typing import NoReturn

import click

from balie.operations.standing import desk


@click.group()
def connect() -> None:
    """Connect a channel."""


@connect.command()
@click.option("--team", "team_address", required=True, help="The team that takes the mail in: its address, as in it@.")
@click.option("--host", required=True, help="The IMAP server.")
@click.option("--port", type=click.IntRange(1, 65535), help="993 for TLS, 143 otherwise, unless you say so.")
@click.option(
    "--security",
    type=click.Choice(["tls", "starttls", "none"]),
    default="tls",
    show_default=True,
    help="none is for this machine only.",
)
@click.option("--user", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the app password from the first line of the standard input.")
@click.option("--folder", default="INBOX", show_default=True)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Take in what came since this day. Without it: since yesterday at this time.",
)
@click.option("--everything", is_flag=True, help="Take in all that lies there, however old.")
@click.option("--delete-after-reading", is_flag=True, help="Delete mail on the server once it is taken in.")
@click.option("--oauth", is_flag=True, help="Sign in with OAuth 2; the secrets are read from the standard input.")
@click.option("--client-id", default="")
@click.option("--token-url", default="")
@click.option("--scope", default="")
def mailbox(
    *,
    team_address: str,
    host: str,
    port: int | None,
    security: str,
    user: str,
    password_stdin: bool,
    folder: str,
    since: datetime | None,
    everything: bool,
    delete_after_reading: bool,
    oauth: bool,
    client_id: str,
    token_url: str,
    scope: str,
) -> None:
    """Take in the mail of a mailbox as requests of a team.

    With --oauth, the standard input holds the refresh token on its first line (empty when the application signs in for
    itself) and the client secret on its second.

    The sign-in is tried first. Nothing in the mailbox is changed or marked, unless you ask for --delete-after-reading.
    A mail door that runs begins to read within seconds.
    """
    with desk():
        from django.core.exceptions import ValidationError
        from django.db import transaction

        from balie.channels.email import imap
        from balie.channels.email.models import Mailbox
        from balie.teams.models import Team

        team = Team.objects.at(team_address.partition("@")[0])
        if team is None:
            _end(f"There is no team with the address {team_address}.")
        lines = _secrets() if password_stdin or oauth else []
        password = "" if oauth else (lines[0] if lines else click.prompt("Password", hide_input=True))
        connected = Mailbox(
            team=team,
            host=host,
            port=port or (993 if security == "tls" else 143),
            security=security,
            user=user,
            folder=folder,
            takes_since=since.replace(tzinfo=UTC) if since else None,
            deletes_after_reading=delete_after_reading,
            sign_in=Mailbox.SignIn.OAUTH2 if oauth else Mailbox.SignIn.PASSWORD,
            password=password,
            refresh_token=lines[0] if oauth and lines else "",
            client_secret=lines[1] if oauth and len(lines) > 1 else "",
            client_id=client_id,
            token_url=token_url,
            scope=scope,
        )
        try:
            connected.full_clean()
            imap.check(connected)
            with transaction.atomic():
                connected.connect()
                if everything:
                    connected.take_everything()
        except ValidationError as wrong:
            _end(" ".join(wrong.messages))
        except imap.CannotRead as fault:
            said = f" The server says: {fault.detail}" if fault.detail else ""
            _end(f"{fault.trouble.label}{said}")
        click.echo(f"New mail for {user} at {host} is taken in for the team {team.name}.")


@connect.command()
@click.option("--bot-token", envvar="BALIE_SLACK_BOT_TOKEN", default="", help="Begins with xoxb-.")
@click.option("--signing-secret", envvar="BALIE_SLACK_SIGNING_SECRET", default="")
@click.option(
    "--app-token",
    envvar="BALIE_SLACK_APP_TOKEN",
    default="",
    help="Begins with xapp-: Socket Mode, for a desk that Slack cannot call.",
)
@click.option(
    "--secrets-stdin",
    is_flag=True,
    help="Read bot token, signing secret and perhaps app token from the standard input, each on a line of its own.",
)
def slack(*, bot_token: str, signing_secret: str, app_token: str, secrets_stdin: bool) -> None:
    """Connect a Slack workspace, or connect it again with new keys. Brings its members over; nobody is told of it.

    Keys given as options stay in the history of the shell and are seen in the list of processes. They are also taken from
    BALIE_SLACK_BOT_TOKEN, BALIE_SLACK_SIGNING_SECRET and BALIE_SLACK_APP_TOKEN, or from the standard input; what is missing is
    asked for.
    """
    if secrets_stdin:
        bot_token, signing_secret, app_token = ([*_secrets(), "", "", ""])[:3]
    elif sys.stdin.isatty():
        bot_token = bot_token or click.prompt("Bot token", hide_input=True)
        signing_secret = signing_secret or click.prompt("Signing secret", hide_input=True)
    bot_token, signing_secret, app_token = bot_token.strip(), signing_secret.strip(), app_token.strip()
    if not (bot_token and signing_secret):
        _end("Give a bot token and a signing secret: by the environment, with --secrets-stdin, or as options.")
    with desk():
        from balie.channels.slack import connecting
        from balie.channels.slack.client import AccessLost, CannotReach, Refused
        from balie.channels.slack.connect import in_words
        from balie.channels.slack.manifest import SCOPES

        try:
            made = connecting.connect(bot_token=bot_token, signing_secret=signing_secret, app_token=app_token)
        except (AccessLost, CannotReach, Refused) as fault:
            _end(in_words(fault))
        click.echo(f"The Slack workspace {made.name} is connected. Its members are being brought over.")
        if missing := made.missing(SCOPES):
            click.echo(f"These scopes are missing: {', '.join(missing)}")


def _secrets() -> list[str]:
    return sys.stdin.read().splitlines()


def _end(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(1)
