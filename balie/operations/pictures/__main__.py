"""`python -m balie.operations.pictures`: takes them all; see `--help`."""

from pathlib import Path

import click

from balie.operations.pictures.demo_desk import demo_desk

HERE = Path(__file__).resolve().parents[3] / "docs" / "pictures"


@click.command()
@click.option("--to", default=HERE / "all", show_default=True, type=click.Path(path_type=Path), help="Where to.")
@click.option("--only", default="", help="Only pages whose name has this in it.")
@click.option("--language", "languages", multiple=True, default=("nl", "en", "de"), show_default=True)
@click.option("--quick", is_flag=True, help="Only light ones in the first language.")
@click.option("--readme", is_flag=True, help="Only the few that the documents show, into docs.")
def pictures(*, to: Path, only: str, languages: tuple[str, ...], quick: bool, readme: bool) -> None:
    """Start a desk of its own with the demo company and take a picture of every page, wide and narrow, light and dark."""
    with demo_desk():
        from balie.operations.pictures.taking import Taking, guide_pictures, readme_pictures, slack_pictures

        if readme:
            readme_pictures(HERE)
            guide_pictures(HERE.parent / "guide" / "pictures")
            slack_pictures(HERE)
            return
        variants = Taking.light_only(languages[:1]) if quick else Taking.of(languages)
        for name in Taking(to=to, only=only, variants=variants).take():
            click.echo(name)


if __name__ == "__main__":
    pictures()
