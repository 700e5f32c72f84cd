"""The organisation."""

from balie.organisation.models.organisation import Organisation

__all__ = ["Organisation"]
