"""What the worker does for people, each in one call."""

from procrastinate.contrib.django import app

from balie.platform.queues import LENGTHY


@app.task(name="people.mail_sign_in_link", queue="mail")
def mail_sign_in_link(*, address: str, then: str) -> None:
    from balie.people.sign_in import mails

    mails.mail_sign_in_link(address, then=then)


@app.task(name="people.mail_password_reset", queue="mail")
def mail_password_reset(*, address: str) -> None:
    from balie.people.sign_in import mails

    mails.mail_password_reset(address)


@app.task(name="people.plan_import", queue=LENGTHY)
def plan_import(*, pk: int) -> None:
    from balie.people import taking_over

    taking_over.plan(pk)


@app.task(name="people.carry_out_import", queue=LENGTHY)
def carry_out_import(*, pk: int) -> None:
    from balie.people import taking_over

    taking_over.carry_out(pk)


@app.periodic(cron="37 3 * * *")
@app.task(name="people.forget_old_imports", queueing_lock="forget_old_imports")
def forget_old_imports(timestamp: int) -> None:
    """Each night."""
    from balie.people import taking_over

    taking_over.forget_old()
