"""What it costs the server to save a draft while somebody types."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from flask_migrate import upgrade

from deploy.a_site import ROOMY
from deploy.progress import say
from directory import create_app
from directory.config import Config

ROUNDS = 60
TYPING = {"HX-Request": "true", "HX-Request-Type": "partial"}
PARTS = {
    "idea": {"strapline": "Bake together", "summary": "People bake together each week."},
    "story": {f"body_{number}": "We meet and bake. " * 20 for number in range(1, 7)},
    "evidence": {f"evidence-{row}-claim": "People eat more bread." for row in range(4)},
}


def measure() -> None:
    """Print a line about each of three parts."""
    with tempfile.TemporaryDirectory(prefix="kith-drafts-") as folder:
        app = create_app(
            Config(
                instance_dir=Path(folder),
                public_url="http://kith.test",
                limit_reading=ROOMY,
                limit_writing=ROOMY,
                testing=True,
            )
        )
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            upgrade()
        client = app.test_client()
        begun = client.post(
            "/submit/approach", base_url="http://kith.test", data={"name": "Bread and roses"}
        )
        draft = begun.headers["Location"]
        say(f"{'saving a draft while somebody types':<44}{'CPU':>9}")
        for part, typed in PARTS.items():
            spent = []
            for number in range(ROUNDS):
                last = next(reversed(typed))  # who types changes one box at a time
                values = typed | {last: f"{typed[last]} {number}"}
                started = time.process_time()
                answer = client.post(
                    f"{draft}/{part}",
                    base_url="http://kith.test",
                    data=values | {"save": "typing", "window": "one"},
                    headers=TYPING,
                )
                spent.append(time.process_time() - started)
                assert answer.status_code == 200, answer.status
            say(f"  {part:<42}{median(spent) * 1000:>6.1f} ms")
