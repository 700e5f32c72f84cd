"""What Slack refuses, as it documents it (https://docs.slack.dev/reference/block-kit); the SDK's own models check too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slack_sdk.models.blocks import Block

MOST_IN_A_MESSAGE, MOST_IN_A_VIEW = 50, 100
IN_MESSAGES = {"rich_text", "section", "context", "header", "divider", "actions", "table", "image"}
RICH_TEXT = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
IN_VIEWS = (IN_MESSAGES | {"input"}) - {"table"}


def check_message(part: Any) -> None:
    assert 0 < len(part.text) <= 4_000
    assert 0 < len(part.blocks) <= MOST_IN_A_MESSAGE
    _check_blocks(part.blocks, IN_MESSAGES)


def check_view(view: dict[str, Any]) -> None:
    assert view["type"] in ("modal", "home")
    assert 0 < len(view["blocks"]) <= MOST_IN_A_VIEW
    _check_blocks(view["blocks"], IN_VIEWS)
    if view["type"] == "home":
        assert view.keys() == {"type", "blocks"}
        return
    assert len(view.get("private_metadata", "")) <= 3_000
    assert len(view.get("callback_id", "")) <= 255
    for name in ("title", "submit", "close"):
        if name in view:
            _check_text(view[name], 24, kinds={"plain_text"})
    if any(block["type"] == "input" for block in view["blocks"]):
        assert "submit" in view


def _check_blocks(blocks: list[dict[str, Any]], allowed: set[str]) -> None:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    for block in blocks:
        assert block["type"] in allowed
        assert len(block.get("block_id", "")) <= 255
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        _CHECKS.get(block["type"], _nothing)(block)


def _nothing(_block: dict[str, Any]) -> None:
    pass


def _header(block: dict[str, Any]) -> None:
    _check_text(block["text"], 150, kinds={"plain_text"})


def _context(block: dict[str, Any]) -> None:
    assert 0 < len(block["elements"]) <= 10
    for element in block["elements"]:
        _check_text(element, 3_000)


def _actions(block: dict[str, Any]) -> None:
    assert 0 < len(block["elements"]) <= 25
    ids = [element["action_id"] for element in block["elements"]]
    assert len(ids) == len(set(ids))
    for element in block["elements"]:
        _check_element(element)
    assert sum(element.get("style") == "primary" for element in block["elements"]) <= 1


def _input(block: dict[str, Any]) -> None:
    _check_text(block["label"], 2_000, kinds={"plain_text"})
    _check_element(block["element"])


def _section(block: dict[str, Any]) -> None:
    assert "text" in block or "fields" in block
    _check_text(block["text"], 3_000)
    if "accessory" in block:
        _check_element(block["accessory"])


def _rich_text(block: dict[str, Any]) -> None:
    assert block["elements"]
    for part in block["elements"]:
        assert part["type"] in RICH_TEXT
        assert part["elements"]
        for element in part["elements"]:
            if part["type"] == "rich_text_list":
                assert element["type"] == "rich_text_section"
                assert part["style"] in ("bullet", "ordered")
                assert 0 <= part["indent"] <= 8
            _check_line(element.get("elements", [element]))


def _check_line(line: list[dict[str, Any]]) -> None:
    for element in line:
        if element["type"] == "user":
            assert element["user_id"]
            continue
        assert element["type"] in ("text", "link")
        assert element["text"]
        assert 0 < len(element.get("url", "x")) <= 3_000
        assert element.get("style", {}).keys() <= {"bold", "italic", "strike", "code"}


def _table(block: dict[str, Any]) -> None:
    assert 0 < len(block["rows"]) <= 100
    assert len({len(row) for row in block["rows"]}) == 1
    assert len(block.get("column_settings", [])) <= 20
    for row in block["rows"]:
        assert 0 < len(row) <= 20
        for cell in row:
            if cell["type"] == "rich_text":
                _rich_text(cell)
            else:
                assert cell["type"] == "raw_text"
                assert cell["text"]


def _check_element(element: dict[str, Any]) -> None:
    assert 0 < len(element["action_id"]) <= 255
    match element["type"]:
        case "button":
            _check_text(element["text"], 75, kinds={"plain_text"})
            assert len(element.get("value", "")) <= 2_000
            assert len(element.get("url", "")) <= 3_000
            assert element.get("style", "primary") in ("primary", "danger")
            if "confirm" in element:
                for name, longest in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
                    _check_text(element["confirm"][name], longest)
        case "static_select" | "checkboxes":
            groups = element.get("option_groups", [])
            assert len(groups) <= 100
            for group in groups:
                _check_text(group["label"], 75, kinds={"plain_text"})
                assert 0 < len(group["options"]) <= 100
            options = element.get("options", [option for group in groups for option in group["options"]])
            assert options
            assert groups or len(options) <= (100 if element["type"] == "static_select" else 10)
            assert len({option["value"] for option in options}) == len(options)
            for option in options:
                _check_text(option["text"], 75)
                assert 0 < len(option["value"]) <= 150
                if "description" in option:
                    _check_text(option["description"], 75)
            if "placeholder" in element:
                _check_text(element["placeholder"], 150, kinds={"plain_text"})
            initial = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
            assert all(option in options for option in initial)
        case "plain_text_input":
            assert 0 < element["max_length"] <= 3_000
            assert len(element.get("initial_value", "")) <= element["max_length"]
        case unknown:
            raise AssertionError(unknown)


def _check_text(text: dict[str, Any], longest: int, *, kinds: Iterable[str] = ("plain_text", "mrkdwn")) -> None:
    assert text["type"] in kinds
    assert 0 < len(text["text"]) <= longest


_CHECKS = {
    "header": _header, "context": _context, "actions": _actions, "input": _input, "rich_text": _rich_text, "section": _section,
    "table": _table,
}  # fmt: skip
