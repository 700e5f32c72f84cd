"""What serving stands on: a port of its own, and static files that last."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from balie.operations.serving import PortTaken, refuse_taken_port
from balie.operations.static_files import collect_static


def test_a_port_that_another_server_shares_is_refused() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)


def test_static_files_are_collected_once_and_only_under_lasting_names(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    assert collect_static()
    assert not collect_static()
    lasting = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]["balie/live.js"]
    assert (settings.STATIC_ROOT / lasting).is_file()
    assert not (settings.STATIC_ROOT / "balie" / "live.js").exists()
    assert not list(tmp_path.glob("static-*"))


def test_a_changed_file_is_collected_anew(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [("extra", tmp_path / "extra")]
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "a.css").write_text("a { color: red }")
    assert collect_static()
    (tmp_path / "extra" / "a.css").write_text("a { color: blue }")
    assert collect_static()
