"""The mail to somebody who would like something where they live."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory import mail
from directory.config import Config
from directory.entries import catalogue
from directory.mail.models import OutboxMail
from directory.places import atlas
from directory.wishes import wishing
from directory.wishes.models import Wish


@mail.letter(wishing.LETTER)
def prepare(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link that confirms, and that takes back; none for what is gone meanwhile."""
    kept = session.get(Wish, letter.values.get("wish"))
    approach = catalogue.by_id(session, kept.approach_id) if kept else None
    if kept is None or approach is None:
        return None
    area = atlas.of(session).of_key(kept.place)
    return mail.Prepared(
        {
            "name": approach.document.name,
            "place": area.name if area else kept.place,
            "is_confirmed": kept.confirmed_at is not None,
            "days": wishing.UNCONFIRMED_KEPT.days,
            "link": f"{config.public_url}/wishes/{wishing.make_link(session, kept)}",
        }
    )
