"""Logs tell what happened, and not to whom."""

import json
import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from balie.platform import logs


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_structured(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)
    structlog.get_logger("balie.tickets").info("Request opened", ticket=12, team="IT", took_ms=1.5)
    (line,) = written(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "Request opened", "ticket": 12, "team": "IT", "took_ms": 1.5, "level": "info",
        "logger": "balie.tickets",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["django.request", "granian.access", "procrastinate.worker", "mail.log", "balie.any"])
def test_every_library_writes_the_same_way(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)
    logging.getLogger(name).warning("Mail for %s failed", "ada@balie.example")
    (line,) = written(capsys)
    assert line["event"] == "Mail for [hidden] failed"
    assert line["logger"] == name
    assert line["level"] == "warning"


def test_setting_up_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)
    logs.set_up(json=True)
    logging.getLogger("django").error("x")
    assert len(written(capsys)) == 1


def test_text_for_people_is_without_personal_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=False)
    structlog.get_logger("balie").warning("Refused", sender="Ada", note="from ada@balie.example", ticket=12)
    said = capsys.readouterr().err
    assert "Ada" not in said
    assert "ada@" not in said
    assert "12" in said


@pytest.mark.parametrize("as_json", [True, False])
def test_an_error_is_told_without_what_it_was_about(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=as_json)
    try:
        raise ValueError("no person ada@balie.example")
    except ValueError:
        logging.getLogger("django.request").exception("Failed")
        structlog.get_logger("balie").exception("Failed again", sender="Ada")
    said = capsys.readouterr().err
    assert said.count("ValueError: no person [hidden]") == 2
    assert "Traceback" in said
    assert "ada@" not in said


def test_a_warning_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old", UserWarning, stacklevel=1)
        logging.captureWarnings(False)
    (line,) = written(capsys)
    assert "old" in line["event"]


@pytest.mark.parametrize(
    "secret",
    [
        "ada@balie.example",
        "Ada <ada.lovelace+x@mail.balie.example>",
        "it+r12-7-abcdefghijklmnop@desk.localhost",
        "josé@пример.example",
        "balie_D2lNO24MOkD_jK-wLYh0mI5aZ97rLaFxCXda-AAvDJ4",
        "Bearer abcdefgh.ijklmnop",
        "authorization: Basic YWRhOnNlY3JldA==",
        "xoxb-1234567890-abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "smtps://ada:secret@mail.example:465",
        "/sign-in?token=abcdef&next=/",
        "?a=1&code=4711&state=xyz",
        "password=hunter2",
    ],
)
def test_no_address_or_secret_is_written(secret: str) -> None:
    hidden = logs.without_personal_data(
        None,
        "info",
        {"event": f"about {secret}!", "deep": {"list": [secret], "email": "x", "n": (secret,)}, "raw": secret},
    )
    said = json.dumps(hidden, ensure_ascii=False)
    for word in (
        "ada",
        "lovelace",
        "r12",
        "josé",
        "balie_",
        "abcdef",
        "YWRh",
        "xoxb-1",
        "eyJ",
        "hunter2",
        "4711",
        "xyz",
        "secret",
    ):
        assert word not in said
    assert hidden["raw"] == hidden["deep"]["email"] == "[hidden]"


def test_what_tells_nothing_of_people_stays() -> None:
    event = {"event": "GET /requests/12?page=2 200", "sha256": "ab" * 32, "n": 1, "ok": True, "none": None, "ms": 0.5}
    assert logs.without_personal_data(None, "info", dict(event)) == event


def test_a_long_line_is_hidden_in_time() -> None:
    before = time.process_time()
    for text in ("a" * 200_000, "@" * 200_000, "a@" * 100_000, "://" * 70_000, "key=" * 50_000, "eyJ" * 70_000):
        logs.without_personal_data(None, "info", {"event": text})
    assert time.process_time() - before < 5
