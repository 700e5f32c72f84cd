"""A page is used by somebody's hands: with the mouse, or with the keyboard alone. Every walk is walked with both."""

from __future__ import annotations

from datetime import time as clock
from typing import Final, Protocol

from playwright.sync_api import Locator, Page, expect

# More stops than any page has between two things that belong together.
MOST_STOPS: Final = 160
# Where an element says by which key it is pressed.
_KEYS: Final = ("data-key", "data-bulk", "data-format-key")
# Whether one is there; in a group of radio buttons Tab stops once, and arrows lead on.
_WHERE: Final = """(wanted) => {
  const one = document.activeElement;
  if (one === wanted) return "there";
  return wanted.type === "radio" && one.type === "radio" && one.name === wanted.name ? "beside" : "";
}"""


class Hands(Protocol):
    """What somebody does with a page, whatever they do it with."""

    page: Page

    def press(self, target: Locator) -> None:
        """A link, a button, something that folds."""

    def tick(self, box: Locator) -> None:
        """A box, or one of several choices."""

    def write(self, field: Locator, words: str) -> None:
        """Instead of what stands there."""

    def choose(self, field: Locator, name: str) -> None:
        """One of a list, by its name."""

    def set_time(self, field: Locator, time: str) -> None:
        """A time of the day, as in 20:00."""

    def carry(self, card: Locator, to: Locator, *, steps: int) -> None:
        """A card to a column, so many columns further."""


class Mouse:
    """Points and clicks. Letters come from the keyboard all the same."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def tick(self, box: Locator) -> None:
        # What is drawn as a card or a face hides its circle: one points at the words around it.
        around = box.locator("xpath=ancestor::label")
        (around if around.count() else box).click()

    def write(self, field: Locator, words: str) -> None:
        field.click()
        field.fill("")
        field.press_sequentially(words)

    def choose(self, field: Locator, name: str) -> None:
        # The list that opens is drawn by the system, where no test can point.
        field.select_option(label=name)

    def set_time(self, field: Locator, time: str) -> None:
        field.click()
        field.fill(time)

    def carry(self, card: Locator, to: Locator, *, steps: int) -> None:
        card.drag_to(to)


class Keyboard:
    """Never points. What has a key is pressed by it; the rest is reached with Tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        if key := next(filter(None, map(target.get_attribute, _KEYS)), None):
            self.key(key.split(",")[0])
        else:
            self.reach(target)
            self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        self.reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")

    def write(self, field: Locator, words: str) -> None:
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def choose(self, field: Locator, name: str) -> None:
        self.reach(field)
        self.page.keyboard.type(name)
        expect(field.locator("option:checked")).to_have_text(name)

    def set_time(self, field: Locator, time: str) -> None:
        self.reach(field)
        # Debian's Chromium speaks American English, whatever the page does.
        self.page.keyboard.type(f"{clock.fromisoformat(time):%I%M%p}")
        expect(field).to_have_value(time)

    def carry(self, card: Locator, to: Locator, *, steps: int) -> None:
        self.reach(card.locator(".line-subject"))
        for _step in range(steps):
            self.page.keyboard.press("Shift+ArrowRight")

    def key(self, keys: str) -> None:
        """One, with what is held down, or one after the other: "g i"."""
        if not keys.startswith("Control") and self.page.evaluate("balieKeys.isField(document.activeElement)"):
            self.page.keyboard.press("Escape")
        for one in keys.split(" "):
            self.page.keyboard.press(one)

    def reach(self, target: Locator) -> None:
        """With Tab, as somebody does who cannot point; fails where Tab does not lead."""
        for _stop in range(MOST_STOPS):
            where = target.evaluate(_WHERE)
            if where == "there":
                return
            self.page.keyboard.press("ArrowDown" if where == "beside" else "Tab")
        raise AssertionError(f"Tab does not lead to {target}")
