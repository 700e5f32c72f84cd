"""What the columns of an import are called, in our six languages, and what their cells mean."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from django.utils import translation

from balie.people.models import Attribute, Person
from balie.platform.languages import LANGUAGES, spoken

# Fields of a person, beside which every attribute may have a column.
_HEADINGS: Final = {
    "name": "name, full name, employee, naam, volledige naam, medewerker, vollständiger name, mitarbeiter, nom complet, "
    "nombre completo, nome completo, nome e cognome, nombre y apellidos",
    "first_name": "first name, given name, voornaam, roepnaam, vorname, prénom",
    "last_name": "last name, surname, family name, achternaam, nachname, familienname, "
    "nom de famille, apellido, apellidos, cognome",
    "email": "email, e-mail, mail, work email, work address, email address, e-mail address, e-mailadres, werkadres, "
    "zakelijk e-mailadres, e-mail-adresse, mailadresse, dienstliche e-mail, adresse e-mail, adresse électronique, courriel, "
    "adresse professionnelle, correo, correo electrónico, dirección de correo, email de trabajo, posta elettronica, "
    "indirizzo e-mail, indirizzo email, email aziendale",
    "other_addresses": "other addresses, other emails, other email addresses, andere adressen, overige adressen, "
    "andere e-mailadressen, weitere adressen, weitere e-mail-adressen, autres adresses, otras direcciones, otros correos, "
    "altri indirizzi",
    "status": "status, employment status, dienstverband, beschäftigungsstatus, statut, estado, stato",
    "language": "language, taal, sprache, langue, idioma, lingua",
    "time_zone": "time zone, timezone, tijdzone, zeitzone, fuseau horaire, zona horaria, fuso orario",
    "supervisor": "supervisor, manager, line manager, supervisor email, leidinggevende, manager e-mail, vorgesetzte, "
    "vorgesetzter, vorgesetzte person, führungskraft, superviseur, responsable, supérieur, jefe, responsabile, superiore",
    "position": "position, job title, title, functie, functietitel, stelle, stellenbezeichnung, poste, fonction, puesto, cargo, "
    "posizione, mansione, qualifica",
    "department": "department, afdeling, abteilung, département, service, departamento, reparto, dipartimento",
    "office": "office, location, kantoor, vestiging, locatie, büro, standort, bureau, site, oficina, sede, ufficio",
    "phone": "phone, telephone, phone number, telefoon, telefoonnummer, telefon, telefonnummer, téléphone, teléfono, telefono",
    "hire_date": "hire date, start date, datum in dienst, in dienst sinds, indiensttreding, eintrittsdatum, eintritt, "
    "date d'embauche, date d'entrée, fecha de contratación, fecha de alta, fecha de ingreso, data di assunzione",
}  # fmt: skip
# One word for the whole name, or for a part of it when the other part has a column of its own.
_WHOLE_OR_FIRST, _WHOLE_OR_LAST = frozenset({"nombre", "nome"}), frozenset({"nom"})

_STATUSES: Final = {
    Person.Status.ONBOARDING: "onboarding, new, nieuw, neu, einarbeitung, intégration, incorporación, inserimento",
    Person.Status.ACTIVE: "active, actief, aktiv, actif, active, activo, activa, attivo, attiva",
    Person.Status.LEAVE: "leave, on leave, verlof, met verlof, beurlaubt, abwesend, elternzeit, en congé, congé, de permiso, "
    "permiso, baja, in congedo, congedo, in aspettativa",
    Person.Status.INACTIVE: "inactive, terminated, left, inactief, uit dienst, inaktiv, ausgeschieden, inactif, parti, inactivo, "
    "inactiva, inattivo, inattiva, cessato",
}  # fmt: skip
_LANGUAGE_NAMES: Final = {
    "en": "english, engels, englisch, anglais, inglés, inglese",
    "de": "german, duits, allemand, alemán, tedesco",
    "nl": "dutch, niederländisch, holländisch, néerlandais, neerlandés, holandés, olandese",
    "fr": "french, frans, französisch, francés, francese",
    "es": "spanish, spaans, spanisch, espagnol, spagnolo, castellano",
    "it": "italian, italiaans, italienisch, italien",
}


def columns(headings: Sequence[str], *, attributes: Sequence[Attribute]) -> list[str]:
    """What each column holds: a field's name, an attribute's key, or "" for what is not known or was there before."""
    of_person = {heading: field for heading, field in _BY_HEADING.items() if field in PERSON_FIELDS}
    known = _BY_HEADING | _of_attributes(attributes) | of_person
    plain = [plainly(heading) for heading in headings]
    found = [known.get(heading, "") for heading in plain]
    for place, heading in enumerate(plain):
        if heading in _WHOLE_OR_FIRST:
            found[place] = "first_name" if "last_name" in found else "name"
        elif heading in _WHOLE_OR_LAST:
            found[place] = "last_name" if "first_name" in found else "name"
    keys = {attribute.key for attribute in attributes}
    fields = PERSON_FIELDS | keys
    return [field if field in fields and field not in found[:place] else "" for place, field in enumerate(found)]


def status(written: str) -> str | None:
    """The status that a cell names, or None."""
    return _BY_STATUS.get(plainly(written))


def language(written: str) -> str | None:
    """The language that a cell names, by its code or its name, or None."""
    return _BY_LANGUAGE.get(plainly(written)) or spoken(written) or None


def plainly(written: str) -> str:
    """Without case, accents and punctuation: what two spellings of a heading have in common."""
    letters = unicodedata.normalize("NFKD", written.casefold())
    return re.sub(r"[\W_]+", " ", "".join(one for one in letters if not unicodedata.combining(one))).strip()


def _of_attributes(attributes: Sequence[Attribute]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            for attribute in attributes:
                found.setdefault(plainly(str(attribute)), attribute.key)
    return found | {plainly(attribute.key): attribute.key for attribute in attributes}


def _by_word(words: dict[str, str]) -> dict[str, str]:
    by_word = {plainly(word): meaning for meaning, listed in words.items() for word in listed.split(",")}
    return by_word | {plainly(meaning): meaning for meaning in words}


_BY_HEADING: Final = _by_word(_HEADINGS)
_BY_STATUS: Final = _by_word({str(value): words for value, words in _STATUSES.items()})
_BY_LANGUAGE: Final = _by_word(_LANGUAGE_NAMES) | {plainly(name): code for code, name in LANGUAGES}
PERSON_FIELDS: Final = frozenset(
    {"name", "first_name", "last_name", "email", "other_addresses", "status", "language", "time_zone", "supervisor"}
)
