"""Pictures of a letter from outside: none loads until it is known where from, and the reader has agreed."""

import html as entities
import re
from collections.abc import Mapping

_REMOTE_SCHEMES = ("http://", "https://")
# No browser knows this scheme: a picture that the last step should miss stays unloaded.
_WITHHELD = "x-withheld:"
_CONTENT_ID = re.compile(r"[^\s<>\"'`\\]{1,250}")
# The cleaner writes every value in double quotes and escapes the quotes within, so this reads tags exactly.
_TAG = re.compile(r'<(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?: [^\s"=<>]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([^\s"=<>]+)="([^"]*)"')


def show_remote_images(clean_html: str) -> str:
    """Cleaned HTML whose remote pictures load: for a reader who asked for them."""

    def shown(tag: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(tag["attributes"]))
        source = attributes.pop("data-remote-src", "")
        if tag["name"] != "img" or not source.startswith(_REMOTE_SCHEMES):
            return tag[0]
        return _tag("img", attributes | {"src": source, "referrerpolicy": "no-referrer", "loading": "lazy"})

    return _TAG.sub(shown, clean_html)


def place_images(clean_html: str, urls: Mapping[str, str]) -> str:
    """Cleaned HTML whose enclosed pictures are shown; `urls` maps a content id to our own address of the file."""
    if not urls:
        return clean_html

    def placed(tag: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(tag["attributes"]))
        url = urls.get(entities.unescape(attributes.get("data-cid", "")))
        if tag["name"] != "img" or not url:
            return tag[0]
        del attributes["data-cid"]
        return _tag("img", attributes | {"src": entities.escape(url)})

    return _TAG.sub(placed, clean_html)


def withheld(name: str, value: str) -> str | None:
    """The value with which a source of a picture passes the cleaner, or None; `without_sources` is what follows."""
    if name == "data-cid" or value[:4].lower() == "cid:":
        content_id = value if name == "data-cid" else value[4:].strip().strip("<>")
        if not _CONTENT_ID.fullmatch(content_id):
            return None
        return content_id if name == "data-cid" else f"{_WITHHELD}cid:{content_id}"
    if name == "srcset":
        # "small.png 1x, large.png 2x": the first will do.
        value = value.partition(" ")[0].rstrip(",")
    scheme = next((scheme for scheme in _REMOTE_SCHEMES if value.lower().startswith(scheme)), None)
    if scheme is None:
        return None
    address = scheme + value[len(scheme) :]
    return address if name == "data-remote-src" else _WITHHELD + address


def without_sources(cleaned: str) -> str:
    """What the cleaner wrote, with sources that no browser follows; pictures without source or words are left out."""
    return _TAG.sub(_without_source, cleaned) if "<img" in cleaned else cleaned


def _without_source(tag: re.Match[str]) -> str:
    if tag["name"] != "img":
        return tag[0]
    attributes: dict[str, str] = dict(_ATTRIBUTE.findall(tag["attributes"]))
    alternative = attributes.pop("srcset", "")
    source = (attributes.pop("src", "") or alternative).removeprefix(_WITHHELD)
    if source.startswith("cid:"):
        attributes["data-cid"] = source.removeprefix("cid:")
    elif source:
        attributes["data-remote-src"] = source
    if not attributes.get("alt") and not source and not {"data-cid", "data-remote-src"} & attributes.keys():
        return ""
    return _tag("img", attributes)


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    """A tag of attributes that are already escaped."""
    return " ".join([f"<{name}", *(f'{key}="{value}"' for key, value in attributes.items())]) + ">"
