"""A process tree of a few small programs, as a process of its own that tests can kill.

`python -m balie.operations.tests.tree [--database FOLDER] NAME=PYTHON …`
"""

import argparse
import os
import sys
from pathlib import Path

from balie.operations.process_tree import Part, ProcessTree
from balie.platform.postgres import Postgres


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--database", type=Path)
    arguments.add_argument("programs", nargs="*")
    given = arguments.parse_args()

    programs = [program.split("=", 1) for program in given.programs]
    parts = [Part(name=name, command=[sys.executable, "-c", program]) for name, program in programs]
    database = Postgres.start(given.database, settings={"fsync": "off"}) if given.database else None
    if database:
        print("database", database.process.pid, database.url, flush=True)
    told = {"GREETING": "hello", **({"BALIE_DATABASE_URL": database.url} if database else {})}
    tree = ProcessTree(parts, environment=told, database=database)
    tree.run(is_up=lambda: True, announce=lambda: print("up", os.getpid(), flush=True))
    if database:
        database.stop()
    print("stopped", flush=True)


if __name__ == "__main__":
    main()
