"""`flask index-rebuild`, `place-approaches`, `search-explain` and `thesaurus-export`."""

from __future__ import annotations

import os
import sys
import time

import click
from flask import Flask
from flask.cli import with_appcontext

from directory import config, search
from directory.db import db, reading
from directory.entries import catalogue
from directory.search import closeness, explain, groups, sentences
from directory.search.index import CannotSetUp, NotReady
from directory.search.query import Query


def attach(app: Flask) -> None:
    """Give `app` its search commands."""
    app.cli.add_command(index_rebuild)
    app.cli.add_command(place_approaches)
    app.cli.add_command(search_explain)
    app.cli.add_command(thesaurus_export)


@click.command("place-approaches")
@click.option("--gently", is_flag=True, help="Let everything else go first.")
@with_appcontext
def place_approaches(gently: bool) -> None:
    """Place new and changed approaches by what they mean. The worker calls this; it can wait."""
    encoder = sentences.encoder()
    if encoder is None:
        click.echo("The model is not installed: make run fetches it.")
        return
    if gently:
        os.nice(10)
    with reading():
        while closeness.follow(db.session(), config.current().meaning_path, encoder):
            pass
        db.session().rollback()


@click.command("index-rebuild")
@click.option("--if-needed", is_flag=True, help="Do nothing if there is a usable index.")
@with_appcontext
def index_rebuild(if_needed: bool) -> None:
    """Build the search index anew, beside the one that readers use."""
    index = search.current()
    if if_needed and index.position() is not None:
        click.echo("The search index is there.")
        return
    started = time.monotonic()
    with reading():
        total = sum(catalogue.counts(db.session()).values())
        try:
            with click.progressbar(length=total, label="Indexing entries") as bar:
                search.rebuild(db.session(), index, lambda count: bar.update(1))
        except CannotSetUp as error:
            sys.exit(error.message)
        db.session.rollback()
    click.echo(f"{total:,} entries indexed in {time.monotonic() - started:.1f} s.")


@click.command("thesaurus-export")
@with_appcontext
def thesaurus_export() -> None:
    """Print the groups that moderators added, for the end of content/vocabulary/thesaurus.yaml."""
    with reading():
        click.echo(groups.as_file(groups.added(db.session())), nl=False)


@click.command("search-explain")
@click.argument("words")
@click.option("--near", default="", help="A place or postcode.")
@click.option("--kind", multiple=True, help="Only this kind; may be given several times.")
@click.option("--hits", default=5, show_default=True, help="How many results to explain.")
@with_appcontext
def search_explain(words: str, near: str, kind: tuple[str, ...], hits: int) -> None:
    """Say how WORDS are understood, and why each result stands where it stands."""
    query = Query(q=words, near=near, kind=kind)
    try:
        for line in explain.explain(search.current(), query, most=hits):
            click.echo(line)
    except NotReady:
        sys.exit("There is no search index yet. Run: flask index-rebuild")
