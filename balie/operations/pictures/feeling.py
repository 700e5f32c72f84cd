"""How pages feel on a slow machine: the largest paint, how far things jump, and how soon a key is answered.

`python -m balie.operations.pictures.feeling`: Chromium with its processor slowed down four times, against a desk of its own with
the demo company. Prints one JSON object a line; docs/performance.md holds the figures. The web server shares the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import click

from balie.operations.pictures.demo_desk import demo_desk

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SLOWED: Final = 4

# Before anything of the page: the entries that came are kept.
_WATCH = """
  window.felt = { paint: 0, shift: 0, moved: [] };
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (one) => { window.felt.paint = one.startTime; });
  watch("layout-shift", (one) => {
    if (one.hadRecentInput) return;
    window.felt.shift += one.value;
    const named = ({ node }) => node?.id || node?.getAttribute?.("class") || node?.nodeName || "gone";
    window.felt.moved.push(...one.sources.map(named));
  });
"""
# From the key to the first frame that was drawn after it was dealt with.
_PRESS = """
  () => new Promise((told) => {
    addEventListener("keydown", (event) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => told(performance.now() - event.timeStamp);
      channel.port2.postMessage(0);
    }), { once: true, capture: true });
  })
"""


@click.command()
@click.option("--rounds", default=7, show_default=True, help="How often each page is opened and each key pressed.")
def feeling(*, rounds: int) -> None:
    """Measure the pages that an expert and an employee have open all day."""
    with demo_desk():
        for measured in _measured(rounds):
            click.echo(json.dumps(measured))


def _measured(rounds: int) -> Iterator[dict[str, Any]]:
    from balie.operations.pictures.taking import Variant, _browser, _elsewhere, _looking, _number

    number = _elsewhere(_number)
    # What is pressed there, one after the other; each must be answered in its own right.
    pages = (
        ("inbox", "ben", "/requests/", ("j", "j", "k", "x", "x", "?", "Escape", "Control+k", "Escape")),
        ("request", "ben", f"/requests/{number}#latest", ("n", "Escape", "r", "h", "e", "Escape", "Control+k", "Escape")),
        ("search", "ben", "/requests/search?q=laptop", ("/", "e", "Control+k", "Escape")),
        ("portal", "ada", "/my/requests/", ("Control+k", "Escape", "?", "Escape")),
        ("ask", "ada", "/my/requests/new", ("h", "e", "l", "p")),
    )  # fmt: skip
    with _browser() as (browser, address):
        for name, who, path, keys in pages:
            for is_kept in (False, True):
                paints, shifts, answers, moved = [], [], [], set()
                slowest: dict[str, int] = {}
                with _looking(browser, address, who, Variant("en", "light", (1440, 900))) as context:
                    if is_kept:
                        _open(context, address + path).close()
                    for _round in range(rounds):
                        if not is_kept:
                            context.new_cdp_session(context.new_page()).send("Network.clearBrowserCache")
                        page = _open(context, address + path)
                        felt = page.evaluate("window.felt")
                        paints.append(felt["paint"])
                        shifts.append(felt["shift"])
                        moved |= set(felt["moved"])
                        if is_kept:
                            for key in keys:
                                answers.append(_press(page, key))
                                slowest[key] = max(slowest.get(key, 0), round(answers[-1]))
                            shifts.append(page.evaluate("window.felt.shift"))
                        for one in context.pages:
                            one.close()
                keyed = {"key_p50_ms": round(median(answers)), "key_worst_ms": round(max(answers))} if answers else {}
                yield {
                    "page": name, "files": "kept" if is_kept else "fetched", "slowed": SLOWED, "n": rounds,
                    "largest_paint_ms": round(median(paints)), "largest_paint_worst_ms": round(max(paints)),
                    "layout_shift": round(max(shifts), 4), "moved": sorted(moved),
                    **keyed, "slowest_ms": slowest,
                }  # fmt: skip


def _open(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.add_init_script(_WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(address, wait_until="load")
    # Two frames later what was late has been drawn.
    page.evaluate("() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told)))")
    return page


def _press(page: Page, key: str) -> float:
    answered = page.evaluate_handle(f"() => {{ window.answered = ({_PRESS})(); }}")
    answered.dispose()
    page.keyboard.press(key)
    return float(page.evaluate("window.answered"))


if __name__ == "__main__":
    feeling()
