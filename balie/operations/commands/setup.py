"""`balie setup`: the first set-up, without a browser."""

import sys

import click

from balie.operations.standing import desk
from balie.platform.languages import CODES


@click.command()
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--admin", required=True, help="Work address of the first administrator.")
@click.option("--language", default="en", type=click.Choice(sorted(CODES)), show_default=True)
@click.option(
    "--country", default="", help="Where it works, as ISO 3166 writes it (NL): its working hours and holidays."
)
def setup(*, organisation: str, admin: str, language: str, country: str) -> None:
    """Found the organisation and print its administrator's sign-in link."""
    with desk():
        from balie.operations.founding import AlreadyFounded, found
        from balie.people.models import SignInLink
        from balie.teams.public_holidays import is_known

        if "@" not in admin:
            click.echo(f"{admin!r} is not an address.", err=True)
            sys.exit(2)
        if country and not is_known(country.upper()):
            click.echo(f"{country!r} is not a country; write it as NL or DE.", err=True)
            sys.exit(2)
        try:
            person = found(organisation=organisation, admin=admin, language=language, country=country.upper())
        except AlreadyFounded:
            click.echo("This desk has been set up already; `balie link EMAIL` prints a sign-in link.", err=True)
            sys.exit(1)
        click.echo(SignInLink.issue(person, printed=True))
