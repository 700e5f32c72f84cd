"""What the requester thought of the answer, for those who work on the request."""

from __future__ import annotations

from django import template

from balie.tickets.models import Rating, Ticket

register = template.Library()


@register.inclusion_tag("components/rating.html")
def rating_of(ticket: Ticket) -> dict[str, Rating | None]:
    """Nothing while it has not been rated; one query. Only for pages of those who work on the request."""
    return {"rating": ticket.ratings.given().order_by("-changed_at").first()}
