"""What other sites load: the widget's script and its answers."""

from __future__ import annotations

import gzip

from directory.networks import builds, code
from directory.networks.builds import KEPT, WIDGET
from tests.builders import an_approach

WIDGET_BYTES_MAX = 8_000


def test_the_script_is_small_enough_for_a_phone():
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= WIDGET_BYTES_MAX


def test_the_script_loads_from_any_site_and_is_kept_for_an_hour(machine):
    response = machine.ask("/embed/v1/widget.js")

    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "kith-search" in response.text


def test_every_build_that_was_ever_offered_stays_as_it_was(machine):
    kept = {path.name: builds.of(path.read_bytes()) for path in KEPT.iterdir()}
    assert all(name == f"widget-{build.digest}.js" for name, build in kept.items())
    newest = builds.newest()
    assert newest in kept.values(), "the widget has changed: `make widget` keeps the new build"

    response = machine.ask(newest.path)

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.data == WIDGET.read_bytes()
    assert builds.of(response.data).integrity == newest.integrity
    machine.ask("/embed/v1/widget-000000000000.js", status=404)
    machine.ask("/embed/v1/widget-..%2f..%2fwidget.js", status=404)


def test_the_script_makes_nothing_from_text_and_keeps_nothing():
    text = WIDGET.read_text(encoding="utf-8")
    program = text[text.index("*/") :]

    for banned in (
        "innerHTML",
        "insertAdjacent",
        "eval(",
        "cookie",
        "Storage",
        "window.",
        "style=",
    ):
        assert banned not in program


def test_a_widget_gets_the_answer_of_the_api_without_filters(publish, machine):
    publish(an_approach())

    answer = machine.get("/embed/v1/search.json?q=choirs")

    everything = machine.get("/api/v1/search?q=choirs")
    assert answer == everything | {"facets": {}}


def test_a_widget_gets_no_more_results_than_it_asks_for(publish, machine):
    publish(*(an_approach(name=f"Choir {number}") for number in range(12)))

    def results(limit):
        answer = machine.get(f"/embed/v1/search.json?q=choir&limit={limit}")
        assert answer["total"] == 12
        return len(answer["results"])

    assert [results(limit) for limit in ("3", "99", "x", "")] == [3, 10, 10, 10]


def test_answers_may_be_kept_for_five_minutes(publish, machine):
    publish(an_approach())

    response = machine.ask("/embed/v1/search.json?q=choirs")

    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_one_entry_can_be_asked_for_alone(publish, machine):
    publish(an_approach(), an_approach(name="Homeshare"))

    answer = machine.get("/embed/v1/search.json?entry=approaches/homeshare")

    assert [one["name"] for one in answer["results"]] == ["Homeshare"]


def test_an_entry_that_is_not_there_is_said_to_be_missing(machine):
    for path in ("approaches/no-such", "no-such/homeshare", "homeshare", "/"):
        problem = machine.get(f"/embed/v1/search.json?entry={path}", status=404)
        assert problem["detail"] == "There is no entry at that address."


def test_a_widget_of_an_unknown_network_gets_nothing(publish, machine):
    publish(an_approach())

    machine.get("/embed/v1/search.json?q=choirs&network=nobody", status=404)


def test_words_of_distress_bring_help_to_the_widget_too(publish, machine):
    publish(an_approach())

    answer = machine.get("/embed/v1/search.json?q=i+want+to+kill+myself")

    assert answer["urgent_help"]["lines"][0]["href"] == "tel:999"


def test_what_was_chosen_becomes_attributes_that_cannot_break_out():
    choice = code.Choice(heading='A "quoted" <b>', q="choirs", near="Leeds")

    line = code.script(choice, public_url="https://kith.test", words="Search Kith")

    assert 'heading="A &#34;quoted&#34; &lt;b&gt;"' in line
    assert '<a href="https://kith.test/search?q=choirs&amp;near=Leeds">Search Kith</a>' in line
