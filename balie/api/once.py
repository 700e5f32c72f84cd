"""`Idempotency-Key`: the same request sent twice has one effect and one answer, for a day.

Key, effect and answer are one commit. Another request with the same key waits for that commit and is given the answer; when
nothing came of the first one, because it was refused or rolled back, nothing is kept and the other one is carried out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from balie.api.models import KEPT_FOR, Answer
from balie.api.problems import problem
from balie.people.models import Person
from balie.platform import clock

LONGEST_KEY = 255
REPLAYED = "Idempotency-Replayed"


def once(request: HttpRequest, *, by: Person, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """For a POST, within the transaction of its effect; whoever calls rolls back after an error."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return carry_out()
    if not key.strip() or len(key) > LONGEST_KEY:
        return problem(request, 422, detail=_("An Idempotency-Key has 1 to 255 characters."))
    asked = _asked(request)
    name = _digest(str(by.pk), request.method or "", request.path, key)
    kept = _given(name) or _claim(name, by=by, asked=asked)
    if kept.status:
        return _again(request, kept, asked=asked)
    response = carry_out()
    if response.status_code < 400:
        Answer.objects.filter(pk=kept.pk).update(
            status=response.status_code, body=bytes(response.content),
            content_type=response.headers.get("Content-Type", "")[:100],
            location=response.headers.get("Location", "")[:300],
        )  # fmt: skip
    return response


def _given(name: str) -> Answer | None:
    found = Answer.objects.filter(name=name).first()
    if found is not None and clock.now() - found.given_at > KEPT_FOR:
        found.delete()
        return None
    return found


def _claim(name: str, *, by: Person, asked: str) -> Answer:
    # The unique name is the lock: whoever comes second waits here until the first has committed or rolled back.
    kept, _is_new = Answer.objects.get_or_create(
        name=name, defaults={"person": by, "asked": asked, "given_at": clock.now()}
    )
    return kept


def _again(request: HttpRequest, kept: Answer, *, asked: str) -> HttpResponse:
    if kept.asked != asked:
        return problem(request, 422, detail=_("This Idempotency-Key was used for another request."))
    headers = {REPLAYED: "true"} | ({"Location": kept.location} if kept.location else {})
    return HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type or None, headers=headers)


def _asked(request: HttpRequest) -> str:
    """A digest of what was sent. A form is read first: its boundary differs each time it is sent."""
    if request.content_type != "multipart/form-data":
        return _digest(request.get_full_path(), request.content_type or "", request.body)
    parts: list[str | bytes] = [request.get_full_path()]
    for name, values in sorted(request.POST.lists()):
        parts += [name, *map(str, values)]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            parts += [name, file.name or "", content.hexdigest()]
    return _digest(*parts)


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        written = part if isinstance(part, bytes) else part.encode("utf-8", "replace")
        found.update(len(written).to_bytes(8, "big") + written)
    return found.hexdigest()
