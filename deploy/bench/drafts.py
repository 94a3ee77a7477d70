"""What it costs the server to save a draft while somebody types."""

from __future__ import annotations

import time
from statistics import median

from deploy.bench.an_app import URL, an_app
from deploy.progress import say

ROUNDS = 60
TYPING = {"HX-Request": "true", "HX-Request-Type": "partial"}
PARTS = {
    "idea": {"strapline": "Bake together", "summary": "People bake together each week."},
    "story": {f"body_{number}": "We meet and bake. " * 20 for number in range(1, 7)},
    "evidence": {f"evidence-{row}-claim": "People eat more bread." for row in range(4)},
}


def measure() -> None:
    """Print a line about each of three parts."""
    with an_app() as app:
        client = app.test_client()
        begun = client.post("/submit/approach", base_url=URL, data={"name": "Bread and roses"})
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
                    base_url=URL,
                    data=values | {"save": "typing", "window": "one"},
                    headers=TYPING,
                )
                spent.append(time.process_time() - started)
                assert answer.status_code == 200, answer.status
            say(f"  {part:<42}{median(spent) * 1000:>6.1f} ms")
