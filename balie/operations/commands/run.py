"""`balie run`: the whole desk in one process tree."""

import os
import sys

import click

from balie.platform import environment, logs
from balie.platform.postgres import CannotStart


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the pages.")
@click.option(
    "--smtp-port", default=8025, show_default=True, type=click.IntRange(1, 65535), help="Port of the mail door."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many workers.")
@click.option("--demo", is_flag=True, help="Load the demo company if the database is empty.")
def run(*, port: int, smtp_port: int, host: str, workers: int, demo: bool) -> None:
    """Web, worker and mail door, migrations first; ends cleanly on SIGTERM and Ctrl-C."""
    from balie.operations import running
    from balie.operations.process_tree import Part

    logs.set_up(json=not sys.stderr.isatty())
    # Links and cookies must name the port that people will use.
    os.environ.setdefault("BALIE_URL", f"http://localhost:{port}")
    environment.read()
    parts = [
        Part.of_balie("web", "--host", host, "--port", str(port)),
        *(Part.of_balie("worker") for _number in range(workers)),
        Part.of_balie("maildoor", "--host", host, "--port", str(smtp_port)),
    ]
    listening = [
        running.Listening(host=host, port=port, option="--port"),
        running.Listening(host=host, port=smtp_port, option="--smtp-port"),
    ]
    try:
        running.run(
            parts,
            listening=listening,
            prepare=_load_demo if demo else _nothing,
            announce=lambda: _announce(smtp_port=smtp_port),
        )
    except (CannotStart, running.PortTaken) as reason:
        click.echo(str(reason), err=True)
        sys.exit(1)


def _nothing() -> None:
    """There is nothing to prepare."""


def _load_demo() -> None:
    from balie.operations.demo.loading import load

    load()


def _announce(*, smtp_port: int) -> None:
    """Where to look. Links are made only for the demo's people: elsewhere `balie link` asks for the terminal's owner's will."""
    from django.conf import settings

    from balie.organisation.models import Organisation
    from balie.people.models import Person, SignInLink

    click.echo(f"\nBalie is at {settings.BALIE.url}")
    if not Organisation.objects.exists():
        click.echo('Set it up with: balie setup --organisation "Your company" --admin you@example.com')
        return
    for who, address in (("Administrator", "eva"), ("Expert", "ben"), ("Employee", "ada")):
        person = Person.objects.filter(email=f"{address}@balie.example").first()
        if person is not None and person.is_active:
            click.echo(f"  {who + ',':14} {person.name + ':':12} {SignInLink.issue(person, printed=True)}")
    click.echo(f"Send a first mail to it@{settings.BALIE.mail_domain} by SMTP at localhost:{smtp_port}")
    if settings.BALIE.smtp is None:
        click.echo(f"Mail that leaves is written to {settings.BALIE.data / 'outbox'}")
    click.echo("")
