"""Sessions in the database whose end is told: the streams of an ended session end with it."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction

from balie.platform.live import tell


class SessionStore(db.SessionStore):
    """For `SESSION_ENGINE`. Sign-out, "end this session" and a new password all come through `delete`."""

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        ended = self.model.objects.filter(session_key=key).first() if key else None
        with transaction.atomic():
            super().delete(session_key)
            person = ended.get_decoded().get(SESSION_KEY) if ended else None
            if person is not None:
                tell(f"rights:{person}")
