"""`python -m balie.operations.pictures`: takes them all; see `--help`."""

import os
import shutil
import tempfile
from pathlib import Path

import click

HERE = Path(__file__).resolve().parents[3] / "docs" / "pictures"


@click.command()
@click.option("--to", default=HERE / "all", show_default=True, type=click.Path(path_type=Path), help="Where to.")
@click.option("--only", default="", help="Only pages whose name has this in it.")
@click.option("--language", "languages", multiple=True, default=("nl", "en", "de"), show_default=True)
@click.option("--quick", is_flag=True, help="Only light ones in the first language.")
@click.option("--readme", is_flag=True, help="Only the few that the documents show, into docs.")
def pictures(*, to: Path, only: str, languages: tuple[str, ...], quick: bool, readme: bool) -> None:
    """Start a desk of its own with the demo company and take a picture of every page, wide and narrow, light and dark."""
    data = Path(tempfile.mkdtemp(prefix="balie-pictures-"))
    os.environ["BALIE_DATA"] = str(data)
    os.environ.pop("BALIE_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.config.settings")
    try:
        from balie.operations.standing import desk

        with desk():
            from balie.operations.demo.loading import load
            from balie.operations.pictures.taking import Taking, guide_pictures, readme_pictures, slack_pictures
            from balie.operations.static_files import collect_static

            collect_static()
            load()
            if readme:
                readme_pictures(HERE)
                guide_pictures(HERE.parent / "guide" / "pictures")
                slack_pictures(HERE)
                return
            variants = Taking.light_only(languages[:1]) if quick else Taking.of(languages)
            for name in Taking(to=to, only=only, variants=variants).take():
                click.echo(name)
    finally:
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    pictures()
