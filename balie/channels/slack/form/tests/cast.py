"""Our cast as the workspace of the fixtures knows it, and who the readers of the tests ask for names."""

from balie.channels.slack.form.names import NoNames

ADA, BEN, CLEO, DOV, EVA, BOT = "U0ADA00001", "U0BEN00002", "U0CLEO0003", "U0DOV00004", "U0EVA00005", "U0BALIE009"

PEOPLE = {ADA: "Ada Vermeer", BEN: "Ben Jansen", CLEO: "Cleo <Smit>", DOV: "Dov Katz", EVA: "Eva Beheer"}


class Known(NoNames):
    """Knows the cast, one channel and one group."""

    def person(self, id: str, /) -> str | None:
        return PEOPLE.get(id)

    def channel(self, id: str, /) -> str | None:
        return {"C0ITHELP01": "it-help"}.get(id)

    def group(self, id: str, /) -> str | None:
        return {"S0ITTEAM01": "@it-team"}.get(id)


def rich_text(*elements: dict) -> dict:
    return {"type": "message", "blocks": [{"type": "rich_text", "block_id": "Vb1", "elements": list(elements)}]}


def section(*elements: dict) -> dict:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words: str, **style: bool) -> dict:
    return {"type": "text", "text": words} | ({"style": style} if style else {})


def bullets(*items: str, **more: object) -> dict:
    return {
        "type": "rich_text_list", "style": "bullet", "indent": 0, "border": 0,
        "elements": [section(text(item)) for item in items], **more,
    }  # fmt: skip
