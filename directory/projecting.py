"""What follows the change log: each brings something that readers see on to its end.

Each is called by the worker over and over, with a session of its own. All can be thrown away and
made anew.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from directory import search
from directory.clock import day_of
from directory.config import ROOT, Config
from directory.db import look_up, reading
from directory.entries import catalogue, mirror, photos
from directory.moderation import upkeep
from directory.networks import slicing
from directory.oruk import following as open_referral
from directory.oruk.mapping import Site


def write_index(session: Session, config: Config) -> None:
    """Bring the search index on to the end of the change log; build it anew if it is broken."""
    with reading():
        while search.follow(session, search.current()):
            session.rollback()
        session.rollback()


def place_approaches(session: Session, config: Config) -> None:
    """Place new and changed approaches by what they mean, where the model for it is installed.

    In a process of its own: what computes for seconds would hold up the other followers.
    """
    if not config.meaning:
        return
    if look_up(session, search.has_to_place, config.meaning_path):
        subprocess.run(
            [sys.executable, "-m", "flask", "place-approaches", "--gently"], cwd=ROOT, check=True
        )


def write_mirror(session: Session, config: Config) -> None:
    """Write changed entries to the Markdown mirror."""
    folder = config.mirror_dir
    if folder is None:
        return
    with reading():
        changes = mirror.read_ahead(session)
        old_slugs = mirror.paths_of(session, changes) if changes else {}
        session.rollback()
    if changes:
        store = config.instance_dir / photos.STORE
        mirror.write(changes, folder, old_slugs=old_slugs, store=store)
        into_content = folder == config.content_dir
        mirror.record(session, changes, into_content=into_content, at=datetime.now(UTC))
        session.commit()


def write_open_referral(session: Session, config: Config) -> None:
    """Bring the rows of the Open Referral UK feed on to the end of the change log."""
    site = Site(config.public_url, config.site_name, config.contact_email)
    while batch := look_up(session, open_referral.read_ahead, site):
        open_referral.write(session, site, batch)
        session.commit()


def write_slices(session: Session, config: Config) -> None:
    """Bring the slices of networks after the search index, their rules and the day."""
    today = day_of(datetime.now(UTC))
    for one in look_up(session, slicing.due, search.current(), today=today):
        slicing.write(session, one, at=datetime.now(UTC))
        session.commit()


def keep_up(session: Session, config: Config) -> None:
    """Note of each changed entry when it is due a check."""
    while look_up(session, catalogue.position, upkeep.FOLLOWER) < look_up(session, catalogue.head):
        upkeep.follow(session)
        session.commit()
