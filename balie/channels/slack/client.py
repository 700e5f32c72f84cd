"""The only file of the driver that touches the network: Slack's Web API, by Slack's own SDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

from django.conf import settings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from balie.channels.slack.models import Workspace

# Seconds; what a person waits for loses its worth sooner.
_PATIENCE: Final = 15
_LARGEST_FILE: Final = 25 * 1024 * 1024
_REVOKED: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "team_access_not_granted",
     "org_login_required", "two_factor_setup_required", "team_not_found"}
)  # fmt: skip
_PASSING: Final = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "ekm_access_denied",
    }
)


class CannotReach(Exception):
    """It did not work this time."""


class Limited(CannotReach):
    """Too much at once; `pause` is after how many seconds Slack wants to hear from us again."""

    def __init__(self, pause: float) -> None:
        super().__init__(f"Slack asks us to wait for {pause:g} s")
        self.pause = pause


class AccessLost(Exception):
    """The token is worth nothing any more."""


class Refused(Exception):
    """Slack will never take this; `reason` is its word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Slack:
    """One workspace, with its token. Each method raises `CannotReach`, `AccessLost` or `Refused`."""

    def __init__(self, token: str, *, patience: int = _PATIENCE) -> None:
        # The SDK must not repeat a post by itself: only we know how to tell whether it was taken.
        self._web = WebClient(
            token=token, base_url=f"{settings.BALIE.slack_api_url}/", timeout=patience, retry_handlers=[]
        )
        self._token = token

    @classmethod
    def of(cls, workspace: Workspace, *, patience: int = _PATIENCE) -> Slack:
        return cls(workspace.bot_token, patience=patience)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Any method of the Web API."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer = self._web.api_call(method, json=given)
        except SlackApiError as fault:
            raise _fault(fault) from None
        except (SlackClientError, SlackRequestError, URLError, OSError, ValueError) as fault:
            raise CannotReach(type(fault).__name__) from fault
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A method that only reads; these take forms, not JSON."""
        given = {name: _plain(value) for name, value in arguments.items() if value is not None}
        try:
            answer = self._web.api_call(method, http_verb="GET", params=given)
        except SlackApiError as fault:
            raise _fault(fault) from None
        except (SlackClientError, SlackRequestError, URLError, OSError, ValueError) as fault:
            raise CannotReach(type(fault).__name__) from fault
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def whole(self, method: str, *, what: str, most_pages: int = 20, **arguments: Any) -> Iterator[dict[str, Any]]:
        """All pages of a list."""
        cursor: str | None = None
        for _page in range(most_pages):
            answer = self.ask(method, cursor=cursor, **arguments)
            yield from (one for one in answer.get(what) or () if isinstance(one, dict))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def scopes(self) -> tuple[dict[str, Any], str]:
        """Who we are there, and what we may do: the answer of auth.test, and its header."""
        try:
            answer = self._web.auth_test()
        except SlackApiError as fault:
            raise _fault(fault) from None
        except (SlackClientError, SlackRequestError, URLError, OSError, ValueError) as fault:
            raise CannotReach(type(fault).__name__) from fault
        headers = {name.lower(): value for name, value in answer.headers.items()}
        given = headers.get("x-oauth-scopes", "")
        scopes = given if isinstance(given, str) else ",".join(given)
        return (dict(answer.data) if isinstance(answer.data, dict) else {}), scopes.replace(" ", "")

    def upload(self, *, name: str, content: bytes, place: str, thread: str) -> str:
        """Put a file into a thread, in the three steps of today's way; gives its id.

        https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        begun = self.ask("files.getUploadURLExternal", filename=name, length=len(content))
        request = Request(begun["upload_url"], data=content, method="POST")  # noqa: S310  (checked below)
        _demand_web(begun["upload_url"])
        request.add_header("Content-Type", "application/octet-stream")
        try:
            with urlopen(request, timeout=60):  # noqa: S310  (as Slack has just named it)
                pass
        except HTTPError as fault:
            if 400 <= fault.code < 500 and fault.code not in (408, 429):
                raise Refused(f"HTTP {fault.code}") from fault
            raise CannotReach(f"HTTP {fault.code}") from fault
        except (URLError, OSError) as fault:
            raise CannotReach(type(fault).__name__) from fault
        file: str = begun["file_id"]
        self.call(
            "files.completeUploadExternal",
            files=[{"id": file, "title": name}],
            channel_id=place,
            thread_ts=thread or None,
        )
        return file

    def download(self, url: str) -> bytes:
        """A file that somebody shared. The token goes to Slack's own servers and nowhere else."""
        _demand_slack(url)
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310  (checked above)
        try:
            with _opener.open(request, timeout=60) as answer:
                if answer.headers.get_content_type() == "text/html" and not urlsplit(url).path.endswith(
                    (".html", ".htm")
                ):
                    # The page to sign in at, instead of a file that the app may not read.
                    raise Refused("not_given")
                content: bytes = answer.read(_LARGEST_FILE + 1)
        except HTTPError as fault:
            if fault.code in (401, 403, 404, 410):
                raise Refused(str(fault.code)) from fault
            raise CannotReach(str(fault.code)) from fault
        except (URLError, OSError) as fault:
            raise CannotReach(type(fault).__name__) from fault
        if len(content) > _LARGEST_FILE:
            raise Refused("too_large")
        return content


def exchange(*, code: str, client_id: str, client_secret: str, redirect_uri: str) -> Mapping[str, Any]:
    """The last step of "Add to Slack" (OAuth v2)."""
    web = WebClient(base_url=f"{settings.BALIE.slack_api_url}/", timeout=_PATIENCE, retry_handlers=[])
    try:
        answer = web.oauth_v2_access(
            code=code, client_id=client_id, client_secret=client_secret, redirect_uri=redirect_uri
        )
    except SlackApiError as fault:
        raise _fault(fault) from None
    except (SlackClientError, URLError, OSError, ValueError) as fault:
        raise CannotReach(type(fault).__name__) from fault
    return dict(answer.data) if isinstance(answer.data, dict) else {}


def _fault(fault: SlackApiError) -> Exception:
    answer = fault.response
    status = getattr(answer, "status_code", 0)
    headers = {name.lower(): value for name, value in (getattr(answer, "headers", None) or {}).items()}
    found = getattr(answer, "data", answer)
    reason = str(found.get("error") or "") if isinstance(found, dict) else ""
    if status == 429 or reason in ("ratelimited", "rate_limited"):
        return Limited(_seconds(headers.get("retry-after")))
    if reason in _REVOKED:
        return AccessLost(reason)
    if status >= 500 or reason in _PASSING or not reason:
        return CannotReach(reason or f"HTTP {status}")
    return Refused(reason)


def _seconds(given: object) -> float:
    first = given[0] if isinstance(given, Sequence) and not isinstance(given, str) and given else given
    try:
        return min(max(float(str(first)), 1.0), 3600.0)
    except ValueError:
        return 30.0


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


class _OnlyWithin(HTTPRedirectHandler):
    """Follows Slack to Slack's own servers only: a redirected request carries the token along."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        _demand_slack(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = build_opener(_OnlyWithin)


def _demand_slack(url: str) -> None:
    """Slack's own, or that of the Slack whose API we use, such as the one for governments."""
    host = urlsplit(url).hostname or ""
    ours = urlsplit(settings.BALIE.slack_api_url).hostname or ""
    if host not in (ours, "slack.com") and not host.endswith((f".{ours}", ".slack.com", ".slack-files.com")):
        raise Refused("foreign_host")
    _demand_web(url)


def _demand_web(url: str) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refused("foreign_scheme")
