"""What browser tests of every package wait with."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page


def wait_until(page: Page, condition: str, about: Any = None, *, seconds: float = 10) -> None:
    """Wait until a JavaScript condition (an expression, or a function given `about`) holds on the page.

    Playwright's own `wait_for_function` asks again from within the page, where our Content Security Policy refuses the
    evaluation: it works only where the condition holds at once. This asks from outside, which the policy allows.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition, about):
        assert time.monotonic() < end, f"never came true: {condition}"
        page.wait_for_timeout(30)
