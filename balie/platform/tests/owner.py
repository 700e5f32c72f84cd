"""A process of its own that owns a database until its standard input ends; tests start it, and kill it.

`python -m balie.platform.tests.owner FOLDER [--as UID] [--in-a-thread] [--passing]`
"""

import argparse
import os
import sys
import threading
from pathlib import Path

from balie.platform import postgres

QUICK = {"fsync": "off"}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--as", dest="uid", type=int)
    arguments.add_argument("--in-a-thread", action="store_true")
    arguments.add_argument("--passing", action="store_true")
    given = arguments.parse_args()
    if given.uid is not None:
        # Only now, with everything imported: the account may not be able to read this Python.
        os.setgroups([])
        os.setgid(given.uid)
        os.setuid(given.uid)
    way = own_for_a_while if given.passing else own
    if given.in_a_thread:
        thread = threading.Thread(target=way, args=(given.folder,))
        thread.start()
        thread.join()
    else:
        way(given.folder)


def own(folder: Path) -> None:
    try:
        server = postgres.Postgres.start(folder, settings=QUICK)
    except postgres.CannotStart as reason:
        print(f"{type(reason).__name__}: {reason}", flush=True)
        return
    print(server.process.pid, server.url, flush=True)
    sys.stdin.read()
    server.stop()


def own_for_a_while(folder: Path) -> None:
    with postgres.serving(folder, settings=QUICK) as url:
        print(0, url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
