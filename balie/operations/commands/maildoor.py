"""`balie maildoor`: takes mail by SMTP and fetches it from the mailboxes that are connected."""

import asyncio
import sys
from pathlib import Path

import click

from balie.operations.standing import desk


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="The address to listen at.")  # noqa: S104  # mail comes from other machines
@click.option(
    "--port",
    default=8025,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen at; 0 takes any that is free.",
)
@click.option(
    "--tls-cert",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The certificate for STARTTLS, PEM with its chain. Without it one is made.",
)
@click.option(
    "--tls-key", type=click.Path(path_type=Path, dir_okay=False), help="Its key, when it is in a file of its own."
)
def maildoor(*, host: str, port: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Answer mail with 250 once it is stored, and read the connected mailboxes. Any number of these may run.

    Ends on SIGTERM and Ctrl-C, after the mails that are on their way.
    """
    with desk():
        from django.conf import settings

        from balie.channels.email import certificate, serving

        domain = settings.BALIE.mail_domain

        def tell(open_port: int) -> None:
            click.echo(f"Mail for @{domain} is taken at {host}:{open_port}")

        try:
            tls = certificate.context(certificate=tls_cert, key=tls_key, data=settings.BALIE.data, domain=domain)
            asyncio.run(serving.serve(host=host, port=port, tls=tls, on_open=tell))
        except certificate.CertificateUnusable as unusable:
            click.echo(str(unusable), err=True)
            sys.exit(1)
        except OSError as fault:
            click.echo(
                f"The mail door cannot listen at {host}:{port}: {fault.strerror}. Choose another with --port.", err=True
            )
            sys.exit(1)
