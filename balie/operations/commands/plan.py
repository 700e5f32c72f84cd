"""`balie plan`: what the organisation has of Balie, for whoever runs it."""

import sys
from collections.abc import Iterable

import click

from balie.operations.standing import desk


@click.group()
def plan() -> None:
    """What the organisation has of Balie."""


@plan.command()
def show() -> None:
    """Print each feature, whether the plan has it, and who decides."""
    with desk():
        from balie.organisation.models import Organisation
        from balie.organisation.plan import Feature

        organisation = Organisation.current()
        for feature in Feature:
            click.echo(f"{'yes' if organisation.plan.includes(feature) else 'no':4}{feature.value}")
        decides = "fixed" if organisation.is_plan_fixed else "decided by administrators"
        click.echo(
            decides + (f", account manager {organisation.account_manager}" if organisation.account_manager else "")
        )


@plan.command(name="set")
@click.argument("features", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that there is.")
def set_(*, features: tuple[str, ...], everything: bool) -> None:
    """Have the plan contain these FEATURES and no others; fixed or not."""
    with desk():
        from django.db import transaction

        from balie.organisation.models import Organisation
        from balie.organisation.plan import Feature
        from balie.platform.live import tell
        from balie.sla import recomputing

        _refuse_unknown(features, Feature.values)
        if not features and not everything:
            click.echo("Name the features, or --all. `balie plan show` lists them.", err=True)
            sys.exit(2)
        with transaction.atomic():
            lacking = () if everything else {*Feature.values} - {*features}
            organisation = Organisation.locked()
            had_promises = organisation.plan.includes(Feature.SLA)
            organisation.include_all_but(lacking)
            if not had_promises and organisation.plan.includes(Feature.SLA):
                recomputing.take_up_again()
            tell("rights")
        click.echo("The plan contains: " + ", ".join(one for one in Feature.values if one not in lacking) + ".")


@plan.command()
@click.option("--account-manager", default="", help="Address that administrators can write to.")
def fix(*, account_manager: str) -> None:
    """Let administrators not change the plan any more."""
    with desk():
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email
        from django.db import transaction

        from balie.organisation.models import Organisation

        try:
            if account_manager:
                validate_email(account_manager)
        except ValidationError:
            click.echo(f"{account_manager!r} is not an address.", err=True)
            sys.exit(2)
        with transaction.atomic():
            Organisation.locked().fix_plan(account_manager=account_manager)
        click.echo("The plan is fixed.")


@plan.command()
def free() -> None:
    """Let administrators decide again."""
    with desk():
        from django.db import transaction

        from balie.organisation.models import Organisation

        with transaction.atomic():
            Organisation.locked().free_plan()
        click.echo("Administrators decide what the plan contains.")


def _refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    unknown = [one for one in given if one not in set(known)]
    if unknown:
        click.echo(f"There is no feature {unknown[0]!r}; there are: {', '.join(known)}.", err=True)
        sys.exit(2)
