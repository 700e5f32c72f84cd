"""The organisation."""

from balie.organisation.models.organisation import Organisation
from balie.organisation.models.span import UsualSpan

__all__ = ["Organisation", "UsualSpan"]
