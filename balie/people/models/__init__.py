"""Everyone Balie knows, and how it knows them."""

from balie.people.models.api_token import ApiToken
from balie.people.models.attribute import Attribute
from balie.people.models.attribute_change import AttributeChange
from balie.people.models.audit_entry import AuditEntry
from balie.people.models.choice import Choice
from balie.people.models.credential import AllowedAttribute, ApiScope, Credential
from balie.people.models.identity import Identity
from balie.people.models.people_import import PeopleImport
from balie.people.models.person import Person
from balie.people.models.proposal import Proposal
from balie.people.models.right import Area, Level, Right, Scope
from balie.people.models.role import Role, RoleAssignment
from balie.people.models.section import Section
from balie.people.models.sign_in_link import SignInLink

__all__ = [
    "AllowedAttribute",
    "ApiScope",
    "ApiToken",
    "Area",
    "Attribute",
    "AttributeChange",
    "AuditEntry",
    "Choice",
    "Credential",
    "Identity",
    "Level",
    "PeopleImport",
    "Person",
    "Proposal",
    "Right",
    "Role",
    "RoleAssignment",
    "Scope",
    "Section",
    "SignInLink",
]
