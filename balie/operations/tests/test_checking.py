"""`balie check` says nothing about a desk in order, and names each thing that is not, with its cure."""

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as in_force
from django.db import connection
from django.test import override_settings

from balie.channels.models import Arrival
from balie.operations.checking import Problem, problems
from balie.operations.tests.conftest import Installation
from balie.platform import clock
from balie.platform.environment import MailRoute

At = Callable[[Installation], AbstractContextManager[None]]


def found() -> list[str]:
    return [problem.what for problem in problems()]


@contextmanager
def set_to(**changes: Any) -> Iterator[None]:
    with override_settings(BALIE=dataclasses.replace(in_force.BALIE, **changes)):
        yield


@pytest.mark.django_db
def test_a_desk_in_order_has_no_problems() -> None:
    assert list(problems()) == []


@pytest.mark.django_db
def test_every_problem_has_a_cure() -> None:
    with set_to(data=Path("/nowhere"), url="http://desk.example.com"):
        told = list(problems())
    assert len(told) >= 3
    assert all(isinstance(problem, Problem) and problem.what and problem.cure for problem in told)


@pytest.mark.django_db
def test_an_address_without_tls_is_for_this_machine_only() -> None:
    with set_to(url="http://desk.example.com"):
        assert any("travel in the open" in what for what in found())
    with set_to(url="http://desk.localhost:8000"):
        assert found() == []


@pytest.mark.django_db
def test_a_key_that_others_can_read_is_named() -> None:
    key = in_force.BALIE.data / "secret.key"
    key.write_text("x" * 50)
    key.chmod(0o644)
    (problem,) = problems()
    assert "mode 644" in problem.what
    assert problem.cure == f"Run: chmod 600 '{key}'"
    key.chmod(0o600)
    assert found() == []


@pytest.mark.django_db
def test_a_public_desk_whose_mail_does_not_leave_is_named() -> None:
    with set_to(url="https://desk.example.com"):
        (problem,) = problems()
    assert "Mail does not leave" in problem.what


def route(port: int) -> MailRoute:
    return MailRoute(host="127.0.0.1", port=port, user="", password="", starttls=False, tls=False)


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_named_and_one_that_answers_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=_answer_as_a_mail_server, args=(server,), daemon=True).start()
        with set_to(smtp=route(port)):
            assert found() == []
    with set_to(smtp=route(port)):
        assert any(f"does not answer on port {port}" in what for what in found())


def _answer_as_a_mail_server(server: socket.socket) -> None:
    caller, _ = server.accept()
    with caller, caller.makefile("rwb") as lines:
        lines.write(b"220 sink\r\n")
        lines.flush()
        for line in lines:
            lines.write(b"221 bye\r\n" if line.lower().startswith(b"quit") else b"250 fine\r\n")
            lines.flush()


@pytest.mark.django_db
def test_mail_that_nobody_reads_tells_that_no_worker_lives() -> None:
    long_ago = clock.now() - timedelta(hours=1)
    Arrival.objects.create(
        kind="email",
        external_id="1:it",
        bundle="1",
        state=Arrival.State.WAITING,
        received_at=long_ago,
        next_attempt_at=long_ago,
    )
    (problem,) = problems()
    assert problem.what == "1 messages came in and are not read yet."
    assert "balie worker" in problem.cure


@pytest.mark.django_db
def test_a_database_that_is_not_up_to_date_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'channels'")
    (problem,) = problems()
    assert "not up to date" in problem.what


def test_a_database_that_is_away_is_named(empty_place: None) -> None:
    assert any("The database does not answer" in what for what in found())


@pytest.fixture
def empty_place(at: At, tmp_path: Path) -> Iterator[None]:
    with at(Installation(database="never_made", data=tmp_path)):
        yield
