"""How a person tells their browsers apart: by what it is and where it runs, as its User-Agent says."""

import re

_BROWSERS = (
    (r"Edg(?:A|iOS)?/", "Edge"), (r"OPR/", "Opera"), (r"SamsungBrowser/", "Samsung Internet"), (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(?:e|ium)/|CriOS/", "Chrome"), (r"Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    (r"Android", "Android"), (r"iPhone|iPad|iPod", "iOS"), (r"Windows", "Windows"), (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "macOS"), (r"Linux", "Linux"),
)  # fmt: skip


def name_of(user_agent: str) -> str:
    """As `Firefox · Windows`; "" when it says neither."""
    found = (
        next((name for pattern, name in names if re.search(pattern, user_agent)), "") for names in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(part for part in found if part)
