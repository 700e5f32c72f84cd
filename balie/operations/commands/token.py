"""`balie token`: lets a program act as a person."""

import sys

import click

from balie.operations.standing import desk


@click.group()
def token() -> None:
    """API tokens."""


@token.command()
@click.option("--person", required=True, help="Address of the person to act as.")
@click.option("--name", required=True, help="What the token is for.")
def create(*, person: str, name: str) -> None:
    """Print a new API token; it cannot be shown again."""
    with desk():
        from balie.people.models import ApiToken, Identity, Person

        holder = Person.objects.known_by(Identity.EMAIL, person.strip().lower())
        if holder is None or not holder.is_active:
            click.echo(f"Nobody who may sign in has the address {person}.", err=True)
            sys.exit(1)
        click.echo(ApiToken.issue(person=holder, name=name))
