"""`python -m deploy.torture [--rounds 200] [--seed 7] [--content FOLDER] [--database URL]`."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from deploy.packages import ROOT
from deploy.progress import say
from deploy.torture import site as sites
from deploy.torture.deed import WORKER, Breach, Deed
from deploy.torture.deeds import DEEDS
from deploy.torture.site import Site
from deploy.torture.truths import breaches
from deploy.trouble import Trouble, told_plainly

# The first time is the slowest: later kills are drawn from the time that it would take then.
LATER = 0.6


@dataclass
class Tally:
    """What has happened so far. `lasts`: seconds that each deed takes, as far as we know."""

    rounds: int = 0
    inside: int = 0
    worker_killed: int = 0
    lasts: dict[str, float] = field(default_factory=dict)

    def learn(self, deed: Deed, *, inside: bool) -> None:
        """Shoot nearer after a miss; a hit may as well have come later."""
        self.lasts[deed.name] *= 1.05 if inside else 0.6


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the site in the middle of its work.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--content", type=Path, default=ROOT / "content", help="documents to use")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kith-torture-"))
    with told_plainly():
        site = sites.make(folder, content=arguments.content, database_url=arguments.database)
        try:
            site.start()
            site.sign_in()
            site.settle()
            chance = Random(arguments.seed)  # noqa: S311
            tally = torture(site, chance, rounds=arguments.rounds)
        except Breach as breach:
            sys.exit(
                f"\n{breach}\n\nFound with --seed {arguments.seed} --rounds {arguments.rounds}. "
                f"The site lies in {site.instance}."
            )
        finally:
            site.stop()
        shutil.rmtree(folder)
        say(
            f"{tally.rounds} rounds, seed {arguments.seed}: nothing lost, nothing twice. "
            f"{tally.inside} kills fell inside the work."
        )
        if tally.inside * 2 < tally.rounds:
            raise Trouble("Too few kills fell inside the work, so this says little. Try again.")


def torture(site: Site, chance: Random, *, rounds: int) -> Tally:
    """Do each deed in turn and kill it, so many times.

    Raises:
        Breach: something was lost, half done or done twice.
    """
    tally = Tally()
    for number in range(1, rounds + 1):
        deed = DEEDS[(number - 1) % len(DEEDS)](site, chance)
        if deed.name not in tally.lasts:
            tally.lasts[deed.name] = tally.lasts.get(deed.lasts_like) or _measure(deed)
            deed = type(deed)(site, chance)
        line = _round(site, deed, tally, chance)
        say(f"{number:>4}  {line}")
        if found := breaches(site, killed=tally.worker_killed):
            raise Breach("\n".join(found[:20]))
    return tally


def _measure(deed: Deed) -> float:
    """Seconds that the work takes, from now on, when nobody disturbs it."""
    deed.prepare()
    deed.begin()
    started = time.monotonic()
    deed.site.wait(deed.is_over, deed.name, every=0.003)
    took = time.monotonic() - started
    deed.settle()
    deed.finish()
    deed.site.settle()
    return took * LATER


def _round(site: Site, deed: Deed, tally: Tally, chance: Random) -> str:
    """Begin, kill, look, start again, finish; what came of it."""
    lasts = tally.lasts[deed.name]
    delay = chance.random() * lasts
    deed.prepare()
    deed.begin()
    time.sleep(delay)
    for victim in deed.victims:
        (site.worker if victim == WORKER else site.web).kill()
    deed.settle()
    inside = not deed.is_over()
    tally.rounds += 1
    tally.inside += inside
    tally.worker_killed += WORKER in deed.victims
    tally.learn(deed, inside=inside)
    seen = deed.look()
    site.start()
    deed.finish()
    site.settle()
    where = "inside" if inside else "after "
    killed = " and ".join(deed.victims)
    return f"{deed.name:<18} {killed:<15} {where} {delay:5.2f} of {lasts:5.2f} s  {seen}"


if __name__ == "__main__":
    main()
