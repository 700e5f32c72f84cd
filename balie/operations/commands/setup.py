"""`balie setup`: the first set-up, without a browser."""

import sys

import click

from balie.operations.standing import desk
from balie.platform.languages import CODES


@click.command()
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--admin", required=True, help="Work address of the first administrator.")
@click.option("--language", default="en", type=click.Choice(sorted(CODES)), show_default=True)
def setup(*, organisation: str, admin: str, language: str) -> None:
    """Found the organisation and print its administrator's sign-in link."""
    with desk():
        from balie.operations.founding import AlreadyFounded, found
        from balie.people.models import SignInLink

        if "@" not in admin:
            click.echo(f"{admin!r} is not an address.", err=True)
            sys.exit(2)
        try:
            person = found(organisation=organisation, admin=admin, language=language)
        except AlreadyFounded:
            click.echo("This desk has been set up already; `balie link EMAIL` prints a sign-in link.", err=True)
            sys.exit(1)
        click.echo(SignInLink.issue(person, printed=True))
