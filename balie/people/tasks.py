"""What the worker does for people, each in one call."""

from procrastinate.contrib.django import app


@app.task(name="people.mail_sign_in_link", queue="mail")
def mail_sign_in_link(*, address: str, then: str) -> None:
    from balie.people.sign_in import mails

    mails.mail_sign_in_link(address, then=then)


@app.task(name="people.mail_password_reset", queue="mail")
def mail_password_reset(*, address: str) -> None:
    from balie.people.sign_in import mails

    mails.mail_password_reset(address)
