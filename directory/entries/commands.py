"""`flask check`, `flask sync`, `flask export`: views for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from directory.config import current
from directory.db import db
from directory.entries import catalogue, check, files, photos, publishing, quality, sync


def attach(app: Flask) -> None:
    app.cli.add_command(check_command)
    app.cli.add_command(sync_command)
    app.cli.add_command(export_command)


@click.command("check")
@click.option("--fix", is_flag=True, help="Write a new id into files that have none.")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
def check_command(fix: bool, folder: Path | None) -> None:
    """Check all documents of FOLDER (default: content/); fail with every problem found."""
    folder = folder or current().content_dir
    read, problems = files.read_folder(folder)
    if fix:
        for path in check.write_missing_ids(folder, read):
            click.echo(f"{path}: a new id")
    problems += check.check(read) + quality.check_quality(read)
    problems += check.missing_pictures(folder, current().instance_dir / photos.STORE, read)
    for problem in problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(read)} documents are sound, {len(problems)} problems.")
    if problems:
        raise SystemExit(1)


@click.command("sync")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
def sync_command(folder: Path | None) -> None:
    """Take the documents of FOLDER (default: content/) into the database."""
    from directory.submissions.conflicts import hand_over

    folder = folder or current().content_dir
    read, problems = files.read_folder(folder)
    store = current().instance_dir / photos.STORE
    now = datetime.now(UTC)
    with click.progressbar(length=len(read), label="Reading content") as bar:
        report = sync.sync(
            db.session(), read, problems, at=now, progress=lambda done: bar.update(1)
        )
    hand_over(db.session(), report.conflicts, at=now)
    refused = [
        path
        for file in read
        for path in photos.take_in(db.session(), store, file.document, folder, at=now)
    ]
    publishing.rerender(db.session())
    db.session.commit()
    for problem in problems:
        click.echo(str(problem), err=True)
    for path in refused:
        click.echo(f"{path}: this is no picture that can be shown.", err=True)
    for path in report.missing:
        click.echo(f"{path}: the file is gone; its entry stays as it is.", err=True)
    for conflict in report.conflicts:
        click.echo(f"{conflict.path}: changed here and on the site; moderators decide.", err=True)
    click.echo(
        f"{len(report.imported)} taken in, {len(report.unchanged)} unchanged, "
        f"{len(report.old_copies)} old copies left, {len(report.conflicts)} conflicts, "
        f"{len({problem.path for problem in problems})} files with problems."
    )


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_command(folder: Path) -> None:
    """Write every published entry to FOLDER as Markdown, with pictures (stories stay out)."""
    store = current().instance_dir / photos.STORE
    number = files.export(catalogue.live(db.session()), folder, store=store)
    click.echo(f"{number} documents written to {folder}.")
