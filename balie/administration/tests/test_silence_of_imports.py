"""An import tells nobody anything: everything that is owed afterwards is delivered to a real server, and nothing is."""

from __future__ import annotations

import io

from balie.channels import delivering, receiving
from balie.channels.email.tests.sink import Sink
from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.config.tests.cast import Cast
from balie.people import taking_over
from balie.people.models import Person
from balie.people.sign_in.mails import mail_sign_in_link
from balie.people.tests.jobs import run_owed_jobs
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def deliver_all() -> None:
    while run_owed_jobs() or receiving.understand_some() or delivering.deliver_some():
        pass


def test_new_changed_and_departed_people_hear_nothing(cast: Cast, sink: Sink) -> None:
    """Also of those who ask, answer, and are known from outside already."""
    outsider = Person.objects.take_in(kind="email", external_id="zoe@balie.example", name="Zoe")
    for person in (cast.ada, outsider):
        Ticket.open(requester=person, team=cast.it, subject="Screen", words=Words.from_text("Dark."), channel="email")
    deliver_all()
    owed, told, seen = len(sink.taken), Notice.objects.count(), Delivery.objects.count()
    file = (
        "name;email;status;supervisor;other addresses\nAda Bos;ada@balie.example;leave;dov@balie.example;ada@home.example\n"
        "Eva Beheer;eva@balie.example;;;\nDov Katz;dov@balie.example;;;\nZoe Zon;zoe@balie.example;onboarding;;\n"
        "New One;new@balie.example;;ada@balie.example;\nLeft Long Ago;left@balie.example;inactive;;\n"
    )
    one = taking_over.upload(io.BytesIO(file.encode()), "staff.csv", by=cast.eva)
    taking_over.read_with(one, one.columns, with_departures=True, by=cast.eva)
    deliver_all()
    one.refresh_from_db()
    taking_over.confirm(one, many_may_leave=True, by=cast.eva)
    deliver_all()
    one.refresh_from_db()
    assert one.state == "done"
    assert (one.report["additions"], one.report["changes"], one.report["departures"]) == (2, 2, 3)
    assert (len(sink.taken), Notice.objects.count(), Delivery.objects.count()) == (owed, told, seen)
    # The server does take what is owed.
    mail_sign_in_link("ada@balie.example")
    deliver_all()
    assert [mail.rcpt_tos for mail in sink.taken[owed:]] == [["ada@balie.example"]]
