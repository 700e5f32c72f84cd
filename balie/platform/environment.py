"""What the environment says: every BALIE_* variable is read here, once, and refused here when it is wrong."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit


class WrongSetting(Exception):
    """A variable of the environment cannot be used; the message names it and the cure."""


@dataclass(frozen=True, kw_only=True)
class MailRoute:
    """How mail leaves: a submission server, as `BALIE_SMTP_URL` names it."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The settings that must be known before the database opens."""

    data: Path
    database_url: str
    database_direct_url: str
    url: str
    mail_domain: str
    smtp: MailRoute | None
    secret_key: str
    slack_api_url: str


def read(environ: dict[str, str] | None = None) -> Environment:
    """Read the variables of the contract; raises `WrongSetting`."""
    given = dict(os.environ) if environ is None else environ
    return Environment(
        data=Path(given.get("BALIE_DATA") or ".balie").absolute(),
        database_url=_database_url("BALIE_DATABASE_URL", given.get("BALIE_DATABASE_URL", "")),
        database_direct_url=_database_url("BALIE_DATABASE_DIRECT_URL", given.get("BALIE_DATABASE_DIRECT_URL", "")),
        url=_base_address("BALIE_URL", given.get("BALIE_URL") or "http://localhost:8000"),
        mail_domain=_domain(given.get("BALIE_MAIL_DOMAIN") or "desk.localhost"),
        smtp=_mail_route(given.get("BALIE_SMTP_URL", "")),
        secret_key=_secret_key(given.get("BALIE_SECRET_KEY", "")),
        slack_api_url=_base_address("BALIE_SLACK_API_URL", given.get("BALIE_SLACK_API_URL") or "https://slack.com/api"),
    )


def _database_url(name: str, value: str) -> str:
    if not value:
        return ""
    parts = _split(name, value, "postgresql://user:password@host:5432/name")
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise WrongSetting(f"{name} must look like postgresql://user:password@host:5432/name, or be left out.")
    return value


def _base_address(name: str, value: str) -> str:
    parts = _split(name, value, "https://desk.example.com")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongSetting(f"{name} must be a web address such as https://desk.example.com, and is {value!r}.")
    if parts.query or parts.fragment:
        raise WrongSetting(f"{name} must end after the host or path, without ? or #, and is {value!r}.")
    return value.rstrip("/")


def _domain(value: str) -> str:
    domain = value.strip().lower().rstrip(".")
    labels = domain.split(".")
    if len(domain) > 253 or not all(label and len(label) <= 63 and not label.startswith("-") for label in labels):
        raise WrongSetting(f"BALIE_MAIL_DOMAIN must be a domain such as desk.example.com, and is {value!r}.")
    if any(not (character.isalnum() or character == "-") for label in labels for character in label):
        raise WrongSetting(f"BALIE_MAIL_DOMAIN must be a domain such as desk.example.com, and is {value!r}.")
    return domain


def _mail_route(value: str) -> MailRoute | None:
    if not value:
        return None
    example = "smtp+starttls://user:password@mail.example.com:587"
    parts = _split("BALIE_SMTP_URL", value, example)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise WrongSetting(
            f"BALIE_SMTP_URL must begin with smtp://, smtp+starttls:// or smtps:// and name a host, as in {example}."
        )
    return MailRoute(
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+starttls",
        tls=parts.scheme == "smtps",
    )


def _secret_key(value: str) -> str:
    if value and len(value) < 32:
        raise WrongSetting(
            "BALIE_SECRET_KEY must have at least 32 characters; leave it out to have one made and kept for you."
        )
    return value


def _split(name: str, value: str, example: str) -> SplitResult:
    """Parse an address, and never repeat it in the error: it may hold a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise WrongSetting(f"{name} is not an address that can be read; it should look like {example}.") from None
    return parts
