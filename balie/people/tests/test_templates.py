"""The pages obey a content security policy without inline script."""

import re
from pathlib import Path

from django.template.loader import get_template


def test_no_page_of_signing_in_runs_inline_script() -> None:
    folder = Path(__file__).parent.parent / "templates"
    pages = [path.relative_to(folder) for path in folder.rglob("*.html")]

    assert len(pages) > 25
    for page in pages:
        source = (folder / page).read_text()
        get_template(str(page))
        assert not re.search(r"\son\w+=|javascript:|style=", source), page
        for script in re.findall(r"<script[^>]*>", source):
            assert "src=" in script or 'type="application/json"' in script, page
