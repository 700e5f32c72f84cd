"""The organisation."""

from balie.organisation.models.organisation import Organisation
from balie.organisation.models.usual_span import UsualSpan

__all__ = ["Organisation", "UsualSpan"]
