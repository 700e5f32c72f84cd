"""`balie link`: a one-time sign-in link for somebody who is known here."""

import sys

import click

from balie.operations.standing import desk


@click.command()
@click.argument("email")
def link(*, email: str) -> None:
    """Print a link that signs this person in, once, within a day."""
    with desk():
        from balie.people.models import Identity, Person, SignInLink

        person = Person.objects.known_by(Identity.EMAIL, email.strip().lower())
        if person is None or not person.is_active:
            click.echo(f"Nobody who may sign in has the address {email}.", err=True)
            sys.exit(1)
        click.echo(SignInLink.issue(person, printed=True))
