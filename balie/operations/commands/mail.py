"""`balie mail receive`: takes one mail from a pipe."""

import sys
import traceback

import click

from balie.operations.standing import desk

# sysexits.h, which every mail server knows.
EX_OK, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 0, 65, 67, 75


@click.group()
def mail() -> None:
    """Mail from a pipe."""


@mail.command()
@click.option("--to", default="", help="The address that the mail is for, as the envelope says.")
@click.option("--from", "sender", default="", help="The envelope's sender.")
def receive(*, to: str, sender: str) -> None:
    """Take one mail of at most 25 MB from the standard input, and store it.

    Without --to the mail is for those of our addresses that Delivered-To, X-Original-To or Envelope-To name, else for those in
    To and Cc.

    \b
    Exit codes, as mail servers know them from sysexits.h:
      0   it is stored
      65  it is empty, or larger than 25 MB, or goes in circles (EX_DATAERR)
      67  there is no such address here (EX_NOUSER)
      75  it could not be stored at this moment: try again (EX_TEMPFAIL)
    """
    try:
        with desk(migrated=False):
            code = _receive(to, sender)
    except SystemExit:
        # The database could not be started, and the reason has been told.
        code = EX_TEMPFAIL
    except Exception as fault:
        # Whatever it is: a mail server that is asked to try again keeps the mail.
        click.echo(f"Not stored: {type(fault).__name__}", err=True)
        traceback.print_tb(fault.__traceback__)
        code = EX_TEMPFAIL
    sys.exit(code)


def _receive(to: str, sender: str) -> int:
    from balie.channels.email import pipe
    from balie.channels.email.recipients import CannotTell, NoSuchRecipient, TeamClosed
    from balie.channels.email.taking_in import GoesInCircles
    from balie.channels.receiving import NotKept

    try:
        pipe.receive(sys.stdin.buffer, to=to, sender=sender)
    except pipe.Empty:
        return _refuse("Nothing came through the pipe.", EX_DATAERR)
    except pipe.TooLarge:
        return _refuse("The mail is larger than 25 MB.", EX_DATAERR)
    except GoesInCircles:
        return _refuse("The mail has more than 50 Received headers, it goes in circles.", EX_DATAERR)
    except TeamClosed:
        return _refuse("This team has been closed, and its address is not read any more.", EX_NOUSER)
    except NoSuchRecipient:
        return _refuse("There is no such address here.", EX_NOUSER)
    except (NotKept, CannotTell):
        return _refuse("The mail could not be stored at this moment.", EX_TEMPFAIL)
    return EX_OK


def _refuse(reason: str, code: int) -> int:
    click.echo(reason, err=True)
    return code
