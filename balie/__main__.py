"""The program `balie`; `python -m balie` is the same."""

from balie.operations.cli import balie


def main() -> None:
    """Run the command that was asked for."""
    balie(prog_name="balie")


if __name__ == "__main__":
    main()
