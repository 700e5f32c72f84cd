"""Where pages find styles, scripts and shapes: under names that carry a digest of their content."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class LastingFiles(ManifestStaticFilesStorage):
    """Django's own, that works out each address once: a list of fifty requests names some two hundred shapes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        if name is None or force:
            return super().url(name, force)  # type: ignore[arg-type]  # Django allows None, its stubs do not
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = super().url(name)
        return address
