"""What a team promises, each promise that runs on a request, and how far a change of rules has come."""

from balie.sla.models.clock import Clock
from balie.sla.models.recomputation import Recomputation
from balie.sla.models.rule import Rule, RuleCategory

__all__ = ["Clock", "Recomputation", "Rule", "RuleCategory"]
