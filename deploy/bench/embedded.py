"""What a widget's answer costs beside the search that it holds, on an index that is there already.

Three ways in turn: the search as a page asks it, with what every filter would give; the same
without those counts, which widgets do not show; and the whole answer of a widget. Each question is
asked of the app itself: the shelf before it, which gives a repeated answer for next to nothing, is
left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from deploy.bench import clocks
from deploy.bench.an_app import URL, an_app
from directory.search.index import SearchIndex
from directory.search.query import Query

PAGE, BARE, ANSWER = "the search, as a page asks", "the search, without counts", "a widget's answer"
ROUNDS = 2


def answers(index: SearchIndex, questions: Sequence[str]) -> dict[str, float]:
    """CPU milliseconds a question, the mean of all, by way."""
    with an_app() as app:
        app.extensions["kith.search"] = index
        client = app.test_client()

        def widget(question: str) -> None:
            answer = client.get("/embed/v1/search.json", query_string={"q": question}, base_url=URL)
            assert answer.status_code == 200

        ways = {
            PAGE: lambda question: index.find(Query(q=question)),
            BARE: lambda question: index.find(Query(q=question), counts=False),
            ANSWER: widget,
        }
        clocks.interleaved(ways, questions)  # what is made once is made now
        return clocks.interleaved(ways, questions, rounds=ROUNDS)
