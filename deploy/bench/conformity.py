"""Whether the Open Referral feed says services as the standard asks, whatever is known of them."""

from __future__ import annotations

from deploy.bench import corpus, varied
from deploy.progress import say
from directory.entries.catalogue import Entry
from directory.oruk import mapping
from directory.oruk.mapping import Around, Site
from tests import oruk_rules

SITE = Site("https://kith.example", "Kith", "hello@kith.example")


def measure(services: int) -> None:
    """Print how many of so many made services break a rule."""
    broken = 0
    for entry, around in varied.services(services, list(corpus.entries(0))):
        try:
            check(entry, around)
        except AssertionError as breach:
            broken += 1
            say(f"  {entry.slug}: {breach}")
    say(f"{'Open Referral, services that break its rules':<44}{broken:>6} of {services}")


def check(entry: Entry, around: Around) -> None:
    """Fail with the first rule that is broken by what the feed says of a service."""
    said = mapping.service(entry, around, SITE, modified_at=entry.updated_at)
    place = mapping.service_at_location(entry)
    oruk_rules.check(said, oruk_rules.SERVICE)
    oruk_rules.check(mapping.brief(said), oruk_rules.SERVICE)
    oruk_rules.check(mapping.organization(around.organization, SITE), oruk_rules.ORGANIZATION)
    if place is not None:
        oruk_rules.check(place, oruk_rules.AT_LOCATION)
