"""What filters and their values are called, in every language of the pages: who knows one knows them all.

Names of statuses and priorities come from the catalogue; here are the words that stand in no sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django.utils import translation

from balie.platform.languages import LANGUAGES

# English, Dutch, German, French, Spanish, Italian.
_FILTERS: Final = {
    "team": ("team", "team", "abteilung", "équipe", "equipe", "equipo", "squadra"),
    "status": ("status", "state", "statut", "état", "estado", "stato"),
    "assignee": ("assignee", "assigned", "behandelaar", "toegewezen", "zugewiesen", "bearbeiter", "assigné", "asignado",
        "assegnatario", "assegnato"),
    "requester": ("requester", "from", "aanvrager", "van", "anfragende", "von", "demandeur", "de", "solicitante",
        "richiedente", "da"),
    "category": ("category", "categorie", "kategorie", "catégorie", "categoría", "categoria"),
    "priority": ("priority", "prioriteit", "priorität", "priorite", "priorité", "prioridad", "priorità", "priorita"),
    "before": ("before", "voor", "vor", "avant", "antes", "prima"),
    "after": ("after", "since", "na", "sinds", "nach", "seit", "après", "apres", "depuis", "después", "despues", "desde", "dopo"),
    "has": ("has", "heeft", "hat", "mit", "met", "avec", "con", "tiene", "ha"),
    "is": ("is", "ist", "est", "es", "è"),
    "in": ("in", "dans", "en"),
    "sla": ("sla",),
}  # fmt: skip
FILTERS: Final[Mapping[str, str]] = {word: name for name, words in _FILTERS.items() for word in words}

_VALUES: Final = {
    "me": ("me", "mij", "ik", "mich", "mir", "ich", "moi", "mí", "mi", "yo", "io"),
    "nobody": ("nobody", "none", "niemand", "geen", "personne", "aucun", "nadie", "ninguno", "nessuno"),
    "file": ("file", "files", "attachment", "bestand", "bijlage", "datei", "anhang", "fichier", "archivo", "allegato"),
    "note": ("note", "notitie", "notiz", "nota"),
    "new": ("new", "unread", "nieuw", "neu", "nouveau", "nuevo", "nuovo"),
    "open": ("open", "offen", "ouvert", "ouverte", "abierto", "abierta", "aperto", "aperta"),
    "resolved": ("resolved", "done", "closed", "opgelost", "gelöst", "erledigt", "résolu", "résolue",
        "resuelto", "risolto", "risolta"),
    "unassigned": ("unassigned", "onbehandeld", "nicht-zugewiesen", "non-assigné", "sin-asignar", "non-assegnato"),
    "snoozed": ("snoozed", "asleep", "uitgesteld", "zurückgestellt", "reporté", "pospuesto", "rimandato"),
    "followed": ("followed", "gevolgd", "verfolgt", "suivi", "seguido", "seguito"),
    "late": ("late", "overdue", "laat", "verspätet", "überfällig", "retard", "tarde", "ritardo"),
    "breached": ("breached", "missed", "gemist", "verpasst", "verletzt", "manqué", "dépassé", "incumplido", "mancato"),
    "running": ("running", "lopend", "loopt", "laufend", "läuft", "en-cours", "corriendo", "in-corso"),
    "paused": ("paused", "gepauzeerd", "pausiert", "angehalten", "en-pause", "pausado", "in-pausa"),
    "met": ("met", "kept", "gehaald", "eingehalten", "tenu", "respecté", "cumplido", "rispettato"),
    "all": ("all", "anywhere", "alles", "alle", "tout", "todo", "tutto"),
    "mine": ("mine", "mijn", "meine", "miennes", "mías", "mie"),
    "bin": ("bin", "trash", "deleted", "prullenbak", "papierkorb", "corbeille", "papelera", "cestino"),
}  # fmt: skip
_MEANING: Final = {word: value for value, words in _VALUES.items() for word in words}

POSSIBLE: Final = {
    "has": ("file", "note"),
    "is": ("new", "open", "resolved", "unassigned", "snoozed", "followed", "late"),
    "in": ("all", "mine", "bin"),
    "sla": ("breached", "running", "paused", "met"),
}


def meaning_of(value: str) -> str:
    """The English word for it, or the word itself."""
    plain = value.casefold()
    return _MEANING.get(plain, plain)


@lru_cache(maxsize=64)
def _said_everywhere(labels: tuple[tuple[str, object], ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            for value, label in labels:
                said[str(label).casefold()] = value
                said[str(label).casefold().replace(" ", "-")] = value
                said[str(label).casefold().replace(" ", "")] = value
    return said


def named(value: str, choices: Mapping[str, object]) -> str | None:
    """Which of `choices` (a value and its lazy label) has this name in any language."""
    plain = value.casefold()
    if plain in choices:
        return plain
    return _said_everywhere(tuple(choices.items())).get(plain)
