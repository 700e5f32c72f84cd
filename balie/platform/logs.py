"""What the programs write down about themselves: structured lines on the standard error, without personal data."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_PERSONAL = {
    "address", "author", "authorization", "bcc", "body", "cc", "content", "cookie", "display_name", "email",
    "first_name", "from", "html", "key", "last_name", "name_of_person", "from_address", "full_name", "password",
    "person_name", "phone", "raw", "recipient", "recipients", "remote_addr", "reply_to", "requester", "secret",
    "sender", "session", "set-cookie", "signature", "speaker", "subject", "text", "to", "token", "user_agent",
    "username",
}  # fmt: skip
_HIDDEN = "[hidden]"

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=@/]{1,256}@[^\s<>()\[\]\"',;:@/]{1,255}")
_TOKENS = re.compile(r"balie_[A-Za-z0-9_-]{16,}|\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_AFTER_SCHEME = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_IN_URL = re.compile(r"(://)[^\s/@:]*:[^\s/@]*@")
_IN_PAIR = re.compile(
    r"\b(api_key|code|key|password|secret|sig|signature|state|token|access_token|refresh_token)(=|%3D)[^\s&\"'<>;]+",
    re.IGNORECASE,
)

# Below these levels libraries tell what nobody reads, addresses among it.
_LEVELS = {
    "aiosmtpd": logging.WARNING,
    "asyncio": logging.WARNING,
    "granian.access": logging.INFO,
    "httpcore2": logging.WARNING,
    "httpx2": logging.WARNING,
    "mail.log": logging.WARNING,
    "procrastinate": logging.WARNING,
}
_SPEAKING = (
    "django", "django.request", "django.security", "django.server", "_granian", "granian", "granian.access",
    "py.warnings",
)  # fmt: skip


def set_up(*, json: bool) -> None:
    """Send every log, our own and those of libraries, through one format: JSON for machines, or text for people."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_personal_data,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _SPEAKING:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)


def without_personal_data(logger: WrappedLogger | None, method: str, event: EventDict) -> EventDict:
    """A structlog processor that hides whom a line speaks of; ids and numbers stay, for those who may look them up."""
    return {key: _HIDDEN if key.lower() in _PERSONAL else _hidden(value) for key, value in event.items()}


def _hidden(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _HIDDEN if str(key).lower() in _PERSONAL else _hidden(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(part) for part in value]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = _IN_URL.sub(rf"\1{_HIDDEN}@", text)
    text = _AFTER_SCHEME.sub(rf"\1 {_HIDDEN}", text)
    text = _IN_PAIR.sub(rf"\1\2{_HIDDEN}", text)
    text = _TOKENS.sub(_HIDDEN, text)
    return _ADDRESS.sub(_HIDDEN, text)
